"""Runs the migrations in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from settlement.cases import tables
from settlement.database import async_url, plain_engine
from settlement.settings import settings

UPGRADE_LOCK = 7_310_216  # any number that nothing else in this database locks on


def run() -> None:
    """Migrate."""
    engine = plain_engine(context.config.attributes.get("url") or async_url(settings().database_url))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        context.configure(connection=connection, target_metadata=tables.metadata)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations need the database: they check what is there")
run()
