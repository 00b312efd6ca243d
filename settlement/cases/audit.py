"""The audit log: who did what, chained with a keyed hash; ``python -m settlement.cases.audit verify``."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases.records import AuditEntry
from settlement.cases.sealed import canonical
from settlement.cases.states import Actor
from settlement.database import Database
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.settings import settings

START = "0" * 64
_APPEND_LOCK = 7_310_217


class Audit:
    """Appends to the log and checks it. The hash is keyed: to forge it takes more than the database."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def append(
        self,
        session: AsyncSession,
        actor: Actor,
        actor_id: str,
        action: str,
        object: str,
        result: str = "ok",
        **detail: Any,
    ) -> None:
        """Add an entry in the caller's transaction. ``detail`` never holds a personal value."""
        if session.get_bind().dialect.name == "postgresql":
            # One appender at a time, until its transaction ends; SQLite has one writer anyway.
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK})
        last = await session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
        entry = AuditEntry(
            seq=last.seq + 1 if last else 1, at=clock.now(), actor=actor, actor_id=actor_id, action=action,
            object=object, result=result, detail=detail, prev_hash=last.hash if last else START,
        )  # fmt: skip
        entry.hash = self._hash(entry)
        session.add(entry)
        await session.flush()

    async def verify(self, session: AsyncSession) -> tuple[int, int | None]:
        """How many entries hold, and the ``seq`` of the first that does not (``None``: all do)."""
        previous, count = START, 0
        entries = await session.stream_scalars(select(AuditEntry).order_by(AuditEntry.seq))
        async for entry in entries:
            if entry.seq != count + 1 or entry.prev_hash != previous or entry.hash != self._hash(entry):
                return count, entry.seq
            previous, count = entry.hash, count + 1
        return count, None

    def _hash(self, entry: AuditEntry) -> str:
        content = {
            "seq": entry.seq, "at": entry.at.isoformat(timespec="microseconds"), "actor": str(entry.actor),
            "actor_id": entry.actor_id, "action": entry.action, "object": entry.object,
            "result": entry.result, "detail": entry.detail, "prev": entry.prev_hash,
        }  # fmt: skip
        return self._keyring.digest(canonical(content).decode(), "audit")


async def _verify() -> int:
    keyring = Keyring.load(settings())
    use_keyring(keyring)
    database = Database(settings().database_url)
    async with database.reading() as session:
        count, broken = await Audit(keyring).verify(session)
    await database.close()
    if broken is None:
        print(f"{count} entries, all whole")
        return 0
    print(f"{count} entries are whole; entry {broken} is not", file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    """``verify`` is the only command."""
    if arguments != ["verify"]:
        print("usage: python -m settlement.cases.audit verify", file=sys.stderr)
        return 2
    return asyncio.run(_verify())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
