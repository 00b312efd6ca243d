"""The only place where a case changes, by compare-and-set; ``move`` alone changes its state."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases import states
from settlement.cases.models import Case, CaseEvent
from settlement.cases.states import Actor, Event, State
from settlement.errors import CustomerError

# No digits: a case number typed into the chat must not look like a card number or a one-time code.
# No vowels: no words.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


async def create(session: AsyncSession, case: Case) -> None:
    """T01: put a new case on record."""
    case.case_no = new_case_no()
    case.state = State.D_PHOTO
    session.add(case)
    await session.flush()
    await _record(session, case, None, Event.START, Actor.CUSTOMER, case.customer_id, case.created_at)


async def move(
    session: AsyncSession,
    case: Case,
    event: Event,
    target: State,
    *,
    actor: Actor,
    actor_id: str,
    at: datetime | None = None,
    remark: str = "",
    reasons: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move ``case`` to ``target`` and record the event; ``changes`` are other columns to set with it.

    Raises ``CustomerError``: ``case_changed`` when somebody else changed the case since it was read, or what
    ``refusal`` says when no transition allows this move. The lock index's ``IntegrityError`` passes through.
    """
    source = State(case.state)
    if states.find(source, event, actor, target) is None:
        raise refusal(case)
    at = at or clock.now()
    await _compare_and_set(session, case, at, {**(changes or {}), "state": target})
    await _record(session, case, source, event, actor, actor_id, at, remark, reasons)


async def change(session: AsyncSession, case: Case, **values: Any) -> None:
    """Set columns other than ``state``; without any, note that something belonging to the case changed."""
    if "state" in values:
        raise ValueError("move() changes the state")
    await _compare_and_set(session, case, clock.now(), values)


def refusal(case: Case) -> CustomerError:
    """Why a customer cannot do that to a case in its present state."""
    state = State(case.state)
    if state in states.COMPLETED:
        return CustomerError("case_completed", case_no=case.case_no)
    if state is State.P_EXEC:
        return CustomerError("case_executing", case_no=case.case_no)
    if state in states.LOCK:
        return CustomerError("case_in_review", case_no=case.case_no)
    if state in states.REOPENABLE:
        return CustomerError("case_needs_reopening", case_no=case.case_no)
    return CustomerError("step_not_ready", step=state.value)


def new_case_no() -> str:
    """A number such as ``JS-KMTR-WQZP``; 20⁸ of them."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"JS-{letters[:4]}-{letters[4:]}"


async def _compare_and_set(session: AsyncSession, case: Case, at: datetime, values: dict[str, Any]) -> None:
    await session.flush()
    seen = (Case.id == case.id, Case.state == case.state, Case.lock_version == case.lock_version)
    statement = update(Case).where(*seen).values(**values, lock_version=case.lock_version + 1, updated_at=at)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise CustomerError("case_changed", case_no=case.case_no)
    await session.refresh(case)


async def _record(
    session: AsyncSession,
    case: Case,
    source: State | None,
    event: Event,
    actor: Actor,
    actor_id: str,
    at: datetime,
    remark: str = "",
    reasons: Sequence[str] = (),
) -> None:
    row = states.find(source, event, actor, State(case.state))
    assert row is not None
    last = await session.scalar(select(func.max(CaseEvent.seq)).where(CaseEvent.case_id == case.id))
    entry = CaseEvent(
        case_id=case.id, seq=(last or 0) + 1, number=row.number, event=event, from_state=source,
        to_state=case.state, actor=actor, actor_id=actor_id, at=at, attempt=case.attempt,
        remark=remark, reasons=list(reasons),
    )  # fmt: skip
    session.add(entry)
    await session.flush()
