"""The background work goes on, whatever happens to one round of it."""

from __future__ import annotations

import asyncio

import structlog

from settlement.background import repeat


async def test_an_error_is_logged_without_its_text_and_the_work_goes_on() -> None:
    rounds = 0

    async def run_once() -> int:
        nonlocal rounds
        rounds += 1
        if rounds < 3:
            raise ValueError("card 6228485607505498003")
        return 1

    with structlog.testing.capture_logs() as logs:
        work = asyncio.create_task(repeat("execution", run_once, pause=0.01))
        while rounds < 4:
            await asyncio.sleep(0.01)
        work.cancel()
    failed = [entry for entry in logs if entry["event"] == "background_work_failed"]
    assert len(failed) == 2
    assert failed[0]["error"] == "ValueError"
    assert failed[1]["again_in"] > failed[0]["again_in"]
    assert "6228485607505498003" not in str(logs)


async def test_stopping_stops_it() -> None:
    async def run_once() -> int:
        return 0

    work = asyncio.create_task(repeat("dispatch", run_once, pause=0.01))
    await asyncio.sleep(0.03)
    work.cancel()
    result = await asyncio.gather(work, return_exceptions=True)
    assert isinstance(result[0], asyncio.CancelledError)
