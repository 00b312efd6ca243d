"""The invariants I1 … I8 of product/states.md §2.3."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select

from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.cases.models import Case, CaseSubmission
from settlement.cases.records import Notification
from settlement.cases.states import LOCK, State
from settlement.errors import CustomerError
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World, icbc_card


async def outcome(world: World, owner: Owner, case_no: str, key: str) -> str:
    try:
        return str((await world.cases.submit(owner, case_no, idempotency_key=key)).state)
    except CustomerError as error:
        return error.code


async def test_i1_of_fifty_submissions_at_once_one_is_accepted_again_and_again(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    cases = [(await world.another(owner)).case_no for _ in range(4)]
    for case_no in cases:
        await world.at(State.D_CONFIRM, owner, case_no)
    for time in range(1, 6):
        outcomes = await asyncio.gather(
            *(outcome(world, owner, cases[index % 4], f"tap-{time}-{index}") for index in range(50))
        )
        counted = Counter(outcomes)
        assert counted["R_PENDING"] == 1
        assert set(counted) <= {"R_PENDING", "another_case_in_review", "case_in_review"}
        await one_holds_the_right(world, time)
        [winner] = await world.desk.queue(reviewer, "review")
        await world.desk.claim(reviewer, winner.case_no)
        await world.desk.reject(reviewer, winner.case_no, reasons=["C99"], remark="请重新提交")
        world.time.pass_by(minutes=1)
        view = await world.cases.reopen(owner, winner.case_no, world.time.moment)
        assert view.state is State.D_CONFIRM


async def one_holds_the_right(world: World, submitted: int) -> None:
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Case).where(Case.state.in_(LOCK))) == 1
        assert await session.scalar(select(func.count()).select_from(CaseSubmission)) == submitted
        sent = select(func.count()).select_from(Notification).where(Notification.template == "submitted")
        assert await session.scalar(sent) == submitted


async def test_i1_twenty_resends_of_one_tap_are_one_submission(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    outcomes = await asyncio.gather(*(outcome(world, owner, view.case_no, "one-tap") for _ in range(20)))
    assert set(outcomes) == {"W_PENDING"}
    assert (await world.cases.get(owner, view.case_no)).attempt == 1


async def test_i1_two_customers_do_not_stand_in_each_others_way(world: World, owner: Owner) -> None:
    other = await world.owner("C0127-02")
    assert (await world.submitted(owner)).locked
    assert (await world.submitted(other)).locked


async def test_i2_the_other_case_goes_on_up_to_the_confirmation(world: World, owner: Owner) -> None:
    other = await world.another(owner)
    await world.submitted(owner, (await world.another(owner)).case_no)
    view = await world.at(State.D_CONFIRM, owner, other.case_no)
    assert view.state is State.D_CONFIRM
    with refused("another_case_in_review"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).signed_at is not None


@pytest.mark.parametrize("way", ["witness_fail", "reject", "abandon", "execution"])
async def test_i3_each_end_of_the_first_case_lets_the_other_be_submitted(
    world: World, witness: Staff, reviewer: Staff, way: str
) -> None:
    owner = await world.owner("C0127-06")  # the counter refuses this one
    first = (await world.submitted(owner, (await world.another(owner)).case_no)).case_no
    second = await world.at(State.D_CONFIRM, owner, (await world.another(owner)).case_no)
    assert await outcome(world, owner, second.case_no, "a-key-1") == "another_case_in_review"
    if way == "abandon":
        await world.cases.abandon(owner, first)
    else:
        await world.desk.claim(witness, first)
        if way == "witness_fail":
            await world.desk.witness_fail(witness, first, reasons=["C42"])
        else:
            await world.desk.witness_pass(witness, first)
            await world.desk.claim(reviewer, first)
            assert await outcome(world, owner, second.case_no, "a-key-2") == "another_case_in_review"
            if way == "reject":
                await world.desk.reject(reviewer, first, reasons=["C01"])
            else:
                await world.desk.approve(reviewer, first)
                assert await outcome(world, owner, second.case_no, "a-key-3") == "another_case_in_review"
                await world.executor.run_once()
    assert await outcome(world, owner, second.case_no, "a-key-4") == "W_PENDING"


async def test_i3_a_case_put_back_into_the_queue_keeps_the_right_to_submit(
    world: World, owner: Owner, witness: Staff
) -> None:
    first = await world.submitted(owner, (await world.another(owner)).case_no)
    second = await world.at(State.D_CONFIRM, owner, (await world.another(owner)).case_no)
    await world.desk.claim(witness, first.case_no)
    await world.desk.release(witness, first.case_no)
    assert await outcome(world, owner, second.case_no, "a-key-1") == "another_case_in_review"


async def test_i3_a_rejected_case_competes_for_the_right_like_any_other(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    second = await world.another(owner)
    first = await world.another(owner)
    await world.submitted(owner, first.case_no)
    await world.desk.claim(reviewer, first.case_no)
    await world.desk.reject(reviewer, first.case_no, reasons=["C99"], remark="请重新提交")
    await world.submitted(owner, second.case_no)
    world.time.pass_by(minutes=1)
    view = await world.cases.reopen(owner, first.case_no, world.time.moment)
    assert view.state is State.D_CONFIRM
    assert await outcome(world, owner, first.case_no, "a-key-1") == "another_case_in_review"


async def test_i4_a_start_is_guarded_and_other_channels_still_bring_second_cases(
    world: World, owner: Owner
) -> None:
    first = await world.started(owner)
    assert (await world.started(owner)).case_no == first.case_no
    await world.another(owner)
    pending, _ = await world.cases.list(owner)
    assert len(pending) == 2


async def test_i5_after_the_first_is_done_the_other_is_judged_by_the_newest_registration(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    same_card = await world.at(State.D_CONFIRM, owner, (await world.another(owner)).case_no)
    other_card = await world.at(
        State.D_CONFIRM, owner, (await world.another(owner)).case_no, number=icbc_card(3)
    )
    first = await world.submitted(owner, (await world.another(owner)).case_no)
    await world.desk.claim(reviewer, first.case_no)
    await world.desk.approve(reviewer, first.case_no)
    await world.executor.run_once()
    assert (await world.cases.get(owner, first.case_no)).state is State.C_DONE
    assert await outcome(world, owner, same_card.case_no, "a-key-1") == "card_already_registered"
    assert await outcome(world, owner, other_card.case_no, "a-key-2") == "registered_accounts_changed"
    assert (await world.cases.get(owner, other_card.case_no)).state is State.D_AGREE


async def test_i6_what_the_customer_gave_up_first_the_reviewer_cannot_decide(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    view = await no_witness.submitted(owner)
    await no_witness.cases.abandon(owner, view.case_no)
    with refused("abandoned"):
        await no_witness.desk.claim(reviewer, view.case_no)
    with refused("abandoned"):
        await no_witness.desk.approve(reviewer, view.case_no)


async def test_i6_of_a_claim_and_an_abandoning_at_once_one_happens(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    view = await no_witness.submitted(owner)
    results = await asyncio.gather(
        no_witness.cases.abandon(owner, view.case_no),
        no_witness.desk.claim(reviewer, view.case_no),
        return_exceptions=True,
    )
    refusals = [result for result in results if isinstance(result, CustomerError)]
    assert len(refusals) == 1
    assert refusals[0].code in {"abandoned", "case_claimed", "case_changed"}


async def test_i7_the_reviewer_sees_what_was_submitted_whatever_happens_later(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    view = await world.rejected(owner, reviewer, "C21")
    world.time.pass_by(minutes=1)
    await world.cases.reopen(owner, view.case_no, world.time.moment)
    await world.cases.put_card(owner, view.case_no, await world.card(owner, icbc_card(4)), seq=1)
    detail = await world.desk.detail(reviewer, view.case_no)
    assert detail.snapshot is not None
    assert detail.snapshot["cards"][0]["number"] == icbc_card()
    assert detail.intact


@pytest.mark.parametrize(
    ("customer_no", "state", "reasons"),
    [
        ("C0127-01", State.C_DONE, []),
        ("C0127-05", State.P_EXEC, []),
        ("C0127-07", State.P_FAILED, ["C51"]),
        ("C0127-06", State.P_FAILED, ["C52"]),
        ("C0127-08", State.P_FAILED, ["C55"]),
    ],
)
async def test_i8_the_counters_answers_each_have_their_consequence(
    no_witness: World, reviewer: Staff, customer_no: str, state: State, reasons: list[str]
) -> None:
    owner = await no_witness.owner(customer_no)
    view = await no_witness.approved(owner, reviewer)
    await no_witness.executor.run_once()
    view = await no_witness.cases.get(owner, view.case_no)
    assert (view.state, view.reasons) == (state, reasons)
    assert bool(view.remark) == bool(reasons)
