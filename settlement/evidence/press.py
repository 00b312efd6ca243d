"""The press: a paper is set, signed, sealed, checked and stored before anybody calls it signed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from asn1crypto import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from settlement import clock
from settlement.errors import CustomerError, OperatorError
from settlement.evidence.lasting import archive_of
from settlement.evidence.pades import COMPANY, CUSTOMER, Signatory, sign_paper
from settlement.evidence.paper import Paper, PaperError, company_seal, handwriting, render
from settlement.evidence.verify import PdfReport, verify_pdf
from settlement.ports.ca import CertificateAuthority, Person
from settlement.ports.errors import PortUnavailable
from settlement.ports.objects import ObjectStore

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 25.0
PDF = "application/pdf"
# Timestamps over HTTP fail with OSError, which requests' own errors are.
_FAILURES = (PortUnavailable, OperatorError, SigningError, TimestampRequestError, OSError, TimeoutError)
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Order:
    """One paper to make. ``key`` is of this signing alone; ``context`` is whom the stored file belongs to."""

    paper: Paper = field(repr=False)
    person: Person = field(repr=False)
    broker: str
    context: str
    key: str
    photo: str | None
    at: datetime


@dataclass(frozen=True)
class SignedPaper:
    """A signed paper in the store. Digests are SHA-256 in hex, the other two serial numbers."""

    file_id: str
    sha256: str
    size: int
    paper_sha256: str
    certificate: str
    seal: str
    stamped_at: datetime | None
    archive_due_at: datetime | None = None


class PaperMaker(Protocol):
    """What the signing of a case needs of a press."""

    async def make(self, order: Order) -> SignedPaper:
        """Make and store the paper; ``CustomerError`` signing_unavailable, signing_impossible."""
        ...

    async def kept(self, file_id: str, context: str, sha256: str) -> bool:
        """Whether the stored paper is, byte for byte, what was signed."""
        ...

    async def drop(self, file_id: str) -> None:
        """Forget a paper that came to nothing."""
        ...


class Press:
    """The real one. ``roots``, asked in a thread, are what a finished paper is checked against."""

    def __init__(
        self,
        objects: ObjectStore,
        authority: CertificateAuthority,
        timestamper: TimeStamper | None,
        roots: Callable[[], Sequence[x509.Certificate]],
    ) -> None:
        self._objects = objects
        self._authority = authority
        self._timestamper = timestamper
        self._roots = roots

    async def make(self, order: Order) -> SignedPaper:
        """Half a second on one core, mostly in threads; longer when an authority is far away."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._make(order)
        except PaperError as error:
            log.error("paper_impossible", case=order.paper.case_no, problem=str(error))  # noqa: TRY400
            raise CustomerError("signing_impossible") from None
        except _FAILURES as error:
            # An authority's own words may quote what it was sent.
            problem = str(error) if isinstance(error, PortUnavailable | OperatorError) else ""
            log.error("signing_failed", case=order.paper.case_no, error=type(error).__name__, problem=problem)  # noqa: TRY400
            raise CustomerError("signing_unavailable") from None

    async def _make(self, order: Order) -> SignedPaper:
        paper, texts, company = order.paper, order.paper.texts, order.paper.company["name"]
        shown = clock.beijing(order.at).strftime(_TIME)
        plain = await asyncio.to_thread(render, paper, order.at)
        photo = await self._objects.get(order.photo, context=order.context) if order.photo else None
        certificate = await self._authority.certify(
            order.broker, order.person, content_sha256=paper.content_sha256, key=order.key
        )
        seal = await self._authority.seal(order.broker)
        hand = await asyncio.to_thread(
            handwriting, texts, order.person.name, certificate.serial, shown, photo, order.at
        )
        stamp = await asyncio.to_thread(company_seal, texts, company, shown[:10], order.at)
        signed = await sign_paper(
            plain,
            customer=Signatory(certificate, hand),
            company=Signatory(seal, stamp),
            authority=self._authority,
            timestamper=self._timestamper,
            at=order.at,
        )
        report = await asyncio.to_thread(lambda: verify_pdf(signed, self._roots()))
        _insist(report, paper.content_sha256, certificate.serial, seal.serial)
        stored = await self._objects.put(signed, mime=PDF, context=order.context)
        archive = await asyncio.to_thread(archive_of, signed)
        proven = [one.at for one in report.signatures if one.name == CUSTOMER and one.time_proven]
        return SignedPaper(
            file_id=stored.id, sha256=stored.sha256, size=stored.size,
            paper_sha256=hashlib.sha256(plain).hexdigest(), certificate=certificate.serial, seal=seal.serial,
            stamped_at=proven[0] if proven else None,
            archive_due_at=archive.due if archive else None,
        )  # fmt: skip

    async def kept(self, file_id: str, context: str, sha256: str) -> bool:
        """Read it and compare."""
        try:
            content = await self._objects.get(file_id, context=context)
        except CustomerError:
            return False
        return await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest()) == sha256

    async def drop(self, file_id: str) -> None:
        """Remove it from the store."""
        await self._objects.remove(file_id)


def _insist(report: PdfReport, content_sha256: str, certificate: str, seal: str) -> None:
    """What leaves the press holds, or nothing leaves it: an authority may have answered nonsense."""
    serials = {one.name: one.serial for one in report.signatures}
    if (
        not report.ok
        or report.content_sha256 != content_sha256
        or (serials[CUSTOMER], serials[COMPANY]) != (certificate, seal)
    ):
        found = [f"{one.name}:{code}" for one in report.signatures for code in one.problems]
        problems = ", ".join([*report.problems, *found]) or "wrong certificate"
        raise OperatorError(f"the signed paper does not verify: {problems}")
