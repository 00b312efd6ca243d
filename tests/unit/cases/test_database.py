"""The database and its migrations."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from settlement.cases.records import AuditEntry
from settlement.clock import BEIJING
from settlement.database import Database, alembic_config, async_url, upgrade


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    command.check(alembic_config(async_url(database_url)))


def test_the_migrations_go_back_and_forth(database_url: str) -> None:
    config = alembic_config(async_url(database_url))
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


async def test_several_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'cases.db'}"
    await asyncio.gather(*(upgrade(url) for _ in range(3)))
    await asyncio.to_thread(command.check, alembic_config(async_url(url)))


async def write_and_fail(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE half_done (id INTEGER)"))
        await session.execute(text("INSERT INTO half_done VALUES (1, 2)"))


async def look(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT * FROM half_done"))


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await write_and_fail(database)
    with pytest.raises(DBAPIError, match="half_done"):
        await look(database)


async def test_sqlite_readers_wait_for_no_writer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    await upgrade(url)
    database = Database(url)
    async with database.session(), asyncio.timeout(2), database.reading() as reader:
        assert await reader.scalar(text("SELECT count(*) FROM cases")) == 0
    await database.close()


async def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    database = Database(url)
    async with database.reading() as session:
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await session.scalar(text("PRAGMA synchronous")) == 2
    await database.close()


def entry(at: datetime) -> AuditEntry:
    return AuditEntry(
        seq=1, at=at, actor="system", actor_id="t", action="a", object="o", result="ok", detail={},
        prev_hash="", hash="",
    )  # fmt: skip


async def test_a_moment_comes_back_in_utc(database: Database) -> None:
    at = datetime(2026, 11, 24, 9, 30, tzinfo=BEIJING)
    async with database.session() as session:
        session.add(entry(at))
    async with database.reading() as session:
        kept = await session.get_one(AuditEntry, 1)
    assert (kept.at, kept.at.utcoffset()) == (at, timedelta(0))


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"):
        async with database.session() as session:
            session.add(entry(datetime(2026, 11, 24, 9, 30)))  # noqa: DTZ001 - that is the point


def test_plain_addresses_get_their_asynchronous_driver() -> None:
    assert async_url("postgresql://u@h/d").drivername == "postgresql+psycopg"
    assert async_url("sqlite:///x.db").drivername == "sqlite+aiosqlite"
