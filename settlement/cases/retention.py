"""How long a case is kept: a draft's material until it ends, what was submitted for twenty years.

The numbers are those of product compliance §1: futures law (art. 117) asks for twenty years at least of what
was submitted, and the protection of personal information (art. 19) for no more than is needed of the rest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases.audit import Audit
from settlement.cases.holds import held
from settlement.cases.material import (
    ArchiveRenewal,
    CaseBankCard,
    CaseIdentity,
    CaseImage,
    SignatureRecord,
)
from settlement.cases.models import Case, CaseSubmission, Customer, RegisteredCard
from settlement.cases.records import CaseHold, CaseRemoval, MaterialRemoval
from settlement.cases.states import COMPLETED, Actor
from settlement.database import Base, Database
from settlement.ports.objects import ObjectStore

EVIDENCE_YEARS = 20
DRAFT_YEARS = 3  # that somebody consented: the limitation of claims (civil code art. 188)
CUSTOMER_DAYS = 90  # as long as a conversation
BATCH = 100
SYSTEM = "retention"


class Retention:
    """Removes what is needed no longer, a case as a whole or a draft's material, and puts it on record.

    A held case is left alone, whatever its age. The audit log stays, and of a removed case its number with
    the digests of what was in it; neither holds a number or a name of a customer.
    """

    def __init__(self, database: Database, objects: ObjectStore, audit: Audit) -> None:
        self._database = database
        self._objects = objects
        self._audit = audit

    async def run_once(self) -> int:
        """How many cases lost their material or went, and customers who went."""
        done = await self._end_drafts()
        done += await self._remove("draft", Case.attempt == 0, Case.updated_at < _long_ago(DRAFT_YEARS))
        done += await self._remove("evidence", Case.attempt > 0, Case.updated_at < _long_ago(EVIDENCE_YEARS))
        return done + await self._remove_customers()

    async def _end_drafts(self) -> int:
        left = or_(
            Case.id.in_(select(CaseImage.case_id).where(CaseImage.purged_at.is_(None))),
            Case.id.in_(select(CaseIdentity.case_id)),
            Case.id.in_(select(CaseBankCard.case_id)),
            Case.id.in_(select(SignatureRecord.case_id).where(SignatureRecord.file_id.is_not(None))),
        )
        begun = Case.id.in_(select(MaterialRemoval.case_id))
        ids = await self._due(Case.attempt == 0, left, free=~held() | begun)
        done = 0
        for case_id in ids:
            if await self._decide_material(case_id):
                await self._remove_files(case_id)
                await self._forget(case_id)
                done += 1
        return done

    async def _due(self, *which: ColumnElement[bool], free: ColumnElement[bool] | None = None) -> list[str]:
        free = ~held() if free is None else free
        query = select(Case.id).where(Case.state.in_(COMPLETED), free, *which).limit(BATCH)
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    async def _decide_material(self, case_id: str) -> bool:
        """Put on record that a draft's material goes: a hold comes before that, and keeps all, or after."""
        async with self._database.session() as session:
            if await self._locked(session, case_id) is None:
                return False
            begun = select(MaterialRemoval.id).where(MaterialRemoval.case_id == case_id)
            if await session.scalar(begun) is None:
                if await self._is_held(session, case_id):
                    return False
                session.add(MaterialRemoval(case_id=case_id, at=clock.now()))
        return True

    async def _forget(self, case_id: str) -> None:
        """A draft's photos, identity, cards, papers and values, whose files are gone.

        Should the process have died before this, the next run finds the rows again.
        """
        async with self._database.session() as session:
            case = await session.get_one(Case, case_id, with_for_update=True)
            for image in await session.scalars(select(CaseImage).where(CaseImage.case_id == case_id)):
                image.in_use, image.reading = False, None
                image.purged_at = image.purged_at or clock.now()
            for table in (CaseIdentity, CaseBankCard):
                await session.execute(delete(table).where(table.case_id == case_id))
            signed = select(SignatureRecord).where(SignatureRecord.case_id == case_id)
            for signature in await session.scalars(signed):
                signature.content, signature.file_id = {}, None  # the hashes and the time stay
            await self._audit.append(
                session, Actor.SYSTEM, SYSTEM, "retention_ended", case.case_no, "material"
            )

    async def _remove(self, what: str, *which: ColumnElement[bool]) -> int:
        ids = await self._due(*which)
        for case_id in ids:
            if await self._decide(case_id, what):
                await self._remove_files(case_id)
                await self._remove_rows(case_id, what)
        return len(ids)

    async def _decide(self, case_id: str, what: str) -> bool:
        """Put the removal on record. From then on no hold can be placed, and the rest may be done again."""
        async with self._database.session() as session:
            case = await self._locked(session, case_id)
            if case is None or await self._is_held(session, case_id):
                return False
            if await session.scalar(select(CaseRemoval).where(CaseRemoval.case_id == case_id)) is None:
                session.add(
                    CaseRemoval(
                        case_id=case_id, case_no=case.case_no, broker=case.broker, why=what,
                        digests=await _digests(session, case_id), at=clock.now(),
                    )
                )  # fmt: skip
        return True

    async def _remove_rows(self, case_id: str, what: str) -> None:
        """Everything that names the case; the database lets append-only rows go because of the record."""
        async with self._database.session() as session:
            removal = await session.scalar(select(CaseRemoval).where(CaseRemoval.case_id == case_id))
            assert removal is not None
            signed = select(SignatureRecord.id).where(SignatureRecord.case_id == case_id)
            await session.execute(delete(ArchiveRenewal).where(ArchiveRenewal.signature_id.in_(signed)))
            for table in reversed(Base.metadata.sorted_tables):
                if "case_id" in table.c and table is not CaseRemoval.__table__:
                    await session.execute(delete(table).where(table.c.case_id == case_id))
            await session.execute(delete(Case).where(Case.id == case_id))
            await self._audit.append(
                session, Actor.SYSTEM, SYSTEM, "retention_ended", removal.case_no, what,
                digests=removal.digests,
            )  # fmt: skip

    async def _locked(self, session: AsyncSession, case_id: str) -> Case | None:
        query = select(Case).where(Case.id == case_id).with_for_update()
        found: Case | None = await session.scalar(query)
        return found

    async def _is_held(self, session: AsyncSession, case_id: str) -> bool:
        """Ask it of a locked case, in a statement of its own.

        PostgreSQL shows a statement what was there when it began: the one that waited for the lock does not
        see the hold that was placed meanwhile.
        """
        hold = select(CaseHold.id).where(CaseHold.case_id == case_id, CaseHold.lifted_at.is_(None))
        return await session.scalar(hold) is not None

    async def _remove_files(self, case_id: str) -> None:
        images = select(CaseImage.file_id).where(CaseImage.case_id == case_id, CaseImage.purged_at.is_(None))
        papers = select(SignatureRecord.file_id).where(SignatureRecord.case_id == case_id)
        replaced = (
            select(ArchiveRenewal.before_file_id)
            .join(SignatureRecord, SignatureRecord.id == ArchiveRenewal.signature_id)
            .where(SignatureRecord.case_id == case_id)
        )
        async with self._database.reading() as session:
            files = [file for query in (images, papers, replaced) for file in await session.scalars(query)]
        for file_id in files:
            if file_id:
                await self._objects.remove(file_id)

    async def _remove_customers(self) -> int:
        """Customers of no case, a while after their last login; the next one puts them on record anew."""
        unneeded = (
            Customer.updated_at < clock.now() - timedelta(days=CUSTOMER_DAYS),
            ~Customer.id.in_(select(Case.customer_id)),
        )
        async with self._database.reading() as session:
            ids = list(await session.scalars(select(Customer.id).where(*unneeded).limit(BATCH)))
        for customer_id in ids:
            async with self._database.session() as session:
                query = select(Customer).where(Customer.id == customer_id, *unneeded).with_for_update()
                customer = await session.scalar(query)
                if customer is not None:
                    await session.execute(
                        delete(RegisteredCard).where(RegisteredCard.customer_id == customer_id)
                    )
                    await session.delete(customer)
                    await self._audit.append(
                        session, Actor.SYSTEM, SYSTEM, "retention_ended", customer_id, "customer"
                    )
        return len(ids)


async def _digests(session: AsyncSession, case_id: str) -> list[str]:
    """SHA-256 of every submission and every signed paper of the case."""
    submitted = select(CaseSubmission.snapshot_sha256).where(CaseSubmission.case_id == case_id)
    signed = select(SignatureRecord.file_sha256).where(SignatureRecord.case_id == case_id)
    return sorted({digest for query in (submitted, signed) for digest in await session.scalars(query)})


def _long_ago(years: int) -> datetime:
    """The same moment ``years`` before; from 29 February the day before, which keeps a day longer."""
    now = clock.now()
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return now.replace(year=now.year - years, day=day)
