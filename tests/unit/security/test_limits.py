"""Limits: counted over a sliding window, apart for each person and purpose, also under parallel attempts."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.security.limits import Limits, Rules
from tests.support.redis import as_bytes

RULES: Rules = [(3, 60), (5, 3600)]


@pytest.fixture
def limits(redis: Redis) -> Limits:
    return Limits(redis)


async def _age(redis: Redis, scope: str, who: str, seconds: int) -> None:
    """As if all that was counted had happened earlier."""
    key = f"limit:{scope}:{who}"
    for counted in await redis.zrange(key, 0, -1):
        await redis.zincrby(key, -seconds * 1000, as_bytes(counted))


async def test_what_is_allowed_passes_and_the_next_one_must_wait(limits: Limits) -> None:
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    with pytest.raises(CustomerError, match="too_often") as caught:
        await limits.hit("sms", "a", RULES)
    assert 55 <= int(caught.value.facts["seconds"]) <= 60


async def test_others_and_other_purposes_are_not_concerned(limits: Limits) -> None:
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    await limits.hit("sms", "b", RULES)
    await limits.hit("login", "a", RULES)


async def test_who_waits_is_let_through_until_the_longer_rule_is_broken(limits: Limits, redis: Redis) -> None:
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    await _age(redis, "sms", "a", 61)
    for _ in range(2):
        await limits.hit("sms", "a", RULES)
    with pytest.raises(CustomerError) as caught:
        await limits.hit("sms", "a", RULES)
    assert 3500 <= int(caught.value.facts["seconds"]) <= 3600


async def test_a_refused_attempt_does_not_make_the_wait_longer(limits: Limits, redis: Redis) -> None:
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    await _age(redis, "sms", "a", 50)
    for _ in range(5):
        with pytest.raises(CustomerError) as caught:
            await limits.hit("sms", "a", RULES)
    assert int(caught.value.facts["seconds"]) <= 10


async def test_checking_does_not_count(limits: Limits) -> None:
    for _ in range(10):
        await limits.check("sms", "a", RULES)
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    with pytest.raises(CustomerError):
        await limits.check("sms", "a", RULES)


async def test_what_is_forgotten_begins_anew(limits: Limits) -> None:
    for _ in range(3):
        await limits.hit("sms", "a", RULES)
    await limits.forget("sms", "a")
    await limits.hit("sms", "a", RULES)


async def test_of_many_parallel_attempts_no_more_pass_than_allowed(limits: Limits) -> None:
    results = await asyncio.gather(
        *(limits.hit("sms", "a", RULES) for _ in range(30)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 3


async def test_counters_leave_redis_by_themselves(limits: Limits, redis: Redis) -> None:
    await limits.hit("sms", "a", RULES)
    assert 0 < await redis.ttl("limit:sms:a") <= 3600
