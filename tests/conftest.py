"""Shared by all tests: a real database, on SQLite and on PostgreSQL (TEST_DATABASE_URL, or a private one)."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from settlement import clock
from settlement.database import Database, upgrade
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.support.missing import missing
from tests.support.postgres import running_postgres, server_binaries

if TYPE_CHECKING:
    from tests.conversations.stack import Stack

DATABASES = ["sqlite", "postgresql"]


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


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server: the one that TEST_DATABASE_URL names, or a private one."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    binaries = server_binaries()
    if binaries is None:
        missing("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    with running_postgres(binaries) as url:
        yield url


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        yield connection


@pytest.fixture(scope="session")
def upgraded_template(postgresql_url: str) -> Iterator[str]:
    """The same in PostgreSQL, to be a template."""
    name = f"template_{secrets.token_hex(6)}"
    with _server(postgresql_url) as server:
        server.execute(f"CREATE DATABASE {name}")
        address = make_url(postgresql_url).set(database=name)
        asyncio.run(upgrade(address.render_as_string(hide_password=False)))
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
    url = request.getfixturevalue("postgresql_url")
    with _server(url) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    """A real database, empty and upgraded."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One running assistant for every test of a run that talks to it."""
    from tests.conversations.stack import Stack

    # A socket's path may have 108 bytes, which pytest's own folders use up.
    with tempfile.TemporaryDirectory(prefix="talk-") as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
