"""A real Redis, emptied before each test, and keys of the test's own."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from settlement.database import upgrade
from settlement.security import columns
from settlement.security.keys import Keyring
from settlement.security.sessions import Session, Sessions
from settlement.security.vault import Vault
from settlement.settings import Settings
from tests.unit.security.world import World

IDLE_SECONDS = 1800


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([secrets.token_bytes(32)], secrets.token_bytes(32))


@pytest.fixture
def vault(redis: Redis, keyring: Keyring) -> Vault:
    return Vault(redis, keyring)


@pytest.fixture
def sessions(redis: Redis) -> Sessions:
    return Sessions(redis, IDLE_SECONDS)


@pytest.fixture
async def session(sessions: Sessions) -> Session:
    created, _ = await sessions.create("widget", "address.browser")
    return created


@pytest.fixture
async def world(
    tmp_path: Path, redis: Redis, keyring: Keyring, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr(columns, "_keyring", keyring)
    made = World(tmp_path, redis, keyring, sessions)
    await upgrade(Settings(state_dir=tmp_path).database_url)
    yield made
    await made.database.close()
