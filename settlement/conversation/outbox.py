"""The outbox: one Redis stream a conversation; its entry ids are the positions a client resumes from."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from settlement.conversation import keys
from settlement.redis import decoded

FIRST = "0-0"
KEPT_ENTRIES = 2000
_POSITION = re.compile(r"\d{1,16}(-\d{1,10})?")

Entry = dict[str, Any]
"""``contract.Outbound`` as JSON, with vault tokens still in it."""


def position(text: str | None) -> str:
    """``text`` as a stream position; anything else (a missing or forged header) means the beginning."""
    return text if text and _POSITION.fullmatch(text) else FIRST


def later(one: str, other: str) -> str:
    """The later of two positions."""
    return max(one, other, key=_order)


def _order(where: str) -> tuple[int, int]:
    milliseconds, _, sequence = where.partition("-")
    return int(milliseconds), int(sequence or 0)


def _entry(identity: Any, fields: Any) -> Entry:
    where = decoded(identity)
    at = datetime.fromtimestamp(_order(where)[0] / 1000, UTC)
    return {**json.loads(fields[b"d"]), "id": where, "at": at.isoformat(timespec="milliseconds")}


class Outbox:
    """Reads a conversation's outbox. What is written comes in through ``Inbox``, together with its cause."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def after(self, conversation: str, start: str, *, limit: int = 200) -> list[Entry]:
        """Entries after the position ``start``, oldest first."""
        rows = await self._redis.xrange(keys.outbox(conversation), min=f"({start}", max="+", count=limit)
        return [_entry(identity, fields) for identity, fields in rows or []]

    async def latest(self, conversation: str, *, limit: int, before: str | None = None) -> list[Entry]:
        """The last ``limit`` entries, or the last before a position; oldest first."""
        if before == FIRST:
            return []  # nothing is older, and Redis refuses to look for it
        most = f"({before}" if before else "+"
        rows = await self._redis.xrevrange(keys.outbox(conversation), max=most, count=limit)
        return [_entry(identity, fields) for identity, fields in reversed(rows or [])]

    async def private_until(self, conversation: str) -> str:
        """The position up to which a customer must be logged in to read (R-092)."""
        raw = await self._redis.get(keys.private(conversation))
        return FIRST if raw is None else decoded(raw)
