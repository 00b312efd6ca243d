"""The desk: claiming a case, and deciding on it: T07 … T14 (R-083, R-084). Every decision is on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers import hours
from settlement.cases import notices, transitions
from settlement.cases.base import company
from settlement.cases.desk_base import DeskLook
from settlement.cases.desk_reasons import chosen, cleaned, customer_text
from settlement.cases.desk_views import CaseDetail, DeskError, Staff
from settlement.cases.models import Case
from settlement.cases.records import DeskTask, Execution
from settlement.cases.states import Actor, Event, State
from settlement.errors import CustomerError

log = structlog.get_logger(__name__)

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


class Desk(DeskLook):
    """Witnesses and reviewers. Refusals are ``DeskError``; what a customer did first wins (I6)."""

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
                raise _not_now(case, wrong_role=case.state in (State.W_PENDING, State.R_PENDING))
            _, target, event = _CLAIMS[staff.role]
            at = clock.now()
            if staff.role == "witness":
                await self._may_witness(session, staff, case, at)
            elif await self._was_witness(session, staff, case):
                raise DeskError("witness_is_reviewer")
            await _move(session, case, event, target, staff, at)
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
                raise _not_now(case)
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

    async def witness_pass(
        self, staff: Staff, case_no: str, *, checks: Sequence[str] = (), remark: str = ""
    ) -> None:
        """T08. ``checks``: the lines of the list that were ticked. ``DeskError``: not_claimed, abandoned."""
        await self._decide(
            staff, case_no, State.W_DOING, Event.WITNESS_PASS, State.R_PENDING, checks=checks, remark=remark
        )

    async def witness_fail(
        self, staff: Staff, case_no: str, *, reasons: Sequence[str], remark: str = ""
    ) -> None:
        """T09. ``DeskError``: not_claimed, abandoned, reasons_required, reason_unknown, remark_required."""
        await self._decide(
            staff,
            case_no,
            State.W_DOING,
            Event.WITNESS_FAIL,
            State.W_REJECTED,
            reasons=reasons,
            remark=remark,
        )

    async def approve(
        self, staff: Staff, case_no: str, *, checks: Sequence[str] = (), remark: str = ""
    ) -> None:
        """T12: on to the counter; ``checks`` as for a witness. ``DeskError``: not_claimed, abandoned."""
        await self._decide(
            staff, case_no, State.R_DOING, Event.APPROVE, State.P_EXEC, checks=checks, remark=remark
        )

    async def reject(self, staff: Staff, case_no: str, *, reasons: Sequence[str], remark: str = "") -> None:
        """T13: the right to submit is free again. Errors as for ``witness_fail``."""
        await self._decide(
            staff, case_no, State.R_DOING, Event.REJECT, State.R_REJECTED, reasons=reasons, remark=remark
        )

    async def _decide(
        self,
        staff: Staff,
        case_no: str,
        source: State,
        event: Event,
        target: State,
        *,
        reasons: Sequence[str] | None = None,
        checks: Sequence[str] = (),
        remark: str = "",
    ) -> None:
        remark = cleaned(remark)
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no, lock=True)
            task = await self._open_task(session, case)
            at = clock.now()
            held = task is not None and task.staff_id == staff.id and task.expires_at > at
            if task is None or not held or case.state != source:
                raise _not_now(case)
            broker = company(self._brokers, case)
            codes: list[str] = []
            changes: dict[str, Any] = {}
            shown = ""
            if reasons is not None:
                given = chosen(broker, reasons, remark, "witness" if source is State.W_DOING else "review")
                codes, shown = [reason.code for reason in given], customer_text(given, remark)
                retry = all(reason.retry for reason in given)
                changes = {"remark": shown, "reasons": codes, "retry": retry, "rejected_at": at}
            await _move(session, case, event, target, staff, at, shown or remark, codes, changes)
            task.finished_at, task.result, task.reasons, task.remark = at, str(event), codes, remark
            task.checks = sorted(checks)
            if reasons is not None:
                await notices.result(session, case, broker, "rejected")
            if target is State.P_EXEC:
                session.add(Execution(case_id=case.id, attempt=case.attempt, next_at=at))
            await session.flush()
            await self._audit.append(
                session, Actor.STAFF, staff.id, str(event), case_no,
                attempt=case.attempt, reasons=codes, checks=task.checks,
            )  # fmt: skip

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


def _not_now(case: Case, *, wrong_role: bool = False) -> DeskError:
    """Why staff cannot do that now."""
    if case.state == State.C_ABANDONED:
        return DeskError("abandoned")
    if case.state in _CLAIMED:
        return DeskError("not_claimed")
    return DeskError("wrong_role" if wrong_role else "case_changed")


async def _move(
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
    try:
        await transitions.move(
            session, case, event, target, actor=Actor.STAFF, actor_id=staff.id, at=at, remark=remark,
            reasons=reasons, changes=changes,
        )  # fmt: skip
    except CustomerError as error:
        raise DeskError(error.code) from None
