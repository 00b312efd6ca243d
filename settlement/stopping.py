"""Ending tasks that run beside the requests, so that a process always stops when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 0.5
TIMES = 20


async def stop_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel ``tasks`` and wait until they have ended, ten seconds at most.

    Once is not enough: a cancellation that meets the end of a time limit or of a database call can get lost
    there, and a loop that lost it would go on for ever.
    """
    running = set(tasks)
    for _ in range(TIMES):
        if not running:
            return
        for task in running:
            task.cancel()
        ended, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not log its words
    if running:
        log.error("tasks_do_not_end", count=len(running))
