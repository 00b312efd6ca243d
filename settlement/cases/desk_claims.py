"""Claiming a case at the desk, and putting it back: T07, T10, T11, T14 (R-083)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers import hours
from settlement.cases import notices, transitions
from settlement.cases.base import company
from settlement.cases.desk_base import DeskLook
from settlement.cases.desk_views import CaseDetail, DeskError, Staff
from settlement.cases.models import Case
from settlement.cases.records import DeskTask
from settlement.cases.states import Actor, Event, State
from settlement.errors import CustomerError

MOST_WITNESS_TRIES = 3  # so often nobody answers before the customer is told when to be there

# role → what may be claimed, what it is then, and the stage of the task
_CLAIMS = {
    "witness": (State.W_PENDING, State.W_DOING, Event.WITNESS_CLAIM),
    "reviewer": (State.R_PENDING, State.R_DOING, Event.REVIEW_CLAIM),
}
_RELEASES = {
    State.W_DOING: (State.W_PENDING, Event.WITNESS_RELEASE),
    State.R_DOING: (State.R_PENDING, Event.REVIEW_RELEASE),
}
_CLAIMED = {State.W_DOING, State.R_DOING}


class DeskClaims(DeskLook):
    """Of two who reach for a case one gets it, for ``claim_minutes``."""

    async def claim(self, staff: Staff, case_no: str) -> CaseDetail:
        """T07, T11: take a case for ``claim_minutes``. Claiming what one holds already shows it again.

        ``DeskError``: already_claimed, wrong_role, witness_is_reviewer, witness_busy (case_no),
        outside_witness_hours (hours), abandoned, case_changed.
        """
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no, lock=True)
            open_task = await self._open_task(session, case)
            if open_task is not None and open_task.expires_at <= clock.now() and case.state in _CLAIMED:
                await self._release(session, case, open_task, Actor.SYSTEM, "timeout", "timed_out")
            elif open_task is not None and case.state in _CLAIMED:
                if open_task.staff_id != staff.id:
                    raise DeskError("already_claimed")
                return await self._detail(session, staff, case)
            if staff.role not in _CLAIMS or case.state != _CLAIMS[staff.role][0]:
                raise not_now(case, wrong_role=case.state in (State.W_PENDING, State.R_PENDING))
            _, target, event = _CLAIMS[staff.role]
            at = clock.now()
            if staff.role == "witness":
                await self._may_witness(session, staff, case, at)
            elif await self._was_witness(session, staff, case):
                raise DeskError("witness_is_reviewer")
            await moved(session, case, event, target, staff, at)
            session.add(
                DeskTask(
                    case_id=case.id, attempt=case.attempt, stage=staff.role, staff_id=staff.id, claimed_at=at,
                    expires_at=at + timedelta(minutes=self._claim_minutes),
                )
            )  # fmt: skip
            await session.flush()
            await self._audit.append(
                session, Actor.STAFF, staff.id, str(event), case_no, attempt=case.attempt
            )
            return await self._detail(session, staff, case)

    async def release(self, staff: Staff, case_no: str) -> None:
        """T10, T14: put a case back. An administrator may put back anybody's."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no, lock=True)
            task = await self._open_task(session, case)
            mine = task is not None and (task.staff_id == staff.id or staff.role == "administrator")
            if task is None or not mine or case.state not in _CLAIMED:
                raise not_now(case)
            await self._release(session, case, task, Actor.STAFF, staff.id, "released")

    async def release_overdue(self) -> int:
        """T10, T14 by the system: put back what was claimed too long ago; how many."""
        query = select(DeskTask).where(DeskTask.finished_at.is_(None), DeskTask.expires_at <= clock.now())
        async with self._database.reading() as session:
            overdue = [task.id for task in await session.scalars(query)]
        done = 0
        for task_id in overdue:
            async with self._database.session() as session:
                task = await session.get_one(DeskTask, task_id)
                case = await session.get_one(Case, task.case_id, with_for_update=True)
                await session.refresh(task)
                if task.finished_at is None and case.state in _CLAIMED:
                    await self._release(session, case, task, Actor.SYSTEM, "timeout", "timed_out")
                    done += 1
        return done

    async def _release(
        self, session: AsyncSession, case: Case, task: DeskTask, actor: Actor, actor_id: str, result: str
    ) -> None:
        at = clock.now()
        target, event = _RELEASES[State(case.state)]
        tries = case.witness_tries + (target is State.W_PENDING)
        await transitions.move(
            session,
            case,
            event,
            target,
            actor=actor,
            actor_id=actor_id,
            at=at,
            changes={"witness_tries": tries},
        )
        task.finished_at, task.result = at, result
        if target is State.W_PENDING and tries == MOST_WITNESS_TRIES:
            await notices.sms(session, case, company(self._brokers, case), "witness_due")
        await session.flush()
        await self._audit.append(
            session, actor, actor_id, str(event), case.case_no, result, attempt=case.attempt
        )

    async def _may_witness(self, session: AsyncSession, staff: Staff, case: Case, at: datetime) -> None:
        """Within the hours, and not in another call (the guard of T07)."""
        broker = company(self._brokers, case)
        if not hours.is_open(broker, at, "witness"):
            raise DeskError("outside_witness_hours", hours=hours.describe(broker, "witness"))
        busy = await session.scalar(
            select(Case.case_no)
            .join(DeskTask, DeskTask.case_id == Case.id)
            .where(DeskTask.staff_id == staff.id, DeskTask.finished_at.is_(None), Case.state == State.W_DOING)
        )
        if busy is not None:
            raise DeskError("witness_busy", case_no=busy)

    async def _was_witness(self, session: AsyncSession, staff: Staff, case: Case) -> bool:
        query = select(DeskTask.id).where(
            DeskTask.case_id == case.id, DeskTask.attempt == case.attempt, DeskTask.staff_id == staff.id,
            DeskTask.stage == "witness",
        )  # fmt: skip
        return await session.scalar(query.limit(1)) is not None

    async def _open_task(self, session: AsyncSession, case: Case) -> DeskTask | None:
        query = select(DeskTask).where(DeskTask.case_id == case.id, DeskTask.finished_at.is_(None))
        task: DeskTask | None = await session.scalar(query)
        return task


def not_now(case: Case, *, wrong_role: bool = False) -> DeskError:
    """Why staff cannot do that now."""
    if case.state == State.C_ABANDONED:
        return DeskError("abandoned")
    if case.state in _CLAIMED:
        return DeskError("not_claimed")
    return DeskError("wrong_role" if wrong_role else "case_changed")


async def moved(
    session: AsyncSession,
    case: Case,
    event: Event,
    target: State,
    staff: Staff,
    at: datetime,
    remark: str = "",
    reasons: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move a case, or say that it is no longer where it was (``DeskError`` case_changed and the like)."""
    try:
        await transitions.move(
            session, case, event, target, actor=Actor.STAFF, actor_id=staff.id, at=at, remark=remark,
            reasons=reasons, changes=changes,
        )  # fmt: skip
    except CustomerError as error:
        raise DeskError(error.code) from None
