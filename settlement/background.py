"""Work that a process repeats beside its requests, whatever happens to one round of it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
SWEEP_PAUSE_SECONDS = 4.0
"""The longest pause of a round that a customer may be waiting for."""


async def repeat(
    name: str,
    run_once: Callable[[], Awaitable[int | None]],
    *,
    pause: float = PAUSE_SECONDS,
    longest: float = LONGEST_PAUSE_SECONDS,
) -> None:
    """Run ``run_once`` for ever, ``pause`` seconds apart; after errors the pause doubles, up to ``longest``.

    ``run_once`` returns how much it did, for the log. An error is logged by its kind and place alone, since
    its text may quote what a customer sent.
    """
    waiting = pause
    while True:
        try:
            done = await run_once()
            waiting = pause
            if done:
                log.info("background_work", loop=name, done=done)
        except Exception as error:
            waiting = min(waiting * 2, longest)
            last = traceback.extract_tb(error.__traceback__)[-1]
            log.error(  # noqa: TRY400 - a traceback could quote personal values
                "background_work_failed",
                loop=name,
                error=type(error).__name__,
                place=f"{last.filename}:{last.lineno}",
                again_in=waiting,
            )
        await asyncio.sleep(waiting)
