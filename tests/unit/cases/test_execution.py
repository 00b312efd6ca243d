"""Registering at the counter: T15, T16."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from settlement.cases import execution
from settlement.cases.desk_views import Staff
from settlement.cases.execution import LEASE, LONGEST_PAUSE, pause
from settlement.cases.inputs import Owner
from settlement.cases.records import Execution, Notification
from settlement.cases.states import State
from settlement.ports import http
from settlement.ports.counter import HttpCounter
from settlement.ports.http import JsonClient
from tests.support.silent import Limit, unreachable
from tests.unit.cases.world import REGISTERED, WHERE, World, icbc_card
from tests.unit.ports.wire import outside_system


@pytest.fixture
def world(no_witness: World) -> World:
    return no_witness


def counter_at(url: str) -> HttpCounter:
    return HttpCounter(JsonClient("COUNTER", url, "t0ken", production=False))


async def test_a_done_case_returns_the_fund_account_and_tells_the_customer(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    view = await world.approved(owner, reviewer)
    assert await world.executor.run_once() == 1
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.fund_account, view.bucket) == (State.C_DONE, "880127001", "completed")
    async with world.database.reading() as session:
        told = {
            row.template: row.text for row in await session.scalars(select(Notification)) if row.way == "sms"
        }
    assert "880127001" in str(told["done"])
    assert await world.executor.run_once() == 0


async def test_the_sms_may_show_only_the_last_digits_of_the_account(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    world.configure("broker.yml", sms_account="last4")
    await world.approved(owner, reviewer)
    await world.executor.run_once()
    async with world.database.reading() as session:
        [text] = [
            row.text
            for row in await session.scalars(select(Notification))
            if row.template == "done" and row.text
        ]
    assert "880127001" not in text
    assert "*****7001" in text


async def test_the_new_card_is_registered_and_a_replaced_one_is_not_any_more(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    registered = (await world.customers.registered_accounts(owner.customer))[0]
    view = await world.at(State.D_BANK, owner)
    await world.read_all(owner, view.case_no, "bank")
    card = await world.card(owner, action="replace", replaces=registered.id)
    await world.cases.put_card(owner, view.case_no, card)
    await world.cases.finish_cards(owner, view.case_no)
    await world.read_all(owner, view.case_no, "agreement")
    await world.cases.tick_documents(owner, view.case_no, True)
    await world.cases.sign(owner, view.case_no, **WHERE)
    await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    await world.desk.claim(reviewer, view.case_no)
    await world.desk.approve(reviewer, view.case_no)
    await world.executor.run_once()
    numbers = [one.number for one in await world.customers.registered_accounts(owner.customer)]
    assert numbers == [icbc_card()]
    await world.owner()  # the next login: the counter says the same
    numbers = [one.number for one in await world.customers.registered_accounts(owner.customer)]
    assert numbers == [icbc_card()]
    assert REGISTERED not in numbers


async def test_a_flow_under_way_is_asked_about_again_later(world: World, reviewer: Staff) -> None:
    owner = await world.owner("C0127-05")
    view = await world.approved(owner, reviewer)
    for _ in range(2):
        assert await world.executor.run_once() == 1
        assert await world.executor.run_once() == 0  # not before its time
        assert (await world.cases.get(owner, view.case_no)).state is State.P_EXEC
        world.time.pass_by(minutes=1)
    await world.executor.run_once()
    assert (await world.cases.get(owner, view.case_no)).state is State.C_DONE


async def test_a_failed_case_can_be_mended_and_registered(world: World, reviewer: Staff) -> None:
    owner = await world.owner("C0127-07")
    view = await world.approved(owner, reviewer)
    await world.executor.run_once()
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.can_operate, view.can_abandon) == (State.P_FAILED, True, True)
    world.time.pass_by(minutes=1)
    view = await world.cases.reopen(owner, view.case_no, world.time.moment)
    assert view.state is State.D_PHOTO


@pytest.mark.parametrize("limit", [None, (http, "TIMEOUT"), (execution, "CALL_SECONDS")])
async def test_a_silent_counter_changes_nothing_and_is_tried_again(
    world: World, owner: Owner, reviewer: Staff, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await world.approved(owner, reviewer)
    with unreachable(monkeypatch, limit) as url:
        silent = counter_at(url)
        assert await world.executor_of(silent).run_once() == 1
        await silent.close()
    assert (await world.cases.get(owner, view.case_no)).state is State.P_EXEC
    world.time.pass_by(minutes=1)
    assert await world.executor.run_once() == 1
    assert (await world.cases.get(owner, view.case_no)).state is State.C_DONE


async def test_a_counter_that_refuses_our_token_leaves_the_case_for_later(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    view = await world.approved(owner, reviewer)
    with outside_system() as wire:
        wire.answer(401, {})
        counter = counter_at(wire.url)
        await world.executor_of(counter).run_once()
        await counter.close()
    assert (await world.cases.get(owner, view.case_no)).state is State.P_EXEC
    async with world.database.reading() as session:
        [execution] = await session.scalars(select(Execution))
    assert (execution.last_result, execution.status) == ("refused", "waiting")


async def test_the_counter_is_given_what_was_submitted_under_a_key_of_the_attempt(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    view = await world.approved(owner, reviewer)
    with outside_system() as wire:
        wire.answer(200, {"code": 0, "fund_account": "880127001"})
        counter = counter_at(wire.url)
        await world.executor_of(counter).run_once()
        await counter.close()
    [heard] = wire.heard
    assert heard.headers["idempotency-key"] == f"{view.case_no}-1"
    assert [change["account"]["card_number"] for change in heard.body["changes"]] == [icbc_card()]
    assert (await world.cases.get(owner, view.case_no)).state is State.C_DONE


async def test_two_processes_do_not_take_the_same_case(world: World, owner: Owner, reviewer: Staff) -> None:
    await world.approved(owner, reviewer)
    other = world.executor_of(world.counter)
    assert sum(await asyncio.gather(world.executor.run_once(), other.run_once())) == 1


async def test_what_a_crashed_process_let_fall_is_taken_up(
    world: World, owner: Owner, reviewer: Staff
) -> None:
    view = await world.approved(owner, reviewer)
    async with world.database.session() as session:
        [execution] = await session.scalars(select(Execution))
        execution.tries, execution.next_at = 1, world.time.moment + LEASE
    assert await world.executor.run_once() == 0
    world.time.pass_by(minutes=5)
    assert await world.executor.run_once() == 1
    assert (await world.cases.get(owner, view.case_no)).state is State.C_DONE


def test_the_pauses_double_up_to_an_hour() -> None:
    assert [pause(tries) for tries in (1, 2, 3)] == [timedelta(seconds=5 * 2**n) for n in range(3)]
    assert pause(50) == LONGEST_PAUSE
