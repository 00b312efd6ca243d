"""Keys: what is sealed opens with the right key in the right place, and nowhere else."""

from __future__ import annotations

import base64
import secrets
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import OperatorError
from settlement.security.keys import Keyring, UnsealError, new_key
from settlement.settings import Settings

OLD, NEW, LOOKUP = (bytes([number]) * 32 for number in (1, 2, 3))


def _loaded(folder: Path) -> str:
    return Keyring.load(Settings(state_dir=folder, encryption_keys="", lookup_key="")).digest("same", "test")


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_was_sealed_opens_again(plain: bytes, context: str) -> None:
    ring = Keyring([NEW, OLD], LOOKUP)
    assert ring.unseal(ring.seal(plain, context), context) == plain


def test_the_same_value_is_sealed_differently_each_time() -> None:
    ring = Keyring([NEW], LOOKUP)
    assert ring.seal(b"x", "here") != ring.seal(b"x", "here")


def test_a_sealed_value_does_not_open_in_another_context() -> None:
    ring = Keyring([NEW], LOOKUP)
    with pytest.raises(UnsealError):
        ring.unseal(ring.seal(b"x", "here"), "there")


@pytest.mark.parametrize("position", range(40))
def test_a_changed_byte_is_noticed_wherever_it_is(position: int) -> None:
    ring = Keyring([NEW], LOOKUP)
    sealed = bytearray(ring.seal(b"0123456789", "here"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(UnsealError):
        ring.unseal(bytes(sealed), "here")


@pytest.mark.parametrize("length", [0, 1, 7, 18, 25])
def test_a_cut_value_is_refused_and_does_not_crash(length: int) -> None:
    ring = Keyring([NEW], LOOKUP)
    with pytest.raises(UnsealError):
        ring.unseal(ring.seal(b"0123456789", "here")[:length], "here")


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    sealed = Keyring([OLD], LOOKUP).seal(b"x", "here")
    both = Keyring([NEW, OLD], LOOKUP)
    assert both.unseal(sealed, "here") == b"x"
    with pytest.raises(UnsealError):
        Keyring([OLD], LOOKUP).unseal(both.seal(b"x", "here"), "here")


def test_rotation_makes_the_old_key_unneeded_and_leaves_new_values_alone() -> None:
    both = Keyring([NEW, OLD], LOOKUP)
    moved = both.rotate(Keyring([OLD], LOOKUP).seal(b"x", "here"), "here")
    assert Keyring([NEW], LOOKUP).unseal(moved, "here") == b"x"
    assert both.rotate(moved, "here") is moved


def test_digests_find_equal_values_of_one_purpose_alone() -> None:
    ring, other = Keyring([NEW], LOOKUP), Keyring([NEW], OLD)
    assert ring.digest("v", "card") == ring.digest("v", "card")
    assert (
        len(
            {
                ring.digest("v", "card"),
                ring.digest("v", "id"),
                ring.digest("w", "card"),
                other.digest("v", "card"),
            }
        )
        == 4
    )


def test_a_local_run_makes_keys_that_only_the_owner_reads_and_keeps_them(tmp_path: Path) -> None:
    first = _loaded(tmp_path)
    assert _loaded(tmp_path) == first
    files = list((tmp_path / "keys").iterdir())
    assert {file.name for file in files} == {"encryption.key", "lookup.key"}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_a_key_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    _loaded(tmp_path)
    (tmp_path / "keys" / "lookup.key").chmod(0o644)
    _loaded(tmp_path)
    assert (tmp_path / "keys" / "lookup.key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_end_with_the_same_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(8) as pool:
        assert len(set(pool.map(_loaded, [tmp_path] * 16))) == 1


@pytest.mark.parametrize("missing", ["encryption_keys", "lookup_key"])
def test_production_never_makes_up_a_key(tmp_path: Path, missing: str) -> None:
    keys = {"encryption_keys": new_key(), "lookup_key": new_key(), missing: ""}
    production = {"environment": "production", "state_dir": tmp_path}
    with pytest.raises(OperatorError, match="production"):
        Keyring.load(Settings.model_validate({**production, **keys}))
    assert not (tmp_path / "keys").exists()


def test_keys_come_from_the_environment_the_newest_first(tmp_path: Path) -> None:
    def text(key: bytes) -> str:
        return base64.b64encode(key).decode()

    keys, lookup = f"{text(NEW)}, {text(OLD)}", text(LOOKUP)
    ring = Keyring.load(
        Settings(environment="production", state_dir=tmp_path, encryption_keys=keys, lookup_key=lookup)
    )
    assert Keyring([NEW], LOOKUP).unseal(ring.seal(b"x", "here"), "here") == b"x"


@pytest.mark.parametrize("bad", ["not base64!", base64.b64encode(b"short").decode(), ","])
def test_a_malformed_key_is_the_operators_matter_and_not_repeated(tmp_path: Path, bad: str) -> None:
    with pytest.raises(OperatorError) as caught:
        Keyring.load(Settings(state_dir=tmp_path, encryption_keys=bad, lookup_key=new_key()))
    assert "short" not in str(caught.value)
    assert "!" not in str(caught.value)


def test_the_lookup_key_is_not_an_encryption_key() -> None:
    with pytest.raises(OperatorError):
        Keyring([NEW], NEW)


def test_a_repr_tells_no_key() -> None:
    key = secrets.token_bytes(32)
    assert repr(Keyring([key], LOOKUP)) == "Keyring(1 keys)"
