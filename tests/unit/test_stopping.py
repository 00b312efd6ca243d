"""A process always stops when it is told to."""

from __future__ import annotations

import asyncio
import contextlib

from settlement.stopping import stop_all


async def test_a_loop_that_loses_its_first_cancellation_is_stopped_all_the_same() -> None:
    begun = asyncio.Event()

    async def forgetful() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            begun.set()
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(forgetful())
    await begun.wait()
    await asyncio.wait_for(stop_all([task]), 5)
    assert task.cancelled()


async def test_nothing_to_stop_and_tasks_that_have_ended_are_no_matter() -> None:
    async def fails() -> None:
        raise ValueError

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    await asyncio.wait_for(stop_all([task]), 5)
    await asyncio.wait_for(stop_all([]), 5)
