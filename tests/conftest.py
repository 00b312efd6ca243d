"""Shared by all tests: a real database; PostgreSQL is tested too where TEST_DATABASE_URL names a server."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from settlement import clock
from settlement.database import Database, upgrade
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.settings import Settings

SERVER = os.environ.get("TEST_DATABASE_URL", "")
DATABASES = ["sqlite", "postgresql"] if SERVER else ["sqlite"]


@dataclass
class Time:
    """The clock of the core, as the test sets it."""

    moment: datetime

    def pass_by(self, **duration: float) -> datetime:
        """Let time go on, such as ``minutes=5``."""
        self.moment += timedelta(**duration)
        return self.moment


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an embedded run in a folder of its own."""
    return Settings(environment="local", state_dir=tmp_path)


@pytest.fixture
def keyring() -> Keyring:
    """Keys of the test's own, used by the sealed columns."""
    keyring = Keyring([secrets.token_bytes(32)], secrets.token_bytes(32))
    use_keyring(keyring)
    return keyring


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A clock that goes on when the test says so."""
    time = Time(clock.now())
    monkeypatch.setattr(clock, "now", lambda: time.moment)
    return time


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the newest shape, to copy."""
    file = tmp_path_factory.mktemp("database") / "upgraded.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    address = make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        yield connection


@pytest.fixture(scope="session")
def upgraded_template() -> Iterator[str]:
    """The same in PostgreSQL, to be a template."""
    name = f"template_{secrets.token_hex(6)}"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name}")
        asyncio.run(upgrade(make_url(SERVER).set(database=name).render_as_string(hide_password=False)))
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty upgraded database."""
    if request.param == "sqlite":
        file = tmp_path / "cases.db"
        shutil.copy(request.getfixturevalue("upgraded_file"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    name = f"test_{secrets.token_hex(6)}"
    template = request.getfixturevalue("upgraded_template")
    with _server() as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    """A real database, empty and upgraded."""
    database = Database(database_url)
    yield database
    await database.close()
