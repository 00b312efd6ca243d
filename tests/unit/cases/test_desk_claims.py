"""Claiming a case, and putting it back: T07, T10, T11, T14."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from settlement.cases.desk_claims import MOST_WITNESS_TRIES
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.inputs import Owner
from settlement.cases.records import Notification
from settlement.cases.states import State
from tests.unit.cases.at_desk import case_no, state
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World

__all__ = ["case_no"]


async def test_of_two_witnesses_one_gets_the_case(world: World, witness: Staff, case_no: str) -> None:
    other = await world.hire("陈见证", "witness")
    results = await asyncio.gather(
        world.desk.claim(witness, case_no), world.desk.claim(other, case_no), return_exceptions=True
    )
    [refusal] = [result for result in results if isinstance(result, DeskError)]
    assert refusal.code == "already_claimed"


async def test_claiming_again_what_one_has_shows_it_again(world: World, witness: Staff, case_no: str) -> None:
    first = await world.desk.claim(witness, case_no)
    again = await world.desk.claim(witness, case_no)
    assert (again.mine, again.expires_at) == (True, first.expires_at)


@pytest.mark.parametrize("role", ["reviewer", "administrator"])
async def test_a_witness_alone_witnesses(world: World, case_no: str, role: str) -> None:
    with refused("wrong_role"):
        await world.desk.claim(await world.hire("某人", role), case_no)


async def test_the_witness_does_not_review_the_same_attempt(
    world: World, owner: Owner, witness: Staff, case_no: str
) -> None:
    await world.desk.claim(witness, case_no)
    await world.desk.witness_pass(witness, case_no)
    promoted = witness.model_copy(update={"role": "reviewer"})
    with refused("witness_is_reviewer"):
        await world.desk.claim(promoted, case_no)
    assert await state(world, owner, case_no) is State.R_PENDING


async def test_a_claim_runs_out_and_the_case_returns_to_the_queue(
    world: World, owner: Owner, witness: Staff, case_no: str
) -> None:
    await world.desk.claim(witness, case_no)
    world.time.pass_by(minutes=29)
    assert await world.desk.release_overdue() == 0
    world.time.pass_by(minutes=1)
    with refused("not_claimed"):
        await world.desk.witness_pass(witness, case_no)
    assert await world.desk.release_overdue() == 1
    assert await world.desk.release_overdue() == 0
    assert await state(world, owner, case_no) is State.W_PENDING
    assert (await world.desk.claim(await world.hire("陈见证", "witness"), case_no)).mine


async def test_a_claim_that_ran_out_does_not_wait_for_the_housekeeping(
    world: World, witness: Staff, case_no: str
) -> None:
    await world.desk.claim(witness, case_no)
    world.time.pass_by(minutes=31)
    other = await world.hire("陈见证", "witness")
    assert (await world.desk.claim(other, case_no)).claimed_by == other.name


async def test_a_review_is_put_back_by_its_reviewer_or_an_administrator_only(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    case_no = (await world.submitted(owner)).case_no
    await world.desk.claim(reviewer, case_no)
    with refused("not_claimed"):
        await world.desk.release(await world.hire("钱复核", "reviewer"), case_no)
    await world.desk.release(await world.hire("管理员", "administrator"), case_no)
    assert await state(world, owner, case_no) is State.R_PENDING
    with refused("case_changed"):
        await world.desk.release(reviewer, case_no)


async def test_a_customer_who_never_answers_is_told_when_to_be_there(
    world: World, witness: Staff, case_no: str
) -> None:
    for _ in range(MOST_WITNESS_TRIES + 1):
        await world.desk.claim(witness, case_no)
        await world.desk.release(witness, case_no)
    async with world.database.reading() as session:
        templates = [row.template for row in await session.scalars(select(Notification))]
    assert sorted(templates) == ["submitted", "witness_due"]
    assert (await world.desk.queue(witness, "witness"))[0].witness_tries == MOST_WITNESS_TRIES + 1


async def test_a_witness_has_one_call_at_a_time(world: World, witness: Staff, case_no: str) -> None:
    other = await world.submitted(await world.owner("C0127-02"))
    await world.desk.claim(witness, case_no)
    with refused("witness_busy", case_no=case_no):
        await world.desk.claim(witness, other.case_no)


async def test_nobody_witnesses_outside_the_hours(world: World, witness: Staff, case_no: str) -> None:
    hour = (world.time.moment.hour + 8 + 2) % 24
    later = f"{hour:02}:00"
    end = f"{(hour + 1) % 24:02}:00"
    world.configure("hours.yml", witness=[{"days": "每天", "from": later, "to": end}])
    with refused("outside_witness_hours"):
        await world.desk.claim(witness, case_no)
