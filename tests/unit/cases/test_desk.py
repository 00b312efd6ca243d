"""The desk: T07 … T14."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from settlement.cases.desk import MOST_WITNESS_TRIES
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.inputs import Owner
from settlement.cases.records import AuditEntry, DeskTask, Notification
from settlement.cases.states import State
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World


@pytest.fixture
async def case_no(world: World, owner: Owner) -> str:
    """A case that waits for its witness."""
    return (await world.submitted(owner)).case_no


async def state(world: World, owner: Owner, case_no: str) -> State:
    return (await world.cases.get(owner, case_no)).state


async def actions(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as session:
        entries = await session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
        return [(entry.actor_id, entry.action) for entry in entries]


async def test_the_whole_way_from_the_witness_to_the_counter(
    world: World, owner: Owner, witness: Staff, reviewer: Staff, case_no: str
) -> None:
    assert (await world.desk.claim(witness, case_no)).mine
    assert await state(world, owner, case_no) is State.W_DOING
    await world.desk.witness_pass(witness, case_no)
    assert await state(world, owner, case_no) is State.R_PENDING
    await world.desk.claim(reviewer, case_no)
    assert await state(world, owner, case_no) is State.R_DOING
    await world.desk.approve(reviewer, case_no)
    assert await state(world, owner, case_no) is State.P_EXEC
    done = [action for who, action in await actions(world) if who in (witness.id, reviewer.id)]
    assert done == ["witness_claim", "witness_pass", "review_claim", "approve"]


async def test_what_was_ticked_is_kept_with_the_decision_and_in_the_audit(
    world: World, witness: Staff, reviewer: Staff, case_no: str
) -> None:
    await world.desk.claim(witness, case_no)
    await world.desk.witness_pass(witness, case_no, checks=["person", "recording"])
    await world.desk.claim(reviewer, case_no)
    await world.desk.approve(reviewer, case_no, checks=["cards"])
    kept = (await world.desk.detail(reviewer, case_no)).decisions
    assert [(one.result, one.who, one.checks) for one in kept] == [
        ("witness_pass", witness.name, ["person", "recording"]),
        ("approve", reviewer.name, ["cards"]),
    ]
    async with world.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == "approve")
        [entry] = await session.scalars(query)
    assert entry.detail["checks"] == ["cards"]


async def test_the_queue_shows_what_waits_and_who_has_it(
    world: World, witness: Staff, reviewer: Staff, case_no: str
) -> None:
    [row] = await world.desk.queue(witness, "witness")
    assert (row.case_no, row.claimed_by, row.mine) == (case_no, None, False)
    await world.desk.claim(witness, case_no)
    [row] = await world.desk.queue(reviewer, "witness", "0127")
    assert (row.claimed_by, row.mine) == (witness.name, False)
    assert await world.desk.queue(witness, "witness", "0368") == []
    assert await world.desk.queue(witness, "review") == []


async def test_drafts_are_nobodys_business(world: World, owner: Owner, reviewer: Staff) -> None:
    draft = await world.at(State.D_CONFIRM, owner)
    with refused("case_not_found"):
        await world.desk.detail(reviewer, draft.case_no)


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


async def test_staff_of_another_company_find_nothing(world: World, case_no: str) -> None:
    stranger = await world.hire("外人", "witness", "0368")
    assert await world.desk.queue(stranger, "witness", "0127") == []
    with refused("case_not_found"):
        await world.desk.claim(stranger, case_no)
    with refused("case_not_found"):
        await world.desk.detail(stranger, case_no)


async def test_a_decision_needs_the_claim(world: World, witness: Staff, case_no: str) -> None:
    with refused("case_changed"):
        await world.desk.witness_pass(witness, case_no)
    other = await world.hire("陈见证", "witness")
    await world.desk.claim(other, case_no)
    with refused("not_claimed"):
        await world.desk.witness_pass(witness, case_no)


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


@pytest.mark.parametrize(
    ("reasons", "remark", "code"),
    [
        ([], "不行", "reasons_required"),
        (["C00"], "", "reason_unknown"),
        (["C51"], "", "reason_unknown"),
        (["C99"], "  ", "remark_required"),
        (["C01", "C99"], "", "remark_required"),
    ],
)
async def test_turning_down_needs_reasons_that_the_company_knows(
    no_witness: World, owner: Owner, reviewer: Staff, reasons: list[str], remark: str, code: str
) -> None:
    case_no = (await no_witness.submitted(owner)).case_no
    await no_witness.desk.claim(reviewer, case_no)
    with refused(code):
        await no_witness.desk.reject(reviewer, case_no, reasons=reasons, remark=remark)
    assert await state(no_witness, owner, case_no) is State.R_DOING


async def test_the_customer_reads_the_reasons_and_the_remark(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    world = no_witness
    case_no = (await world.submitted(owner)).case_no
    await world.desk.claim(reviewer, case_no)
    await world.desk.reject(reviewer, case_no, reasons=["C01", "C01", "C99"], remark="第二行\n请重拍\x00")
    view = await world.cases.get(owner, case_no)
    reason = world.brokers.get("0127").reject_reasons["C01"]
    assert view.reasons == ["C01", "C99"]
    assert view.remark.startswith(reason.customer.rstrip("。"))
    assert view.remark.endswith("；第二行 请重拍")
    assert view.retry


async def test_a_final_reason_is_kept_as_final(no_witness: World, owner: Owner, reviewer: Staff) -> None:
    view = await no_witness.rejected(owner, reviewer, "C01", "C05")
    assert not view.retry


async def test_a_witness_turns_down_with_reasons_and_the_customer_is_told(
    world: World, owner: Owner, witness: Staff, case_no: str
) -> None:
    await world.desk.claim(witness, case_no)
    await world.desk.witness_fail(witness, case_no, reasons=["C42"])
    view = await world.cases.get(owner, case_no)
    assert (view.state, view.reasons) == (State.W_REJECTED, ["C42"])
    async with world.database.reading() as session:
        told = [(row.way, row.template) for row in await session.scalars(select(Notification))]
    assert sorted(told) == [("inbox", "rejected"), ("sms", "rejected"), ("sms", "submitted")]


async def test_a_refused_decision_leaves_nothing_behind(
    no_witness: World, owner: Owner, reviewer: Staff
) -> None:
    case_no = (await no_witness.submitted(owner)).case_no
    await no_witness.desk.claim(reviewer, case_no)
    with refused("reason_unknown"):
        await no_witness.desk.reject(reviewer, case_no, reasons=["C01", "C00"])
    async with no_witness.database.reading() as session:
        [task] = await session.scalars(select(DeskTask))
    assert (task.finished_at, task.reasons) == (None, [])


async def test_every_look_is_on_record(world: World, reviewer: Staff, case_no: str) -> None:
    detail = await world.desk.detail(reviewer, case_no)
    assert detail.snapshot is not None
    file_id = detail.snapshot["images"][0]["file_id"]
    await world.desk.image(reviewer, case_no, file_id)
    await world.desk.reveal(reviewer, case_no, "compare_photo")
    with refused("image_not_found"):
        await world.desk.image(reviewer, case_no, "f_nothing")
    looks = [action for who, action in await actions(world) if who == reviewer.id]
    assert looks == ["view_case", "view_photo", "reveal_numbers"]


async def test_the_detail_tells_the_whole_story(world: World, witness: Staff, case_no: str) -> None:
    await world.desk.claim(witness, case_no)
    detail = await world.desk.detail(witness, case_no)
    assert [event.number for event in detail.events] == ["T01", "T02", "T03", "T04", "T06", "T07"]
    assert detail.events[-1].who == witness.name
    assert [attempt.attempt for attempt in detail.attempts] == [1]
    assert detail.intact
