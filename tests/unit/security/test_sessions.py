"""Sessions: a login ends by itself, a conversation does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from settlement.clock import now
from settlement.errors import CustomerError
from settlement.security.keys import Keyring
from settlement.security.sessions import DeviceCheck, Session, Sessions, client_mark
from tests.support.redis import as_bytes


def _device() -> DeviceCheck:
    return DeviceCheck(
        camera=True, microphone=True, speaker=True, system="ios", system_version="17.0", at=now()
    )


async def _log_in(sessions: Sessions, session: Session, customer: str = "customer-1") -> Session:
    session.broker, session.customer, session.account_type = "0127", customer, "自然人"
    session.fund_account, session.login_at, session.case_no = "880127001", now(), "JS-1"
    session.device = _device()
    await sessions.save(session)
    return session


async def _idle(redis: Redis, session: Session, minutes: float) -> None:
    moment = now() - timedelta(minutes=minutes)
    await redis.hset(f"session:{session.conversation}", "active", str(moment.timestamp()))


async def test_the_cookie_opens_its_conversation_and_only_its_hash_is_kept(
    sessions: Sessions, redis: Redis
) -> None:
    session, secret = await sessions.create("widget")
    found = await sessions.by_secret(secret)
    assert found is not None
    assert found.conversation == session.conversation
    for key in await redis.keys("*"):
        assert secret.encode() not in as_bytes(key)
        assert secret.encode() not in as_bytes(await redis.dump(key))


@pytest.mark.parametrize("secret", ["", "guessed", "⟦⟧"])
async def test_a_wrong_cookie_opens_nothing(sessions: Sessions, secret: str) -> None:
    await sessions.create("widget")
    assert await sessions.by_secret(secret) is None


async def test_an_unknown_conversation_is_said_to_be_unknown(sessions: Sessions) -> None:
    with pytest.raises(CustomerError, match="session_unknown"):
        await sessions.get("nobody")


async def test_a_session_comes_back_as_it_was_saved(sessions: Sessions, session: Session) -> None:
    await _log_in(sessions, session)
    found = await sessions.get(session.conversation)
    assert found == session
    assert found.logged_in


async def test_thirty_idle_minutes_end_the_login_and_nothing_else(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    await _idle(redis, session, 30)
    found = await sessions.get(session.conversation)
    assert not found.logged_in
    assert (found.customer, found.login_at, found.fund_account, found.account_type) == (
        None,
        None,
        None,
        None,
    )
    assert (found.broker, found.device, found.channel) == ("0127", session.device, "widget")


async def test_just_under_thirty_minutes_is_not_idle(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    await _idle(redis, session, 29.9)
    assert (await sessions.get(session.conversation)).logged_in


async def test_a_customer_who_is_active_stays_logged_in(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    await _idle(redis, session, 20)
    await sessions.touch(session.conversation)
    assert now() - (await sessions.get(session.conversation)).active_at < timedelta(seconds=5)


async def test_coming_back_too_late_does_not_revive_the_login(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    await _idle(redis, session, 45)
    await sessions.touch(session.conversation)
    assert not (await sessions.get(session.conversation)).logged_in


async def test_saving_an_older_copy_does_not_turn_the_clock_back(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    await _idle(redis, session, 20)
    copy = await sessions.get(session.conversation)
    await sessions.touch(session.conversation)
    await sessions.save(copy)
    assert now() - (await sessions.get(session.conversation)).active_at < timedelta(seconds=5)


async def test_logging_out_keeps_the_conversation(sessions: Sessions, session: Session) -> None:
    await _log_in(sessions, session)
    await sessions.end_login(session.conversation)
    found = await sessions.get(session.conversation)
    assert not found.logged_in
    assert found.broker == "0127"


async def test_results_find_all_conversations_of_a_customer_also_after_the_login_ended(
    sessions: Sessions,
) -> None:
    first, _ = await sessions.create("widget")
    second, _ = await sessions.create("wechat")
    await _log_in(sessions, first)
    await _log_in(sessions, second)
    await sessions.end_login(first.conversation)
    assert set(await sessions.conversations_of("customer-1")) == {first.conversation, second.conversation}
    assert await sessions.conversations_of("customer-2") == []


async def test_results_do_not_follow_a_phone_to_its_next_user(sessions: Sessions, session: Session) -> None:
    await _log_in(sessions, session, "customer-1")
    await sessions.end_login(session.conversation)
    await _log_in(sessions, await sessions.get(session.conversation), "customer-2")
    assert await sessions.conversations_of("customer-1") == []
    assert await sessions.conversations_of("customer-2") == [session.conversation]


async def test_a_conversation_that_is_ninety_days_old_gets_no_results(
    sessions: Sessions, session: Session, redis: Redis
) -> None:
    await _log_in(sessions, session)
    old = (now() - timedelta(days=91)).timestamp()
    await redis.zadd("customer-conversations:customer-1", {session.conversation: old})
    assert await sessions.conversations_of("customer-1") == []


async def test_another_browser_with_the_cookie_must_check_its_device_and_log_in_again(
    sessions: Sessions, session: Session
) -> None:
    await _log_in(sessions, session)
    await sessions.arrive(await sessions.get(session.conversation), "address.other-browser")
    found = await sessions.get(session.conversation)
    assert found.device is None
    assert not found.logged_in
    assert found.broker == "0127"
    assert found.client == "address.other-browser"


async def test_a_phone_that_changes_from_wifi_to_mobile_notices_nothing(
    sessions: Sessions, session: Session
) -> None:
    await _log_in(sessions, session)
    await sessions.arrive(await sessions.get(session.conversation), "other-address.browser")
    found = await sessions.get(session.conversation)
    assert found.logged_in
    assert found.device is not None
    assert found.client == "other-address.browser"


async def test_arriving_does_not_undo_what_an_action_saves_meanwhile(
    sessions: Sessions, session: Session
) -> None:
    seen_by_gateway = await sessions.get(session.conversation)
    await _log_in(sessions, session)
    await sessions.arrive(seen_by_gateway, "other-address.browser")
    assert (await sessions.get(session.conversation)).logged_in


def test_the_mark_of_a_client_tells_neither_address_nor_browser(keyring: Keyring) -> None:
    mark = client_mark(keyring, "203.0.113.7", "Mozilla/5.0")
    assert "203" not in mark.split(".")
    assert mark.split(".")[1] == client_mark(keyring, "203.0.113.8", "Mozilla/5.0").split(".")[1]
    assert mark.split(".")[0] != client_mark(keyring, "203.0.113.8", "Mozilla/5.0").split(".")[0]


def test_moments_have_a_zone(session: Session) -> None:
    assert isinstance(session.created_at, datetime)
    assert session.created_at.tzinfo is not None
