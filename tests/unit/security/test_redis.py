"""The connection: bytes in and out, and every wait has an end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from settlement.redis import connect, decoded
from settlement.settings import Settings


async def test_what_is_stored_comes_back_as_bytes(redis: Redis) -> None:
    await redis.set("key", "值")
    assert await redis.get("key") == "值".encode()
    assert decoded(await redis.get("key")) == "值"


async def test_a_server_that_is_not_there_is_noticed_soon(tmp_path: Path) -> None:
    client = connect(Settings(state_dir=tmp_path, redis_url=f"unix://{tmp_path}/nothing.sock"))
    started = time.monotonic()
    with pytest.raises(RedisConnectionError):
        await client.ping()
    assert time.monotonic() - started < 5
    await client.aclose()
