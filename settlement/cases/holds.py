"""Holds: what a court, a regulator or a dispute still needs is not removed when its time has come."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases.audit import Audit
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.models import Case
from settlement.cases.reach import case_for
from settlement.cases.records import CaseHold, CaseRemoval, MaterialRemoval
from settlement.cases.states import Actor
from settlement.database import Database
from settlement.security.keys import Keyring

LONGEST_REASON = 200


class HoldView(BaseModel):
    """A hold in force."""

    model_config = ConfigDict(frozen=True)

    reason: str = Field(repr=False)
    placed_at: datetime


class Holds:
    """For administrators; each change is on record."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._audit = Audit(keyring)

    async def of(self, staff: Staff, case_no: str) -> HoldView | None:
        """The case's hold, if there is one; ``DeskError`` case_not_found."""
        async with self._database.reading() as session:
            hold = await self._hold(session, await case_for(session, staff, case_no))
            return HoldView(reason=hold.reason, placed_at=hold.placed_at) if hold else None

    async def material_gone(self, staff: Staff, case_no: str) -> datetime | None:
        """When the material of an ended draft was removed: a hold from then on keeps the rest alone.

        ``DeskError`` case_not_found.
        """
        async with self._database.reading() as session:
            case = await case_for(session, staff, case_no)
            query = select(MaterialRemoval.at).where(MaterialRemoval.case_id == case.id)
            gone: datetime | None = await session.scalar(query)
            return gone

    async def place(self, staff: Staff, case_no: str, reason: str) -> None:
        """Keep the case until the hold is lifted; ``DeskError`` reason_needed, case_held."""
        if not reason.strip():
            raise DeskError("reason_needed")
        async with self._database.session() as session:
            case = await case_for(session, staff, case_no, lock=True)
            if await self._hold(session, case) is not None:
                raise DeskError("case_held")
            if await session.scalar(select(CaseRemoval.id).where(CaseRemoval.case_id == case.id)):
                raise DeskError("case_not_found")  # its files may be gone already
            session.add(
                CaseHold(
                    case_id=case.id, reason=reason.strip()[:LONGEST_REASON], placed_by=staff.id,
                    placed_at=clock.now(),
                )
            )  # fmt: skip
            await self._audit.append(session, Actor.STAFF, staff.id, "place_hold", case_no)

    async def lift(self, staff: Staff, case_no: str) -> None:
        """Let the case go when its time has come; without a hold nothing happens."""
        async with self._database.session() as session:
            hold = await self._hold(session, await case_for(session, staff, case_no, lock=True))
            if hold is not None:
                hold.lifted_by, hold.lifted_at = staff.id, clock.now()
                await self._audit.append(session, Actor.STAFF, staff.id, "lift_hold", case_no)

    async def _hold(self, session: AsyncSession, case: Case) -> CaseHold | None:
        query = select(CaseHold).where(CaseHold.case_id == case.id, CaseHold.lifted_at.is_(None))
        found: CaseHold | None = await session.scalar(query)
        return found


def held() -> ColumnElement[bool]:
    """The condition that a case is held."""
    return Case.id.in_(select(CaseHold.case_id).where(CaseHold.lifted_at.is_(None)))
