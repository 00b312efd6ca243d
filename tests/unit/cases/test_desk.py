"""The desk: the way of a case through it, and decisions: T08, T09, T12, T13."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.cases.records import AuditEntry, DeskTask, Notification
from settlement.cases.states import State
from tests.unit.cases.at_desk import actions, case_no, state
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World

__all__ = ["case_no"]


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
