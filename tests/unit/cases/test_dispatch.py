"""Delivering messages: SMS, and events for open conversations."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis
from sqlalchemy import select
from structlog.testing import capture_logs

from settlement.cases import dispatch
from settlement.cases.desk_views import Staff
from settlement.cases.dispatch import MOST_TRIES, Dispatcher
from settlement.cases.inputs import Owner
from settlement.cases.records import Notification
from settlement.cases.states import State
from settlement.conversation.inbox import Inbox
from settlement.ports import http
from settlement.ports.http import JsonClient
from settlement.ports.sms import HttpSms, LocalSms
from settlement.security.sessions import Sessions
from tests.support.silent import Limit, unreachable
from tests.unit.cases.world import World


@pytest.fixture
def sms(redis: Redis, world: World) -> LocalSms:
    return LocalSms(redis, world.keyring)


@pytest.fixture
def dispatcher(world: World, redis: Redis, sms: LocalSms) -> Dispatcher:
    return Dispatcher(world.database, sms, Sessions(redis, 1800), Inbox(redis))


async def statuses(world: World) -> list[tuple[str, str, int]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(Notification).order_by(Notification.key))
        return [(row.template, row.status, row.tries) for row in rows]


async def logged_in(redis: Redis, owner: Owner, world: World) -> str:
    """A conversation in which this customer has logged in."""
    sessions = Sessions(redis, 1800)
    session, _ = await sessions.create("widget")
    session.broker, session.customer, session.login_at = owner.broker, owner.customer, world.time.moment
    await sessions.save(session)
    return session.conversation


async def test_the_sms_of_a_submission_arrives_once(
    world: World, owner: Owner, sms: LocalSms, dispatcher: Dispatcher
) -> None:
    view = await world.submitted(owner)
    assert await dispatcher.run_once() == 1
    assert await dispatcher.run_once() == 0
    [received] = await sms.inbox()
    customer = await world.customers.get(owner.customer)
    assert received.phone == customer.phone
    assert view.case_no in received.text
    assert customer.name not in received.text
    assert customer.id_number not in received.text


async def test_a_result_reaches_every_conversation_of_the_customer(
    no_witness: World, owner: Owner, reviewer: Staff, redis: Redis, dispatcher: Dispatcher
) -> None:
    conversations = [await logged_in(redis, owner, no_witness) for _ in range(2)]
    stranger = await logged_in(redis, await no_witness.owner("C0127-02"), no_witness)
    view = await no_witness.rejected(owner, reviewer)
    await dispatcher.run_once()
    inbox = Inbox(redis)
    for conversation in conversations:
        waiting = await inbox.first(conversation)
        assert waiting is not None
        assert waiting.entry["name"] == "case_result"
        assert waiting.entry["case"] == view.case_no
    assert await inbox.first(stranger) is None


@pytest.mark.parametrize("limit", [None, (http, "TIMEOUT"), (dispatch, "SEND_SECONDS")])
async def test_an_unreachable_provider_undoes_nothing_and_is_tried_again(
    world: World, owner: Owner, redis: Redis, sms: LocalSms, dispatcher: Dispatcher, limit: Limit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    view = await world.submitted(owner)
    with unreachable(monkeypatch, limit) as url, capture_logs() as logs:
        silent = HttpSms(JsonClient("SMS", url, "t0ken", production=False))
        await Dispatcher(world.database, silent, Sessions(redis, 1800), Inbox(redis)).run_once()
        await silent.close()
    [told] = [line for line in logs if line["event"] == "notification_not_delivered"]
    assert (told["log_level"], told["tries"], told["given_up"]) == ("warning", 1, False)
    customer = await world.customers.get(owner.customer)
    assert not any(value in str(logs) for value in (customer.phone, customer.name, customer.id_number))
    assert await statuses(world) == [("submitted", "waiting", 1)]
    assert (await world.cases.get(owner, view.case_no)).state is State.W_PENDING
    assert await dispatcher.run_once() == 0  # not before its time
    world.time.pass_by(minutes=1)
    await dispatcher.run_once()
    assert await statuses(world) == [("submitted", "sent", 2)]
    assert len(await sms.inbox()) == 1


async def test_a_message_that_was_sent_before_a_crash_is_not_sent_twice(
    world: World, owner: Owner, sms: LocalSms, dispatcher: Dispatcher
) -> None:
    await world.submitted(owner)
    await dispatcher.run_once()
    async with world.database.session() as session:
        [row] = await session.scalars(select(Notification))
        row.status = "waiting"  # as if the process had died between the sending and this note
    world.time.pass_by(minutes=5)
    await dispatcher.run_once()
    assert len(await sms.inbox()) == 1


async def test_after_many_tries_a_message_is_given_up(world: World, owner: Owner, redis: Redis) -> None:
    await world.submitted(owner)
    async with world.database.session() as session:
        [row] = await session.scalars(select(Notification))
        row.tries = MOST_TRIES - 1
    silent = HttpSms(JsonClient("SMS", "http://127.0.0.1:1", "t0ken", production=False))
    await Dispatcher(world.database, silent, Sessions(redis, 1800), Inbox(redis)).run_once()
    await silent.close()
    assert await statuses(world) == [("submitted", "failed", MOST_TRIES)]
