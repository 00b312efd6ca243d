"""One trial at a time: kept in Redis, so that a page can be closed and every console shows the same."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

from redis.asyncio import Redis

from console.training.tools import TRY_SECONDS, run
from settlement.heard.review import ChangeView, Review
from settlement.redis import locked

KEY, LOCK = "training:trial", "training:trying"
KEPT_SECONDS = 7 * 24 * 3600
RECENT = 300
_tasks: set[asyncio.Task[None]] = set()


class Trial:
    """The latest trial: ``{"step"}`` while it goes on; ``{"result"}``, ``{"wrong"}`` or ``{"error"}``."""

    def __init__(self, redis: Redis, review: Review) -> None:
        self._redis = redis
        self._review = review

    async def latest(self) -> dict[str, Any] | None:
        """The latest trial, or ``None``."""
        stored = await self._redis.get(KEY)
        found: dict[str, Any] | None = json.loads(stored) if stored else None
        if found and "step" in found and not await self._redis.exists(LOCK):
            return {**found, "step": None, "error": "training_failed"}  # its console was stopped
        return found

    async def begin(self, wishes: list[ChangeView]) -> bool:
        """Try ``wishes`` in the background; ``False`` when a trial is under way."""
        async with AsyncExitStack() as held:
            if not await held.enter_async_context(locked(self._redis, LOCK, TRY_SECONDS + 60)):
                return False
            await self._tell(wishes, {"step": "checking"})
            task = asyncio.create_task(self._go(wishes, held.pop_all()))
            _tasks.add(task)
            task.add_done_callback(_tasks.discard)
        return True

    async def _go(self, wishes: list[ChangeView], held: AsyncExitStack) -> None:
        async with held:
            recent = [turn.text for turn in await self._review.turns() if turn.kind == "text" and turn.text]
            ended = await run(
                "try",
                {"wishes": as_asked(wishes), "recent": recent[-RECENT:]},
                TRY_SECONDS,
                lambda line: self._tell(wishes, line),
            )
            await self._tell(wishes, ended)

    async def _tell(self, wishes: list[ChangeView], line: dict[str, Any]) -> None:
        said = json.dumps({**line, "wishes": [wish.id for wish in wishes]})
        await self._redis.set(KEY, said, ex=KEPT_SECONDS)


def as_asked(wishes: list[ChangeView]) -> list[dict[str, str]]:
    """Wishes as the tools read them."""
    return [{"sentence": one.sentence, "target": one.target, "answer": one.answer} for one in wishes]
