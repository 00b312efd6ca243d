"""The desk: deciding on a case that one has claimed: T08, T09, T12, T13 (R-083, R-084); all is on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from settlement import clock
from settlement.cases import notices
from settlement.cases.base import company
from settlement.cases.desk_claims import DeskClaims, moved, not_now
from settlement.cases.desk_reasons import chosen, cleaned, customer_text
from settlement.cases.desk_views import Staff
from settlement.cases.records import Execution
from settlement.cases.states import Actor, Event, State


class Desk(DeskClaims):
    """Witnesses and reviewers. Refusals are ``DeskError``; what a customer did first wins (I6)."""

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
                raise not_now(case)
            broker = company(self._brokers, case)
            codes: list[str] = []
            changes: dict[str, Any] = {}
            shown = ""
            if reasons is not None:
                given = chosen(broker, reasons, remark, "witness" if source is State.W_DOING else "review")
                codes, shown = [reason.code for reason in given], customer_text(given, remark)
                retry = all(reason.retry for reason in given)
                changes = {"remark": shown, "reasons": codes, "retry": retry, "rejected_at": at}
            await moved(session, case, event, target, staff, at, shown or remark, codes, changes)
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
