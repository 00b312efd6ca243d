"""Where a customer acts from is known to the actions, and readable nowhere on the way."""

from __future__ import annotations

import secrets

import pytest
from redis.asyncio import Redis

from settlement.security.keys import Keyring
from settlement.security.origins import UNKNOWN, Origin, Origins, seen_at
from tests.support.redis import as_bytes

ADDRESS, AGENT = "203.0.113.77", "Mozilla/5.0 (Linux; Android 15) MicroMessenger/8.0"
PAGE = seen_at(ADDRESS, AGENT)


@pytest.fixture
def origins(redis: Redis, keyring: Keyring) -> Origins:
    return Origins(redis, keyring)


async def test_the_latest_message_decides(origins: Origins) -> None:
    assert await origins.of("c") == UNKNOWN
    await origins.by_page("c", seen_at("198.51.100.1", "another"))
    await origins.by_page("c", PAGE)
    assert await origins.of("c") == Origin(address=ADDRESS, agent=AGENT)
    assert await origins.of("d") == UNKNOWN


async def test_what_is_tapped_in_a_chat_carries_the_account_and_no_address_of_before(
    origins: Origins,
) -> None:
    await origins.by_page("c", PAGE)
    await origins.by_chat("c", "ab" * 16)
    assert await origins.of("c") == Origin(account="ab" * 16)


async def test_the_page_of_a_chat_carries_both(origins: Origins) -> None:
    await origins.by_chat("c", "ab" * 16)
    await origins.by_page("c", PAGE)
    assert await origins.of("c") == Origin(address=ADDRESS, agent=AGENT, account="ab" * 16)


async def test_redis_holds_neither_address_nor_browser_for_reading(origins: Origins, redis: Redis) -> None:
    await origins.by_page("c", PAGE)
    [key] = [key async for key in redis.scan_iter()]
    kept = b"".join(map(as_bytes, (await redis.hgetall(key)).values()))
    assert kept
    assert ADDRESS.encode() not in kept
    assert b"MicroMessenger" not in kept
    assert await redis.ttl(key) > 0
    assert ADDRESS not in repr(PAGE)
    assert "Android" not in repr(PAGE)


async def test_one_conversations_origin_does_not_open_for_another(origins: Origins, redis: Redis) -> None:
    await origins.by_page("c", PAGE)
    await redis.rename("origin:c", "origin:d")
    assert await origins.of("d") == UNKNOWN


async def test_a_dropped_key_stops_nobody_from_signing(origins: Origins, redis: Redis) -> None:
    await origins.by_page("c", PAGE)
    later = Origins(redis, Keyring([secrets.token_bytes(32)], secrets.token_bytes(32)))
    assert await later.of("c") == UNKNOWN


def test_a_browser_cannot_write_more_than_a_record_holds() -> None:
    found = seen_at("1" * 500, "a\x00b\r\nc" + "x" * 5000)
    assert (len(found.address), len(found.agent)) == (64, 300)
    assert found.agent.startswith("abcx")
