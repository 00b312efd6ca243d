"""Real settings, a real keyring and a real Redis of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from settlement.redis import connect
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.support.redis import running_redis


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="local", state_dir=tmp_path)


@pytest.fixture
def keyring(settings: Settings) -> Keyring:
    return Keyring.load(settings)


@pytest.fixture(scope="package")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
async def redis(redis_url: str, tmp_path: Path) -> AsyncIterator[Redis]:
    client = connect(Settings(redis_url=redis_url, state_dir=tmp_path))
    await client.flushall()
    yield client
    await client.aclose()
