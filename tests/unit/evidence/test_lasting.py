"""A paper outlasts its timestamp authority's certificate when it is prolonged in time, and not otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import NameAttribute
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from redis.asyncio import Redis
from sqlalchemy import select

from settlement import clock
from settlement.cases.material import ArchiveRenewal, SignatureRecord
from settlement.cases.records import AuditEntry
from settlement.cases.renewal import Renewal
from settlement.cases.service import Cases
from settlement.errors import CustomerError
from settlement.evidence.archive import read
from settlement.evidence.bundle_verify import verify_bundle
from settlement.evidence.lasting import archive_of
from settlement.evidence.press import Press
from settlement.evidence.verify import PdfReport, verify_pdf
from settlement.ports.ca_local import LocalCa, _issue
from settlement.ports.objects import owner_context
from settlement.ports.registry import Ports
from settlement.ports.sms import LocalSms
from tests.unit.evidence.case import Evident

YEAR = timedelta(days=365)


class ShortLived(TimeStamper):
    """Timestamps by the local root whose certificate lasts ``life``; a new one for each of these."""

    def __init__(self, authority: LocalCa, life: timedelta) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = [NameAttribute(NameOID.COMMON_NAME, f"Stamps of {clock.now():%Y}")]
        certificate = _issue(subject, private.public_key(), authority.root(), life, timestamping=True)
        self._certificate = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        der = private.private_bytes(
            Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._key = keys.PrivateKeyInfo.load(der)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        stamper = DummyTimeStamper(tsa_cert=self._certificate, tsa_key=self._key, fixed_dt=clock.now())
        return stamper.request_tsa_response(req)


class Archived:
    """A submitted case whose timestamps last two years, and the job that prolongs its paper."""

    def __init__(self, evident: Evident) -> None:
        self.evident, self.world, self.authority = evident, evident.world, evident.workshop.authority
        stamper = ShortLived(self.authority, 2 * YEAR)
        press = Press(self.world.objects, self.authority, stamper, lambda: evident.workshop.roots)
        self.world.cases = Cases(self.world.database, self.world.brokers, self.world.keyring, press)

    def job(self, stamper: TimeStamper | None) -> Renewal:
        ports = Ports(
            sms=LocalSms(Redis(), self.world.keyring), counter=self.world.counter,
            objects=self.world.objects, authority=self.authority, timestamper=stamper,
        )  # fmt: skip
        roots = self.evident.workshop.roots
        return Renewal(self.world.database, self.world.keyring, ports, lambda: roots, fetching=False)

    async def record(self) -> SignatureRecord:
        async with self.world.database.reading() as session:
            return (await session.scalars(select(SignatureRecord))).one()

    async def paper(self) -> bytes:
        owner = self.evident.owner
        file_id = (await self.record()).file_id
        assert file_id
        return await self.world.objects.get(file_id, context=owner_context(owner.broker, owner.customer))

    async def verified(self, pdf: bytes) -> PdfReport:
        return await asyncio.to_thread(verify_pdf, pdf, self.evident.workshop.roots, moment=clock.now())

    async def renewals(self) -> list[ArchiveRenewal]:
        async with self.world.database.reading() as session:
            return list(await session.scalars(select(ArchiveRenewal)))


@pytest.fixture
async def archived(evident: Evident) -> Archived:
    made = Archived(evident)
    await evident.submitted()
    return made


async def test_a_paper_is_prolonged_in_time_and_holds_for_decades(archived: Archived) -> None:
    time, before = archived.world.time, await archived.record()
    first = await archived.paper()
    assert before.archive_due_at is not None
    assert timedelta(days=364) < before.archive_due_at - clock.now() < timedelta(days=366)
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 0
    time.pass_by(days=400)
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 1
    time.pass_by(days=11 * 365 + 100)
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 1
    time.pass_by(days=8 * 365)
    paper = await archived.paper()
    report = await archived.verified(paper)
    assert report.ok, report
    assert [one.name for one in report.signatures] == [
        "customer", "company", "archive", "archive-2", "archive-3",
    ]  # fmt: skip
    assert report.signatures[-1].whole_file
    assert paper.startswith(first)  # nothing of what was signed is touched
    assert not (await archived.verified(first)).ok
    after = await archived.record()
    assert (after.sha256, after.signed_at) == (before.sha256, before.signed_at)
    chain = [(one.before_sha256, one.after_sha256) for one in await archived.renewals()]
    assert len(chain) == 2
    assert {before.file_sha256, after.file_sha256} < {digest for pair in chain for digest in pair}
    async with archived.world.database.reading() as session:
        actions = list(await session.scalars(select(AuditEntry.action)))
    assert actions.count("renew_archive") == 2


async def test_the_file_of_before_goes_and_a_copy_of_it_is_still_known(archived: Archived) -> None:
    evident, before = archived.evident, await archived.record()
    archived.world.time.pass_by(days=400)
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 1
    assert [one.before_file_id for one in await archived.renewals()] == [None]
    context = owner_context(evident.owner.broker, evident.owner.customer)
    with pytest.raises(CustomerError, match="image_not_found"):
        await archived.world.objects.get(before.file_id or "", context=context)
    known = await evident.evidence.stored(evident.staff, before.file_sha256)
    assert known is not None
    assert known.sha256 == (await archived.record()).file_sha256
    stranger = evident.staff.model_copy(update={"broker": "0368"})
    assert await evident.evidence.stored(stranger, before.file_sha256) is None


async def test_a_bundle_holds_the_prolonged_paper_and_its_digests_of_before(archived: Archived) -> None:
    archived.world.time.pass_by(days=400)
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 1
    evident = archived.evident
    [paper] = await archived.world.cases.papers(evident.owner)
    data = await evident.evidence.bundle(evident.staff, paper.case_no)
    report = await asyncio.to_thread(verify_bundle, data, evident.workshop.roots, moment=clock.now())
    assert report.ok, report
    assert (await archived.renewals())[0].before_sha256.encode() in read(data)["papers.json"]


async def test_a_certificate_that_ran_out_cannot_be_made_good_any_more(archived: Archived) -> None:
    archived.world.time.pass_by(days=3 * 365)
    before = await archived.record()
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 0
    after = await archived.record()
    assert after.file_id == before.file_id
    assert after.archive_due_at == clock.now() + timedelta(days=1)


@pytest.mark.parametrize("what", ["no authority", "another root", "no longer than before"])
async def test_what_would_not_help_is_not_stored(
    archived: Archived, what: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archived.world.time.pass_by(days=400)
    before = await archived.record()
    stranger = LocalCa(tmp_path_factory.mktemp("ca"), archived.world.keyring)
    stampers: dict[str, Callable[[], TimeStamper | None]] = {
        "no authority": lambda: None,
        "another root": lambda: ShortLived(stranger, 12 * YEAR),
        "no longer than before": lambda: ShortLived(archived.authority, timedelta(days=10)),
    }
    assert await archived.job(stampers[what]()).run_once() == 0
    assert (await archived.record()).file_sha256 == before.file_sha256
    assert await archived.renewals() == []


async def test_a_paper_that_was_changed_in_the_store_is_not_given_a_new_timestamp(
    archived: Archived,
) -> None:
    archived.world.time.pass_by(days=400)
    async with archived.world.database.session() as session:
        (await session.scalars(select(SignatureRecord))).one().file_sha256 = "0" * 64
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 0
    assert await archived.renewals() == []


async def test_papers_of_before_learn_when_they_are_due(archived: Archived) -> None:
    async with archived.world.database.session() as session:
        (await session.scalars(select(SignatureRecord))).one().archive_due_at = None
    assert await archived.job(ShortLived(archived.authority, 12 * YEAR)).run_once() == 0
    archive = archive_of(await archived.paper())
    assert archive is not None
    assert (await archived.record()).archive_due_at == archive.due
