"""Another archive timestamp on a paper before the certificate of the last one ends (docs/evidence.md)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from asn1crypto import x509
from sqlalchemy import or_, select

from settlement import clock
from settlement.cases.audit import Audit
from settlement.cases.material import ArchiveRenewal, SignatureRecord
from settlement.cases.models import Case
from settlement.cases.states import Actor
from settlement.database import Database
from settlement.errors import CustomerError, OperatorError
from settlement.evidence.lasting import Archive, archive_of, prolong
from settlement.evidence.press import PDF
from settlement.evidence.verify import verify_pdf
from settlement.ports.objects import owner_context
from settlement.ports.registry import Ports
from settlement.security.keys import Keyring

log = structlog.get_logger(__name__)

BATCH = 200
SYSTEM = "archive"
AGAIN = timedelta(days=1)
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class _Due:
    signature: str
    case_no: str
    broker: str
    context: str
    file_id: str
    sha256: str


class Renewal:
    """Run it every hour or so. Papers of drafts are left alone: those end long before a certificate does."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        ports: Ports,
        roots: Callable[[], Sequence[x509.Certificate]],
        *,
        fetching: bool,
    ) -> None:
        self._database = database
        self._audit = Audit(keyring)
        self._ports = ports
        self._roots = roots
        self._fetching = fetching

    async def run_once(self) -> int:
        """How many papers were prolonged. One that fails is tried again a day later, and logged each time."""
        if self._ports.timestamper is None:
            return 0
        await self._remove_replaced()
        done = 0
        for one in await self._due():
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    done += await self._renew(one)
            except Exception as error:
                # Whatever it was, the next paper may fare better.
                problem = str(error) if isinstance(error, OperatorError | CustomerError) else ""
                log.error(  # noqa: TRY400
                    "archive_renewal_failed", case=one.case_no, error=type(error).__name__, problem=problem
                )
                await self._put_off(one, clock.now() + AGAIN)
        return done

    async def _due(self) -> list[_Due]:
        query = (
            select(SignatureRecord, Case)
            .join(Case, Case.id == SignatureRecord.case_id)
            .where(
                Case.attempt > 0,
                SignatureRecord.file_id.is_not(None),
                SignatureRecord.stamped_at.is_not(None),
                or_(SignatureRecord.archive_due_at.is_(None), SignatureRecord.archive_due_at <= clock.now()),
            )
            .order_by(SignatureRecord.archive_due_at)
            .limit(BATCH)
        )
        async with self._database.reading() as session:
            return [
                _Due(
                    signature=row.id, case_no=case.case_no, broker=case.broker,
                    context=owner_context(case.broker, case.customer_id), file_id=row.file_id or "",
                    sha256=row.file_sha256,
                )
                for row, case in (await session.execute(query)).all()
            ]  # fmt: skip

    async def _renew(self, one: _Due) -> bool:
        pdf = await self._ports.objects.get(one.file_id, context=one.context)
        archive = await asyncio.to_thread(self._checked, pdf, one)
        if archive.due > clock.now():  # signed before due times were kept
            await self._put_off(one, archive.due)
            return False
        seal = await self._ports.authority.seal(one.broker)
        renewed, due = await asyncio.to_thread(self._prolonged, pdf, archive, seal.crls)
        stored = await self._ports.objects.put(renewed, mime=PDF, context=one.context)
        try:
            taken = await self._take(one, stored.id, stored.sha256, stored.size, due)
        except BaseException:
            await self._ports.objects.remove(stored.id)
            raise
        if not taken:
            await self._ports.objects.remove(stored.id)
        await self._remove_replaced()
        return taken

    def _checked(self, pdf: bytes, one: _Due) -> Archive:
        if hashlib.sha256(pdf).hexdigest() != one.sha256:
            raise OperatorError("the stored paper is not the one that was signed")
        archive = archive_of(pdf)
        if archive is None:
            raise OperatorError("the stored paper has no archive timestamp")
        return archive

    def _prolonged(self, pdf: bytes, archive: Archive, crls: Sequence[bytes]) -> tuple[bytes, datetime]:
        """The prolonged paper and when it is due again; checked as if it were signed just now."""
        stamper, roots = self._ports.timestamper, self._roots()
        assert stamper is not None
        renewed = asyncio.run(prolong(pdf, stamper, roots, crls=crls, fetching=self._fetching))
        report, before = verify_pdf(renewed, roots), verify_pdf(pdf, roots)
        if not report.ok or report.content_sha256 != before.content_sha256:
            found = [f"{one.name}:{code}" for one in report.signatures for code in one.problems]
            problems = ", ".join([*report.problems, *found])
            raise OperatorError(f"the prolonged paper does not verify: {problems}")
        after = archive_of(renewed)
        if after is None or after.ends <= archive.ends:
            raise OperatorError("the timestamp authority's certificate ends no later than the one before")
        return renewed, after.due

    async def _take(self, one: _Due, file_id: str, sha256: str, size: int, due: datetime) -> bool:
        """Put the prolonged paper in the place of the one before; False when that was changed meanwhile."""
        async with self._database.session() as session:
            row = await session.get(SignatureRecord, one.signature, with_for_update=True)
            if row is None or row.file_id != one.file_id:
                return False
            row.file_id, row.file_sha256, row.file_size, row.archive_due_at = file_id, sha256, size, due
            session.add(
                ArchiveRenewal(
                    signature_id=row.id, at=clock.now(), before_sha256=one.sha256, after_sha256=sha256,
                    before_file_id=one.file_id,
                )
            )  # fmt: skip
            await self._audit.append(
                session, Actor.SYSTEM, SYSTEM, "renew_archive", one.case_no, before=one.sha256, after=sha256
            )
        return True

    async def _remove_replaced(self) -> None:
        """Remove files that were replaced, also those that a crash left behind."""
        query = select(ArchiveRenewal).where(ArchiveRenewal.before_file_id.is_not(None)).limit(BATCH)
        async with self._database.reading() as session:
            left = {row.id: row.before_file_id or "" for row in await session.scalars(query)}
        for renewal, file_id in left.items():
            await self._ports.objects.remove(file_id)
            async with self._database.session() as session:
                row = await session.get_one(ArchiveRenewal, renewal)
                row.before_file_id = None

    async def _put_off(self, one: _Due, until: datetime) -> None:
        async with self._database.session() as session:
            row = await session.get_one(SignatureRecord, one.signature)
            row.archive_due_at = until
