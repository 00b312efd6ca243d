"""From values to a signed, sealed, stamped and stored paper; and what an authority may do wrong."""

from __future__ import annotations

import asyncio
import hashlib
import time as wall
from pathlib import Path

import pytest

from settlement.errors import OperatorError
from settlement.evidence.press import Press
from settlement.evidence.trust import TrustedRoots
from settlement.evidence.verify import verify_pdf
from settlement.ports.ca import Credential, Person, names_id_number
from settlement.ports.ca_local import LocalCa
from settlement.ports.errors import PortRefused, PortUnavailable
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.unit.cases.errors import refused
from tests.unit.evidence.workshop import CONTEXT, ID_NUMBER, NAME, Workshop, paper_with


@pytest.mark.parametrize("stamped", [True, False])
async def test_a_paper_leaves_the_press_signed_sealed_and_stored(workshop: Workshop, stamped: bool) -> None:
    made, pdf = await workshop.signed(stamped=stamped)
    report = await asyncio.to_thread(verify_pdf, pdf, workshop.roots)
    assert report.ok, report
    assert [one.name for one in report.signatures] == ["customer", "company", *["archive"] * stamped]
    assert report.signatures[0].signer == NAME
    assert report.signatures[-1].whole_file
    assert {one.time_proven for one in report.signatures} == {stamped}
    assert (made.sha256, made.size) == (hashlib.sha256(pdf).hexdigest(), len(pdf))
    assert report.content_sha256 == "ab" * 32
    assert (made.stamped_at is not None) is stamped


async def test_no_certificate_names_the_id_number(workshop: Workshop) -> None:
    person = Person(name=NAME, id_number=ID_NUMBER)
    credential = await workshop.authority.certify("0127", person, content_sha256="ab" * 32, key="k")
    assert not names_id_number(credential, ID_NUMBER)
    telling = await workshop.authority.certify(
        "0127", Person(name=f"{NAME}{ID_NUMBER}", id_number=ID_NUMBER), content_sha256="ab" * 32, key="k"
    )
    assert names_id_number(telling, ID_NUMBER)


async def test_a_customers_key_signs_once(workshop: Workshop) -> None:
    person = Person(name=NAME, id_number=ID_NUMBER)
    credential = await workshop.authority.certify("0127", person, content_sha256="ab" * 32, key="k")
    await workshop.authority.sign(credential.id, bytes(32))
    with pytest.raises(PortRefused):
        await workshop.authority.sign(credential.id, bytes(32))


async def test_processes_that_start_together_agree_on_one_root(tmp_path: Path, keyring: Keyring) -> None:
    authorities = [LocalCa(tmp_path / "ca", keyring) for _ in range(4)]
    roots = await asyncio.gather(*(asyncio.to_thread(one.root) for one in authorities))
    assert len({one.certificate.serial_number for one in roots}) == 1


async def test_private_keys_of_the_local_authority_are_sealed_on_disk(workshop: Workshop) -> None:
    await workshop.authority.seal("0127")
    keys = list((workshop.authority.root_file.parent).glob("*.key"))
    assert len(keys) == 2
    assert all(b"PRIVATE" not in one.read_bytes() and one.stat().st_mode & 0o077 == 0 for one in keys)


async def test_a_name_that_cannot_be_printed_is_refused_and_nothing_is_kept(workshop: Workshop) -> None:
    order = await workshop.order(paper_with(case_no="😀"))
    with refused("signing_impossible"):
        await workshop.press().make(order)


class Failing(LocalCa):
    """An authority that fails at one of its calls."""

    failure: Exception = PortUnavailable("CA: no answer")

    async def sign(self, credential: str, digest: bytes) -> bytes:
        raise self.failure


@pytest.mark.parametrize(
    "failure", [PortUnavailable("CA: no answer"), PortRefused("CA: refused"), TimeoutError(), OSError("x")]
)
async def test_an_authority_that_fails_is_told_to_the_customer_as_such(
    workshop: Workshop, tmp_path: Path, keyring: Keyring, failure: Exception
) -> None:
    authority = Failing(tmp_path / "ca", keyring)
    authority.failure = failure
    press = Press(workshop.objects, authority, None, lambda: workshop.roots)
    with refused("signing_unavailable"):
        await press.make(await workshop.order())


class Careless(LocalCa):
    """Signs something else than it was asked to."""

    async def sign(self, credential: str, digest: bytes) -> bytes:
        return await super().sign(credential, bytes(32))


class Impostor(LocalCa):
    """Answers with somebody else's certificate chain."""

    async def seal(self, broker: str) -> Credential:
        person = Person(name="somebody", id_number=ID_NUMBER)
        other = LocalCa(self._folder.parent / "other", self._keyring)
        credential = await other.certify(broker, person, content_sha256="ab" * 32, key="k")
        self._waiting |= other._waiting
        return credential


@pytest.mark.parametrize("kind", [Careless, Impostor])
async def test_a_paper_that_does_not_verify_never_leaves_the_press(
    workshop: Workshop, tmp_path: Path, keyring: Keyring, kind: type[LocalCa]
) -> None:
    press = Press(workshop.objects, kind(tmp_path / "ca", keyring), None, lambda: workshop.roots)
    before = set((tmp_path / "objects").rglob("f_*"))
    order = await workshop.order()
    with refused("signing_unavailable"):
        await press.make(order)
    after = set((tmp_path / "objects").rglob("f_*"))
    assert {path.name for path in after - before} == {order.photo}


async def test_the_event_loop_goes_on_while_papers_are_made(workshop: Workshop) -> None:
    press, orders = workshop.press(), [await workshop.order() for _ in range(3)]
    await press.make(await workshop.order())  # fonts and root are loaded once
    work = asyncio.gather(*(press.make(order) for order in orders))
    began, turns = wall.perf_counter(), 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    await work
    assert turns > 20, f"{turns} turns in {wall.perf_counter() - began:.2f} s"


async def test_a_kept_paper_is_known_again_and_a_lost_one_missed(workshop: Workshop) -> None:
    made, _ = await workshop.signed(stamped=False)
    press = workshop.press()
    assert await press.kept(made.file_id, CONTEXT, made.sha256)
    assert not await press.kept(made.file_id, CONTEXT, "0" * 64)
    assert not await press.kept(made.file_id, "0127/another", made.sha256)
    await press.drop(made.file_id)
    assert not await press.kept(made.file_id, CONTEXT, made.sha256)


@pytest.mark.parametrize("name", ["CA", "TSA"])
def test_local_authorities_refuse_production(name: str, keyring: Keyring, tmp_path: Path) -> None:
    from settlement.ports import registry

    chosen = Settings(environment="production", state_dir=tmp_path)
    port = {"CA": registry._authority, "TSA": registry._timestamper}[name]
    with pytest.raises(OperatorError, match=f"{name}=local"):
        port(chosen, keyring)


def test_production_must_name_its_roots(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="TRUSTED_ROOTS"):
        TrustedRoots(Settings(environment="production", state_dir=tmp_path))()


def test_the_roots_are_read_once_and_only_when_they_are_there(workshop: Workshop, tmp_path: Path) -> None:
    place = tmp_path / "roots.pem"
    roots = TrustedRoots(Settings(state_dir=tmp_path, trusted_roots=place))
    with pytest.raises(OperatorError, match="no trusted roots"):
        roots()
    place.write_bytes(workshop.authority.root_file.read_bytes())
    found = [one.dump() for one in roots()]
    place.unlink()
    assert [one.dump() for one in roots()] == found == [one.dump() for one in workshop.roots]
