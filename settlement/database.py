"""The database: SQLite, or PostgreSQL by ``DATABASE_URL``. ``python -m settlement.database upgrade``."""

from __future__ import annotations

import asyncio
import fcntl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Dialect, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from settlement.settings import ROOT, settings

BUSY_MILLISECONDS = 15_000
CONNECT_SECONDS = 10
_READING = "settlement_reading"


class Base(DeclarativeBase):
    """Base of every table's class."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with a zone, stored in UTC: ``timestamptz`` in PostgreSQL, UTC without a zone in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would be read as UTC whatever was meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One pool of connections. ``session`` is one transaction: an error rolls it back."""

    def __init__(self, url: str) -> None:
        self.url = async_url(url)
        self.engine = _engine(self.url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction that writes. SQLite takes its write lock at once, so that reads inside stay true."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads and waits for no writer."""
        async with self._sessions() as session, session.begin():
            await session.connection(execution_options={_READING: True})
            yield session

    async def close(self) -> None:
        """Give up all connections."""
        await self.engine.dispose()


def async_url(url: str) -> URL:
    """``url`` with the asynchronous driver: ``postgresql://`` and ``sqlite://`` are understood too."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed.set(drivername="sqlite+aiosqlite")


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "postgresql":
        options = "-c timezone=utc -c statement_timeout=20000 -c lock_timeout=15000"
        arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "options": options}
        return create_async_engine(url, pool_pre_ping=True, connect_args=arguments)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    event.listen(engine.sync_engine, "connect", _sqlite_connect)
    event.listen(engine.sync_engine, "begin", _sqlite_begin)
    return engine


def plain_engine(url: URL) -> Engine:
    """An engine without asyncio, for the migrations: on SQLite too they happen whole or not at all."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url)
    engine = create_engine(url.set(drivername="sqlite"))
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an accepted submission survives a power cut
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that turns from reading to writing fails at once when another wrote in between.
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


async def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest shape. Safe when several processes do it at once."""
    await asyncio.to_thread(_upgrade, async_url(url))


def alembic_config(url: URL) -> Config:
    """Alembic's configuration for ``url``."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def _upgrade(url: URL) -> None:
    with _only_one(url):
        command.upgrade(alembic_config(url), "head")


@contextmanager
def _only_one(url: URL) -> Iterator[None]:
    """Keep two upgrades of one SQLite file apart; PostgreSQL has a lock of its own (migrations/env.py)."""
    if url.get_backend_name() == "postgresql" or not url.database or url.database == ":memory:":
        yield
        return
    file = Path(url.database)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".upgrade-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """``upgrade`` is the only command."""
    if arguments != ["upgrade"]:
        print("usage: python -m settlement.database upgrade", file=sys.stderr)
        return 2
    asyncio.run(upgrade(settings().database_url))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
