"""Rasa loads only archives that we made and signed (compliance §5.2, 13)."""

from __future__ import annotations

import json
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy import training
from deploy.manifest import UntrustedModelError, digest, manifest_of
from deploy.progress import SetupError
from deploy.services import Assistant
from deploy.signatures import new_pair, sign, signing_key, verify
from deploy.training import rasa, rasa_environment

SIGNING, VERIFY = new_pair()
OTHER_SIGNING, OTHER_VERIFY = new_pair()
TRAINS = {"MODEL_SIGNING_KEY": SIGNING}
SERVES = {"MODEL_VERIFY_KEY": VERIFY, "ENVIRONMENT": "production"}
SOURCES = {"domain.yml": "aa", "data/rules/form.yml": "bb"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive that was just trained, without a manifest."""
    inside = tmp_path / "metadata.json"
    inside.write_text("{}")
    path = tmp_path / "assistant-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(inside, "metadata.json")
    return path


@pytest.fixture
def signed(archive: Path) -> Path:
    """An archive that the training machine has signed."""
    sign(archive, SOURCES, TRAINS)
    return archive


def test_the_machine_that_serves_accepts_what_the_machine_that_trains_has_signed(signed: Path) -> None:
    verify(signed, sources=SOURCES, environment=SERVES)


def test_the_machine_that_serves_cannot_sign(archive: Path) -> None:
    with pytest.raises(UntrustedModelError, match="signs no models"):
        sign(archive, SOURCES, SERVES)
    with pytest.raises(UntrustedModelError, match="MODEL_VERIFY_KEY alone"):
        sign(archive, SOURCES, {"MODEL_VERIFY_KEY": VERIFY})


def test_the_machine_that_serves_refuses_to_hold_the_signing_key(signed: Path) -> None:
    with pytest.raises(UntrustedModelError, match="must not be on the machine that serves"):
        verify(signed, environment=SERVES | TRAINS)


def test_an_archive_without_a_manifest_is_refused(archive: Path) -> None:
    with pytest.raises(UntrustedModelError, match="no manifest"):
        verify(archive, environment=SERVES)


def test_one_changed_byte_of_the_archive_is_noticed(signed: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[len(content) // 2] ^= 1
    signed.write_bytes(content)
    with pytest.raises(UntrustedModelError, match="not the archive"):
        verify(signed, environment=SERVES)


@pytest.mark.parametrize("name", ["archive", "sha256", "sources", "made_at"])
def test_one_changed_word_of_the_manifest_is_noticed(signed: Path, name: str) -> None:
    said = json.loads(manifest_of(signed).read_text())
    said[name] = "changed"
    manifest_of(signed).write_text(json.dumps(said))
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(signed, environment=SERVES)


def test_an_intruder_who_writes_a_fresh_digest_is_noticed(signed: Path) -> None:
    signed.write_bytes(b"pickles")
    said = json.loads(manifest_of(signed).read_text())
    manifest_of(signed).write_text(json.dumps(said | {"sha256": digest(signed)}))
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(signed, environment=SERVES)


@pytest.mark.parametrize("signature", [None, "", "!", "AAAA", 7, ["x"]])
def test_an_unsigned_manifest_is_refused_in_production(signed: Path, signature: object) -> None:
    said = json.loads(manifest_of(signed).read_text())
    manifest_of(signed).write_text(json.dumps(said | {"signature": signature}))
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(signed, environment=SERVES)


def test_the_signature_of_another_key_is_refused(archive: Path) -> None:
    sign(archive, SOURCES, {"MODEL_SIGNING_KEY": OTHER_SIGNING})
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(archive, environment=SERVES)


def test_while_keys_change_both_are_good(signed: Path) -> None:
    verify(signed, environment=SERVES | {"MODEL_VERIFY_KEY": f"{OTHER_VERIFY}, {VERIFY}"})


def test_the_manifest_of_another_archive_does_not_do(signed: Path) -> None:
    other = signed.with_name("assistant-2.tar.gz")
    other.write_bytes(signed.read_bytes())
    manifest_of(other).write_bytes(manifest_of(signed).read_bytes())
    with pytest.raises(UntrustedModelError, match="another archive"):
        verify(other, environment=SERVES)


def test_a_model_of_other_training_files_is_refused(signed: Path) -> None:
    with pytest.raises(UntrustedModelError, match="other files"):
        verify(signed, sources={**SOURCES, "domain.yml": "cc"}, environment=SERVES)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": 9}', "\x00"])
def test_a_broken_manifest_is_refused(archive: Path, content: str) -> None:
    manifest_of(archive).write_text(content)
    with pytest.raises(UntrustedModelError):
        verify(archive, environment=SERVES)


def test_production_needs_a_key_even_for_what_this_machine_signed(archive: Path, tmp_path: Path) -> None:
    sign(archive, SOURCES, {}, tmp_path / "keys")
    with pytest.raises(UntrustedModelError, match="production needs MODEL_VERIFY_KEY"):
        verify(archive, environment={"ENVIRONMENT": "production"}, local_keys=tmp_path / "keys")


@pytest.mark.parametrize("key", ["short", "!" * 44, "A" * 40])
def test_a_key_that_is_none_is_refused_and_not_shown(archive: Path, key: str) -> None:
    with pytest.raises(UntrustedModelError, match="MODEL_SIGNING_KEY must be 32 bytes") as error:
        sign(archive, SOURCES, {"MODEL_SIGNING_KEY": key})
    assert key not in str(error.value)


def test_two_halves_of_different_keys_are_told_before_training() -> None:
    with pytest.raises(UntrustedModelError, match="does not belong"):
        signing_key(TRAINS | {"MODEL_VERIFY_KEY": OTHER_VERIFY})


def test_a_local_run_makes_a_pair_of_its_own_that_others_cannot_read(archive: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    sign(archive, SOURCES, {}, keys)
    verify(archive, sources=SOURCES, environment={}, local_keys=keys)
    assert stat.S_IMODE((keys / "signing").stat().st_mode) == 0o600
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(archive, environment={}, local_keys=tmp_path / "another machine")


def test_a_second_signature_uses_the_same_local_pair(archive: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    sign(archive, SOURCES, {}, keys)
    before = (keys / "signing").read_text()
    sign(archive, SOURCES, {}, keys)
    assert (keys / "signing").read_text() == before


def test_the_commands_check_through_the_applications_python(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deploy import models

    for name, value in SERVES.items():
        monkeypatch.setenv(name, value)
    models.verify(signed, sources=SOURCES)
    with pytest.raises(UntrustedModelError, match="other files"):
        models.verify(signed, sources={})
    with pytest.raises(UntrustedModelError, match="signs no models"):
        models.check_can_sign()


def test_the_assistant_does_not_start_with_a_foreign_model(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no manifest"):
        Assistant(state=tmp_path / "s", model=archive).prepare()


def refused_by_rasa(archive: Path, folder: Path, **environment: str) -> str:
    """What Rasa's own process says when it will not load this archive."""
    done = subprocess.run(
        [str(part) for part in rasa("run", "--model", archive, "--port", "0", "--interface", "127.0.0.1")],
        env=rasa_environment(**environment), cwd=folder, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    return done.stderr


def test_rasa_itself_refuses_a_foreign_model_before_it_unpacks_it(archive: Path, tmp_path: Path) -> None:
    said = refused_by_rasa(archive, tmp_path)
    assert "refused to load a model: assistant-1.tar.gz has no manifest" in said


def test_rasa_itself_refuses_a_model_of_another_key(signed: Path, tmp_path: Path) -> None:
    said = refused_by_rasa(signed, tmp_path, **SERVES | {"MODEL_VERIFY_KEY": OTHER_VERIFY})
    assert "refused to load a model: assistant-1.tar.gz is not signed with a key that is trusted" in said


def test_rasa_is_not_given_the_keys_that_open_what_it_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MODEL_SIGNING_KEY" in training.NOT_FOR_RASA
    for name in training.NOT_FOR_RASA:
        monkeypatch.setenv(name, "secret")
    assert "secret" not in rasa_environment().values()
