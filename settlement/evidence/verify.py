"""Checking a signed paper: unchanged, covered to its last byte, signed by somebody vouched for, and when.

A signature that is mathematically right is not enough, so more is asked than pyHanko's bottom line: bytes
added behind the last signature, a signature nobody asked for, and changes between signatures are problems.
A certificate may have expired since; then a timestamp has to show that the signature is older.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from asn1crypto import cms, x509
from pydantic import BaseModel, ConfigDict
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from settlement import clock
from settlement.evidence.pades import COMPANY, CUSTOMER, archive_name

WHOLE = SignatureCoverageLevel.ENTIRE_FILE
_CONTENT = re.compile(r"content-sha256:([0-9a-f]{64})")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class SignatureReport(_View):
    """One signature or timestamp. ``problems`` are codes of ``texts.yml``; none means that it holds."""

    name: str
    kind: Literal["signature", "timestamp"]
    signer: str
    issuer: str
    serial: str
    at: datetime | None
    time_proven: bool
    whole_file: bool
    problems: list[str]


class PdfReport(_View):
    """A signed paper. ``content_sha256`` is the digest that stands in the paper itself."""

    sha256: str
    size: int
    content_sha256: str | None
    signatures: list[SignatureReport]
    problems: list[str]

    @property
    def ok(self) -> bool:
        """Nothing at all is wrong."""
        return not self.problems and all(not one.problems for one in self.signatures)


def verify_pdf(
    data: bytes,
    roots: Sequence[x509.Certificate],
    *,
    moment: datetime | None = None,
    stored: str | None = None,
) -> PdfReport:
    """Check ``data`` against trusted ``roots`` as of ``moment`` (now). Takes 100 ms of CPU: use a thread.

    ``stored``: the SHA-256 that was stored when it was signed, if known. Nothing is fetched from anywhere.
    """
    digest = hashlib.sha256(data).hexdigest()
    problems = ["not_as_stored"] if stored is not None and stored != digest else []
    signatures: list[SignatureReport] = []
    content = None
    try:
        reader = PdfFileReader(io.BytesIO(data))
        content = _content_digest(reader)
        signatures = asyncio.run(_Check(reader, roots, moment or clock.now()).all())
    except Exception:
        problems.append("damaged" if data[:5] == b"%PDF-" else "not_pdf")
    else:
        problems += _together(signatures)
    return PdfReport(
        sha256=digest, size=len(data), content_sha256=content, signatures=signatures, problems=problems
    )


def _content_digest(reader: PdfFileReader) -> str | None:
    found = _CONTENT.search(str(reader.trailer_view["/Info"].get("/Keywords", "")))
    return found[1] if found else None


def _together(signatures: list[SignatureReport]) -> list[str]:
    """What is wrong of the signatures as a set."""
    names = [one.name for one in signatures]
    problems = []
    if CUSTOMER not in names:
        problems.append("customer_missing")
    if COMPANY not in names:
        problems.append("company_missing")
    signed = [name for name in (CUSTOMER, COMPANY) if name in names]
    stamped = [archive_name(number) for number in range(len(names) - len(signed))]
    kinds = ["signature"] * len(signed) + ["timestamp"] * len(stamped)
    if names != [*signed, *stamped] or [one.kind for one in signatures] != kinds:
        problems.append("unexpected_signature")
    if signatures and not signatures[-1].whole_file:
        problems.append("not_whole_file")
    return problems


class _Check:
    """The signatures of one file, the last first: a later timestamp proves the time of an earlier one."""

    def __init__(self, reader: PdfFileReader, roots: Sequence[x509.Certificate], moment: datetime) -> None:
        self._reader = reader
        self._roots = list(roots)
        self._proven = moment  # everything before this in the file existed at this moment
        self._crls: list[Any] = []
        self._certificates: list[x509.Certificate] = []
        if "/DSS" in reader.root:
            store = DocumentSecurityStore.read_dss(reader)
            self._certificates = list(store.load_certs())
            self._crls = [reference.get_object().data for reference in store.crls]

    async def all(self) -> list[SignatureReport]:
        signatures: list[EmbeddedPdfSignature] = list(self._reader.embedded_signatures)
        found = [await self._one(one, last=one is signatures[-1]) for one in reversed(signatures)]
        return found[::-1]

    async def _one(self, one: EmbeddedPdfSignature, *, last: bool) -> SignatureReport:
        if one.sig_object_type == "/DocTimeStamp":
            return await self._timestamp(one, last=last)
        return await self._signature(one, last=last)

    async def _timestamp(self, one: EmbeddedPdfSignature, *, last: bool) -> SignatureReport:
        at = time_of(one.signed_data)
        status = await async_validate_pdf_timestamp(one, self._context(self._proven, soft=True))
        problems = _integrity(status.intact, status.valid, one, last=last)
        if not problems and not status.trusted:  # nobody looks at whom to trust of what is broken
            problems.append("timestamp_untrusted")
        if not problems and at:
            self._proven = min(self._proven, at)
        return _report(one, at, proven=not problems, problems=problems)

    async def _signature(self, one: EmbeddedPdfSignature, *, last: bool) -> SignatureReport:
        token = stamp_of(one.signer_info)
        stamped = time_of(token) if token else None
        at = stamped or one.self_reported_timestamp
        status = await async_validate_pdf_signature(
            one,
            self._context(stamped or self._proven, soft=False),
            self._context(self._proven, soft=True),
        )
        problems = _integrity(status.intact, status.valid, one, last=last)
        stamp = status.timestamp_validity
        if token and not (stamp and stamp.intact and stamp.valid and stamp.trusted):
            problems.append("timestamp_untrusted")
        elif not problems and not status.trusted:
            expired = one.signer_cert.not_valid_after < (stamped or self._proven)
            problems.append("expired_without_timestamp" if expired and not token else "untrusted")
        proven = stamped is not None and "timestamp_untrusted" not in problems
        return _report(one, at, proven=proven, problems=problems)

    def _context(self, moment: datetime, *, soft: bool) -> ValidationContext:
        return ValidationContext(
            trust_roots=self._roots,
            other_certs=self._certificates,
            crls=self._crls,
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail" if soft else "require",
        )


def _integrity(intact: bool, valid: bool, one: EmbeddedPdfSignature, *, last: bool) -> list[str]:
    problems = []
    if not intact:
        problems.append("not_intact")
    elif not valid:
        problems.append("not_valid")
    coverage = one.evaluate_signature_coverage()
    if coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        problems.append("not_whole_revision")
    if not last and intact:
        level = getattr(one.diff_result, "modification_level", None)
        if level is None or level > ModificationLevel.FORM_FILLING:
            problems.append("changed_after_signing")
    return problems


def _report(
    one: EmbeddedPdfSignature, at: datetime | None, *, proven: bool, problems: list[str]
) -> SignatureReport:
    certificate = one.signer_cert
    return SignatureReport(
        name=str(one.field_name), signer=common_name(certificate.subject),
        kind="timestamp" if one.sig_object_type == "/DocTimeStamp" else "signature",
        issuer=common_name(certificate.issuer), serial=f"{certificate.serial_number:X}", at=at,
        time_proven=proven, whole_file=one.coverage == WHOLE, problems=problems,
    )  # fmt: skip


def stamp_of(signer_info: cms.SignerInfo) -> cms.SignedData | None:
    """The timestamp token that is attached to a signature."""
    for attribute in signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]["content"]
    return None


def time_of(token: cms.SignedData) -> datetime | None:
    """The moment that a token says."""
    content = token["encap_content_info"]["content"].parsed
    moment = content["gen_time"].native
    return moment if isinstance(moment, datetime) else None


def common_name(name: x509.Name) -> str:
    """Whom a certificate names."""
    values = name.native
    return str(values.get("common_name") or values.get("organization_name") or "")
