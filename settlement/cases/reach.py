"""Which cases somebody at the desk can reach: those of the company that they work for (R-085)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.models import Case


def within_reach(staff: Staff) -> ColumnElement[bool]:
    """The condition that a case is of this person's company; without a company all are."""
    return true() if staff.broker is None else Case.broker == staff.broker


async def case_for(
    session: AsyncSession, staff: Staff, case_no: str, *which: ColumnElement[bool], lock: bool = False
) -> Case:
    """The case, if ``which`` holds of it; ``DeskError`` case_not_found also for another company's."""
    query = select(Case).where(Case.case_no == case_no, within_reach(staff), *which)
    case: Case | None = await session.scalar(query.with_for_update() if lock else query)
    if case is None:
        raise DeskError("case_not_found")
    return case
