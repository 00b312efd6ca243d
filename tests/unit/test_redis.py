"""The fleet's lock: one holder at a time, and nobody gives back what is another's."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from settlement.redis import locked

NAME = "test:lock"


async def test_one_holder_at_a_time_and_free_again_afterwards(redis: Redis) -> None:
    async with locked(redis, NAME, 10) as first, locked(redis, NAME, 10) as second:
        assert (first, second) == (True, False)
    async with locked(redis, NAME, 10) as third:
        assert third


async def test_whoever_did_not_win_leaves_the_lock_to_its_holder(redis: Redis) -> None:
    async with locked(redis, NAME, 10):
        async with locked(redis, NAME, 10):
            pass
        assert await redis.exists(NAME)
    assert not await redis.exists(NAME)


async def test_a_lock_that_ran_out_and_was_taken_by_another_is_not_given_back_by_the_first(
    redis: Redis,
) -> None:
    async with locked(redis, NAME, 0.05) as first:
        while await redis.exists(NAME):
            await asyncio.sleep(0.01)
        second = locked(redis, NAME, 10)
        assert first
        assert await second.__aenter__()
    async with locked(redis, NAME, 10) as third:
        assert not third
    await second.__aexit__(None, None, None)
    assert not await redis.exists(NAME)


async def test_a_lock_is_given_back_when_its_holder_fails(redis: Redis) -> None:
    with pytest.raises(ValueError, match="broken"):
        async with locked(redis, NAME, 10):
            raise ValueError("broken")
    assert not await redis.exists(NAME)


async def test_of_many_at_once_one_wins(redis: Redis) -> None:
    all_tried = asyncio.Event()
    tried = 0

    async def try_it() -> bool:
        nonlocal tried
        async with locked(redis, NAME, 10) as won:
            tried += 1
            if tried == 20:
                all_tried.set()
            if won:
                await all_tried.wait()
            return won

    assert sum(await asyncio.gather(*(try_it() for _ in range(20)))) == 1
