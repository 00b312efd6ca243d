"""What a verifier must not fall for: the file is right only when all of it is."""

from __future__ import annotations

import asyncio
import io
import random
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateRevocationListBuilder, RevokedCertificateBuilder
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from settlement import clock
from settlement.evidence.pades import PortSigner
from settlement.evidence.press import Press
from settlement.evidence.verify import PdfReport, verify_pdf
from settlement.ports.ca import Credential, Person
from settlement.ports.ca_local import LocalCa
from settlement.security.keys import Keyring
from tests.unit.cases.errors import refused
from tests.unit.evidence.workshop import ID_NUMBER, Workshop

YEARS = timedelta(days=365)


async def check(
    pdf: bytes, roots: list[x509.Certificate], later: timedelta = timedelta(), stored: str | None = None
) -> PdfReport:
    return await asyncio.to_thread(verify_pdf, pdf, roots, moment=clock.now() + later, stored=stored)


def codes(report: PdfReport) -> set[str]:
    return {*report.problems, *(code for one in report.signatures for code in one.problems)}


@pytest.mark.parametrize("stamped", [True, False])
async def test_bytes_behind_the_last_signature_are_found(workshop: Workshop, stamped: bool) -> None:
    made, pdf = await workshop.signed(stamped=stamped)
    report = await check(pdf + b"\n% harmless?\n", workshop.roots, stored=made.sha256)
    assert not report.ok
    assert "not_as_stored" in report.problems
    assert {"not_whole_file", "damaged"} & codes(report)


async def test_a_page_changed_after_signing_is_found(workshop: Workshop) -> None:
    _, pdf = await workshop.signed()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Rotate")] = type(page["/MediaBox"][0])(90)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    report = await check(out.getvalue(), workshop.roots)
    assert {"changed_after_signing", "not_whole_file"} <= codes(report)


@pytest.mark.parametrize("trusted", [True, False])
async def test_another_signature_on_top_is_found_even_a_trusted_one(
    workshop: Workshop, tmp_path: Path, keyring: Keyring, trusted: bool
) -> None:
    _, pdf = await workshop.signed()
    authority = workshop.authority if trusted else LocalCa(tmp_path / "other", keyring)
    person = Person(name="somebody", id_number=ID_NUMBER)
    credential = await authority.certify("0127", person, content_sha256="00" * 32, key="k")
    signer = PdfSigner(
        PdfSignatureMetadata(field_name="extra", md_algorithm="sha256"),
        PortSigner(credential, authority),
        new_field_spec=SigFieldSpec("extra"),
    )
    out = await signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=16384)
    report = await check(out.getvalue(), workshop.roots)
    assert "unexpected_signature" in report.problems
    assert ("untrusted" in codes(report)) is not trusted


async def test_a_paper_without_the_companys_seal_is_not_enough(workshop: Workshop) -> None:
    _, pdf = await workshop.signed(stamped=False)
    # The revision that the customer signed, cut where the company had not sealed it yet.
    end = pdf.index(b"%%EOF", pdf.index(b"/ByteRange")) + len(b"%%EOF\n")
    report = await check(pdf[:end], workshop.roots)
    assert "company_missing" in report.problems


async def test_expired_certificates_need_a_timestamp(workshop: Workshop) -> None:
    for stamped in (False, True):
        _, pdf = await workshop.signed(stamped=stamped)
        assert (await check(pdf, workshop.roots)).ok
        later = await check(pdf, workshop.roots, later=20 * YEARS)
        assert later.ok is stamped, later
        if not stamped:
            assert "expired_without_timestamp" in codes(later)


async def test_an_unknown_root_is_not_trusted(workshop: Workshop, tmp_path: Path, keyring: Keyring) -> None:
    from settlement.evidence.trust import read_roots

    _, pdf = await workshop.signed()
    other = read_roots(LocalCa(tmp_path / "other", keyring).root_file)
    report = await check(pdf, other)
    assert {"untrusted", "timestamp_untrusted"} & codes(report)
    assert not (await check(pdf, [])).ok


class Revoking(LocalCa):
    """Has revoked the certificate that it hands out."""

    async def certify(self, broker: str, person: Person, *, content_sha256: str, key: str) -> Credential:
        credential = await super().certify(broker, person, content_sha256=content_sha256, key=key)
        root, now = self.root(), clock.now()
        entry = (
            RevokedCertificateBuilder()
            .serial_number(credential.certificate.serial_number)
            .revocation_date(now - timedelta(minutes=1))
            .build()
        )
        revoked = (
            CertificateRevocationListBuilder()
            .issuer_name(root.certificate.subject)
            .last_update(now - timedelta(minutes=1))
            .next_update(now + timedelta(days=1))
            .add_revoked_certificate(entry)
            .sign(root.key, hashes.SHA256())
        )
        return credential.model_copy(update={"crls": (revoked.public_bytes(Encoding.DER),)})


async def test_a_revoked_certificate_signs_nothing(
    workshop: Workshop, tmp_path: Path, keyring: Keyring
) -> None:
    press = Press(workshop.objects, Revoking(tmp_path / "ca", keyring), None, lambda: workshop.roots)
    with refused("signing_unavailable"):
        await press.make(await workshop.order())


async def test_no_single_changed_byte_goes_unnoticed(workshop: Workshop) -> None:
    """Wherever it is: even where the PDF has gaps that no signature covers, the stored digest does."""
    made, pdf = await workshop.signed()
    choice = random.Random(20261101)
    for at in sorted(choice.sample(range(len(pdf)), 60)):
        changed = bytearray(pdf)
        changed[at] ^= 1 << choice.randrange(8)
        report = await check(bytes(changed), workshop.roots, stored=made.sha256)
        assert not report.ok, at


async def test_no_changed_byte_of_what_is_signed_goes_unnoticed_without_the_stored_digest(
    workshop: Workshop,
) -> None:
    _, pdf = await workshop.signed()
    first = pdf.index(b"/Contents <") if b"/Contents <" in pdf else pdf.index(b"/ByteRange")
    choice = random.Random(7)
    for at in sorted(choice.sample(range(20, first), 40)):
        changed = bytearray(pdf)
        changed[at] ^= 1
        assert not (await check(bytes(changed), workshop.roots)).ok, at


@pytest.mark.parametrize(
    "junk", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"hello", bytes(1000), zlib.compress(b"x" * 10000)]
)
async def test_what_is_no_signed_paper_is_answered_not_raised(workshop: Workshop, junk: bytes) -> None:
    assert not (await check(junk, workshop.roots)).ok
