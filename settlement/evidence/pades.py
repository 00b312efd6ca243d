"""Signing a paper: PAdES (ETSI EN 319 142) with pyHanko, keys held by the certificate authority.

The order: the customer certifies the document, allowing nothing but further signatures; certificates and
revocation lists go into its security store (DSS); the company seals what is then there; a document timestamp
ends it when there is a timestamp authority. So the last of them covers every byte of the file.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import crl, x509
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, Signer
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from settlement.evidence.paper import BOXES, PAGE_HEIGHT
from settlement.ports.ca import CertificateAuthority, Credential
from settlement.ports.errors import PortRefused

CUSTOMER, COMPANY, ARCHIVE = "customer", "company", "archive"  # names of the fields, in the order of signing
DIGEST = "sha256"
RESERVED = 16 * 1024  # bytes for a signature with its chain and its timestamp, as hex


def archive_name(number: int) -> str:
    """The field of the archive timestamp that follows ``number`` others."""
    return ARCHIVE if number == 0 else f"{ARCHIVE}-{number + 1}"


class PortSigner(Signer):
    """Sends the digest of what is to be signed to the authority."""

    def __init__(self, credential: Credential, authority: CertificateAuthority) -> None:
        chain = [x509.Certificate.load(der) for der in credential.chain]
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain[1:])
        super().__init__(signing_cert=chain[0], cert_registry=store, embed_roots=False)
        self._credential = credential
        self._authority = authority

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The authority's signature over the digest of ``data``."""
        if digest_algorithm != DIGEST or dry_run:
            raise SigningError(f"only {DIGEST} is signed, and in earnest")
        return await self._authority.sign(self._credential.id, hashlib.sha256(data).digest())


@dataclass(frozen=True)
class Signatory:
    """Who signs, and the small PDF page that shows it."""

    credential: Credential
    appearance: bytes = field(repr=False)


class _Page(ImportedPdfPage):
    """A stamp's background out of memory instead of a file."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__("")  # type: ignore[no-untyped-call]
        self._pdf = pdf

    def render(self) -> bytes:
        writer = self._ensure_writer
        xobject = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        name = f"/Stamp{hashlib.sha256(self._pdf).hexdigest()[:12]}"
        self.resources.xobject[name] = xobject
        x1, y1, x2, y2 = xobject.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x1 - x2), height=abs(y1 - y2))
        return f"{name} Do".encode()


async def sign_paper(
    paper: bytes,
    *,
    customer: Signatory,
    company: Signatory,
    authority: CertificateAuthority,
    timestamper: TimeStamper | None,
    at: datetime,
) -> bytes:
    """``paper`` signed by the customer, sealed by the company. Heavy parts run in threads.

    Raises what the ports raise; ``PortRefused`` also when a signature does not fit the file.
    """
    stamped = await _sign(paper, CUSTOMER, customer, authority, timestamper, at)
    stored = await asyncio.to_thread(_add_validation, stamped, [customer.credential, company.credential])
    sealed = await _sign(stored, COMPANY, company, authority, timestamper, at)
    if timestamper is None:
        return sealed
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    stamper = PdfTimeStamper(timestamper, field_name=archive_name(0))
    out: io.BytesIO = await stamper.async_timestamp_pdf(writer, DIGEST, bytes_reserved=RESERVED)
    return out.getvalue()


async def _sign(
    paper: bytes,
    name: str,
    signatory: Signatory,
    authority: CertificateAuthority,
    timestamper: TimeStamper | None,
    at: datetime,
) -> bytes:
    signer = PortSigner(signatory.credential, authority)
    document, digest, out = await asyncio.to_thread(_prepare, paper, name, signer, signatory, timestamper, at)
    try:
        done = await document.perform_signature(
            document_digest=digest.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
        )
        await done.post_signature_processing(out)
    except (SigningError, misc.PdfWriteError) as error:
        raise PortRefused(f"CA: a signature cannot be used ({type(error).__name__})") from None
    return out.getvalue()


def _prepare(
    paper: bytes,
    name: str,
    signer: Signer,
    signatory: Signatory,
    timestamper: TimeStamper | None,
    at: datetime,
) -> tuple[PdfTBSDocument, PreparedByteRangeDigest, io.BytesIO]:
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    first = name == CUSTOMER
    if first:
        for one in (CUSTOMER, COMPANY):
            append_signature_field(writer, SigFieldSpec(one, on_page=-1, box=_box(one)))
    metadata = PdfSignatureMetadata(
        field_name=name,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    style = StaticStampStyle(background=_Page(signatory.appearance), border_width=0)
    pdf_signer = PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=style)
    session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = at
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
    digest, out = document.digest_tbs_document()
    assert isinstance(out, io.BytesIO)
    return document, digest, out


def _box(name: str) -> tuple[int, int, int, int]:
    """A frame of the layout in PDF's coordinates: lower left and upper right corner."""
    left, top, width, height = BOXES[name]
    bottom = round(PAGE_HEIGHT) - top - height
    return left, bottom, left + width, bottom + height


def _add_validation(paper: bytes, credentials: Sequence[Credential]) -> bytes:
    certificates = {der: x509.Certificate.load(der) for one in credentials for der in one.chain}
    lists = {der: crl.CertificateList.load(der) for one in credentials for der in one.crls}
    out = io.BytesIO(paper)
    DocumentSecurityStore.add_dss(
        out, None, certs=list(certificates.values()), crls=list(lists.values()), embed_roots=True
    )
    return out.getvalue()
