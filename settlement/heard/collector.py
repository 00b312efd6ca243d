"""Moves notes from the stream into the table, in batches, in the background; forgets what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis
from sqlalchemy import delete, select

from settlement import clock
from settlement.database import Database
from settlement.heard.models import HeardTurn
from settlement.heard.stream import STREAM, Note
from settlement.redis import locked

BATCH = 500
LOCK, LOCK_SECONDS = "heard:collecting", 60
KEPT = timedelta(days=90)
# A later note of the same turn only adds; the stronger outcome stays.
STRENGTH = ("", "answered", "fallback", "offered", "abandoned")


class Collector:
    """Run by every console; a lock lets one at a time through."""

    def __init__(self, redis: Redis, database: Database) -> None:
        self._redis = redis
        self._database = database

    async def run_once(self) -> int:
        """Move one batch; how many notes it had."""
        async with locked(self._redis, LOCK, LOCK_SECONDS) as won:
            entries: list[Any] = (await self._redis.xrange(STREAM, count=BATCH) if won else None) or []
            if entries:
                await self._store([note for _, fields in entries if (note := _note(fields))])
                await self._redis.xdel(STREAM, *(position for position, _ in entries))
            return len(entries)

    async def forget_old(self) -> int:
        """Remove turns that are older than 90 days; how many."""
        too_old = select(HeardTurn.id).where(HeardTurn.at < clock.now() - KEPT).limit(BATCH)
        async with self._database.session() as session:
            old = list(await session.scalars(too_old))
            if old:
                await session.execute(delete(HeardTurn).where(HeardTurn.id.in_(old)))
        return len(old)

    async def _store(self, notes: list[Note]) -> None:
        async with self._database.session() as session:
            found = await session.scalars(
                select(HeardTurn).where(HeardTurn.message.in_({note.message for note in notes}))
            )
            turns = {(turn.conversation, turn.message): turn for turn in found}
            for note in notes:
                turn = turns.get((note.conversation, note.message))
                if turn is None:
                    turn = HeardTurn(**note.model_dump())
                    turns[note.conversation, note.message] = turn
                    session.add(turn)
                else:
                    _add(turn, note)


def _add(turn: HeardTurn, note: Note) -> None:
    turn.said = [*turn.said, *note.said]
    turn.asked = note.asked or turn.asked
    if STRENGTH.index(note.outcome) > STRENGTH.index(turn.outcome):
        turn.outcome = note.outcome
    if turn.outcome == "answered":
        turn.text = ""


def _note(fields: dict[Any, Any]) -> Note | None:
    try:
        return Note.model_validate_json(next(iter(fields.values())))
    except (ValidationError, StopIteration):
        return None
