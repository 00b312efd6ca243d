"""Moving a case: compare and set, recorded, refused when no rule allows it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from settlement.cases import transitions
from settlement.cases.inputs import Owner
from settlement.cases.models import Case, CaseEvent, CaseSubmission
from settlement.cases.records import AuditEntry
from settlement.cases.states import Actor, Event, State, find
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World


async def events_of(world: World, case_no: str) -> list[CaseEvent]:
    async with world.database.reading() as session:
        query = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(Case.case_no == case_no)
        return list(await session.scalars(query.order_by(CaseEvent.seq)))


async def test_each_move_is_recorded_in_order(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    events = await events_of(world, view.case_no)
    assert [(event.seq, event.number) for event in events] == [
        (1, "T01"), (2, "T02"), (3, "T03"), (4, "T04"), (5, "T06"),
    ]  # fmt: skip
    assert events[-1].to_state == State.W_PENDING
    assert {event.actor_id for event in events} == {owner.customer}


async def test_of_two_who_read_the_same_case_the_second_is_told_that_it_changed(
    world: World, owner: Owner
) -> None:
    view = await world.at(State.D_BANK, owner)
    async with world.database.reading() as early:
        stale = await early.scalar(select(Case).where(Case.case_no == view.case_no))
        assert stale is not None
        early.expunge(stale)
    await world.cases.back(owner, view.case_no)
    with refused("case_changed"):
        async with world.database.session() as session:
            session.add(stale)
            await transitions.move(
                session, stale, Event.BACK, State.D_PHOTO, actor=Actor.CUSTOMER, actor_id=owner.customer
            )
    assert [event.event for event in await events_of(world, view.case_no)].count("back") == 1


async def test_an_edit_in_between_counts_as_a_change_too(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    async with world.database.reading() as early:
        stale = await early.scalar(select(Case).where(Case.case_no == view.case_no))
        assert stale is not None
        early.expunge(stale)
    await world.cases.put_card(owner, view.case_no, await world.card(owner))
    with refused("case_changed"):
        async with world.database.session() as session:
            session.add(stale)
            await transitions.change(session, stale, remark="too late")


async def test_no_move_outside_the_table_happens(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    for event in Event:
        for target in State:
            for actor in Actor:
                if find(State.D_BANK, event, actor, target) is not None:
                    continue
                with refused("step_not_ready"):
                    async with world.database.session() as session:
                        case = await session.scalar(select(Case).where(Case.case_no == view.case_no))
                        assert case is not None
                        await transitions.move(session, case, event, target, actor=actor, actor_id="x")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_BANK


async def test_change_refuses_to_touch_the_state(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    async with world.database.session() as session:
        case = await session.scalar(select(Case).where(Case.case_no == view.case_no))
        assert case is not None
        with pytest.raises(ValueError, match="move"):
            await transitions.change(session, case, state=State.C_DONE)


@pytest.mark.parametrize("table", [CaseEvent, CaseSubmission, AuditEntry])
@pytest.mark.parametrize("action", [update, delete])
async def test_evidence_cannot_be_changed_or_removed(
    world: World, owner: Owner, table: type, action: type
) -> None:
    await world.submitted(owner)
    statement = update(table).values(id="x") if action is update else delete(table)
    if action is update and table is AuditEntry:
        statement = update(AuditEntry).values(action="nothing")
    with pytest.raises(DBAPIError, match="append-only"):
        async with world.database.session() as session:
            await session.execute(statement.execution_options(synchronize_session=False))


def test_a_case_number_has_no_digits_that_could_be_taken_for_a_card_or_a_code() -> None:
    numbers = {transitions.new_case_no() for _ in range(200)}
    assert len(numbers) == 200
    assert not any(char.isdigit() for number in numbers for char in number)


async def test_the_database_itself_refuses_a_second_case_in_the_lock(world: World, owner: Owner) -> None:
    first = await world.submitted(owner)
    second = await world.another(owner)
    with pytest.raises(DBAPIError):
        async with world.database.session() as session:
            await session.execute(
                text("UPDATE cases SET state = 'R_DOING' WHERE case_no = :no"), {"no": second.case_no}
            )
    assert (await world.cases.get(owner, first.case_no)).locked
