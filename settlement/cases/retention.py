"""How long a case's material is kept: a draft's until it ends, what was submitted for twenty years.

The numbers are those of product compliance §1: futures law asks for twenty years at least of what was
submitted, and the protection of personal information for no more than is needed of what was not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select

from settlement import clock
from settlement.cases.audit import Audit
from settlement.cases.material import CaseBankCard, CaseIdentity, CaseImage, SignatureRecord
from settlement.cases.models import Case
from settlement.cases.states import COMPLETED, Actor
from settlement.database import Database
from settlement.ports.objects import ObjectStore

EVIDENCE_YEARS = 20
BATCH = 100
SYSTEM = "retention"


class Retention:
    """Removes photos, identity, cards, signed papers and values of cases whose time has come.

    What is append-only stays: events, consents and the audit log hold no number or name; a snapshot is sealed
    (only whoever administers the database can lift its trigger), and the audit entry says which are due.
    """

    def __init__(self, database: Database, objects: ObjectStore, audit: Audit) -> None:
        self._database = database
        self._objects = objects
        self._audit = audit

    async def run_once(self) -> int:
        """How many cases lost their material."""
        drafts = await self._end("draft", Case.attempt == 0)
        return drafts + await self._end("evidence", Case.attempt > 0, Case.updated_at < _long_ago())

    async def _end(self, what: str, *which: ColumnElement[bool]) -> int:
        left = or_(
            Case.id.in_(select(CaseImage.case_id).where(CaseImage.purged_at.is_(None))),
            Case.id.in_(select(CaseIdentity.case_id)),
            Case.id.in_(select(CaseBankCard.case_id)),
            Case.id.in_(select(SignatureRecord.case_id).where(SignatureRecord.file_id.is_not(None))),
        )
        query = select(Case.id).where(Case.state.in_(COMPLETED), *which, left).limit(BATCH)
        async with self._database.reading() as session:
            ids = list(await session.scalars(query))
        for case_id in ids:
            await self._forget(case_id, what)
        return len(ids)

    async def _forget(self, case_id: str, what: str) -> None:
        """The files go first: should this process die in between, the next run finds the rows again."""
        kept = select(CaseImage).where(CaseImage.case_id == case_id, CaseImage.purged_at.is_(None))
        signed = select(SignatureRecord).where(SignatureRecord.case_id == case_id)
        async with self._database.reading() as session:
            files = [image.file_id for image in await session.scalars(kept)]
            files += [paper.file_id for paper in await session.scalars(signed) if paper.file_id]
        for file_id in files:
            await self._objects.remove(file_id)
        async with self._database.session() as session:
            for image in await session.scalars(kept):
                image.in_use, image.purged_at, image.reading = False, clock.now(), None
            for table in (CaseIdentity, CaseBankCard):
                await session.execute(delete(table).where(table.case_id == case_id))
            for signature in await session.scalars(signed):
                signature.content, signature.file_id = {}, None  # the hashes and the time stay
            case = await session.get_one(Case, case_id)
            await self._audit.append(session, Actor.SYSTEM, SYSTEM, "retention_ended", case.case_no, what)


def _long_ago() -> datetime:
    """The same moment twenty years before; from 29 February the day before, which keeps a day longer."""
    now = clock.now()
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return now.replace(year=now.year - EVIDENCE_YEARS, day=day)
