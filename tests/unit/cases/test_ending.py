"""Giving up and taking up again: T17, T18."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.cases.material import SignatureRecord
from settlement.cases.records import Notification
from settlement.cases.states import State
from tests.unit.cases.errors import refused
from tests.unit.cases.world import WHERE, World, icbc_card


@pytest.mark.parametrize("state", [State.D_PHOTO, State.D_BANK, State.D_AGREE, State.D_CONFIRM])
async def test_a_draft_can_be_given_up_and_nobody_is_told(world: World, owner: Owner, state: State) -> None:
    view = await world.at(state, owner)
    view = await world.cases.abandon(owner, view.case_no)
    assert (view.state, view.bucket, view.can_operate, view.can_abandon) == (
        State.C_ABANDONED, "completed", False, False,
    )  # fmt: skip
    async with world.database.reading() as session:
        assert list(await session.scalars(select(Notification))) == []


async def test_a_submitted_case_can_be_given_up_until_it_is_claimed(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    assert view.can_abandon
    assert (await world.cases.abandon(owner, view.case_no)).state is State.C_ABANDONED
    async with world.database.reading() as session:
        templates = [row.template for row in await session.scalars(select(Notification))]
    assert sorted(templates) == ["abandoned", "submitted"]


async def test_giving_up_twice_is_giving_up_once(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    for _ in range(2):
        view = await world.cases.abandon(owner, view.case_no)
    assert view.state is State.C_ABANDONED


async def test_what_a_witness_or_reviewer_has_is_not_given_up(
    world: World, owner: Owner, witness: Staff, reviewer: Staff
) -> None:
    view = await world.submitted(owner)
    await world.desk.claim(witness, view.case_no)
    with refused("case_claimed"):
        await world.cases.abandon(owner, view.case_no)
    await world.desk.witness_pass(witness, view.case_no)
    await world.desk.claim(reviewer, view.case_no)
    with refused("case_claimed"):
        await world.cases.abandon(owner, view.case_no)
    await world.desk.approve(reviewer, view.case_no)
    with refused("case_executing"):
        await world.cases.abandon(owner, view.case_no)


async def test_a_rejected_case_can_be_given_up(no_witness: World, owner: Owner, reviewer: Staff) -> None:
    view = await no_witness.rejected(owner, reviewer)
    assert (await no_witness.cases.abandon(owner, view.case_no)).state is State.C_ABANDONED


async def test_a_completed_case_takes_no_operation(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.abandon(owner, view.case_no)
    with refused("case_completed"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    with refused("case_completed"):
        await world.cases.back(owner, view.case_no)
    with refused("case_completed"):
        await world.photo(owner, view.case_no, "signature")
    with refused("case_completed"):
        await world.cases.reopen(owner, view.case_no, world.time.moment)
    with refused("case_completed"):
        await world.cases.put_card(owner, view.case_no, await world.card(owner))
    with refused("case_completed"):
        await world.cases.sign(owner, view.case_no, **WHERE)


@pytest.mark.parametrize(
    ("reasons", "step"),
    [
        (["C01"], State.D_PHOTO),
        (["C24"], State.D_BANK),
        (["C31"], State.D_AGREE),
        (["C24", "C01"], State.D_PHOTO),
        (["C31", "C24"], State.D_BANK),
        (["C54"], State.D_CONFIRM),
    ],
)
async def test_operating_leads_to_the_earliest_step_that_a_reason_points_to(
    no_witness: World, owner: Owner, reviewer: Staff, reasons: list[str], step: State
) -> None:
    view = await no_witness.rejected(owner, reviewer, *reasons)
    assert view.step_hint is step
    no_witness.time.pass_by(minutes=1)
    view = await no_witness.cases.reopen(owner, view.case_no, no_witness.time.moment)
    assert view.state is step
    assert len(view.images) == 3
    assert len(view.cards) == 1


async def test_operating_needs_a_login_after_the_rejection(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    before = no_witness.time.moment
    view = await no_witness.rejected(owner, reviewer)
    for login_at in (before, no_witness.time.moment):
        with refused("login_again"):
            await no_witness.cases.reopen(owner, view.case_no, login_at)
    later = no_witness.time.moment + timedelta(seconds=1)
    assert (await no_witness.cases.reopen(owner, view.case_no, later)).state is State.D_PHOTO


async def test_a_rejected_case_is_not_edited_before_it_is_reopened(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    view = await no_witness.rejected(owner, reviewer)
    with refused("case_needs_reopening"):
        await no_witness.photo(owner, view.case_no, "signature")


async def test_the_reasons_stay_until_the_next_submission(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    view = await world.rejected(owner, reviewer, "C24")
    assert view.reasons == ["C24"]
    assert view.remark
    world.time.pass_by(minutes=1)
    view = await world.cases.reopen(owner, view.case_no, world.time.moment)
    await world.cases.put_card(owner, view.case_no, await world.card(owner, icbc_card(2)), seq=1)
    await world.cases.finish_cards(owner, view.case_no)
    await world.cases.tick_documents(owner, view.case_no, True)
    view = await world.cases.sign(owner, view.case_no, **WHERE)
    assert view.reasons == ["C24"]
    view = await world.cases.submit(owner, view.case_no, idempotency_key="second")
    assert (view.attempt, view.reasons, view.remark) == (2, [], "")


async def test_a_change_after_a_rejection_voids_what_was_signed(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    view = await world.rejected(owner, reviewer, "C54")
    world.time.pass_by(minutes=1)
    view = await world.cases.reopen(owner, view.case_no, world.time.moment)
    assert view.state is State.D_CONFIRM
    await world.cases.put_card(owner, view.case_no, await world.card(owner, icbc_card(2)), seq=1)
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.signed_at) == (State.D_BANK, None)
    async with world.database.reading() as session:
        [signature] = await session.scalars(select(SignatureRecord))
    assert signature.voided_at is not None


async def test_reopening_a_draft_or_a_case_in_review_changes_nothing(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    assert (await world.cases.reopen(owner, view.case_no, world.time.moment)).state is State.D_CONFIRM
    await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    with refused("case_in_review"):
        await world.cases.reopen(owner, view.case_no, world.time.moment)
