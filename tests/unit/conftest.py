"""A real Redis for the tests of the core, emptied before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from settlement.redis import connect
from settlement.settings import Settings
from tests.support.redis import running_redis


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """One server for the whole run."""
    with running_redis() as url:
        yield url


@pytest.fixture
async def redis(redis_url: str, tmp_path: Path) -> AsyncIterator[Redis]:
    """A client of it, with nothing stored."""
    client = connect(Settings(redis_url=redis_url, state_dir=tmp_path))
    await client.flushall()
    yield client
    await client.aclose()
