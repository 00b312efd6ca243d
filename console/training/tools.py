"""Trying wishes out and saving them: the trainers' tools, run as processes beside the console."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from settlement.settings import ROOT

log = structlog.get_logger(__name__)

TRY_SECONDS = 900.0
SAVE_SECONDS = 120.0
Told = Callable[[dict[str, Any]], Awaitable[None]]


async def run(
    command: str, asked: dict[str, Any], patience: float, told: Told | None = None
) -> dict[str, Any]:
    """Run ``python -m trainers <command>``; its last line, or ``{"error": code}``. Steps go to ``told``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trainers", command, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(patience):
            return await _talk(process, asked, told)
    except TimeoutError:
        return {"error": "training_too_long"}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _talk(
    process: asyncio.subprocess.Process, asked: dict[str, Any], told: Told | None
) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asked).encode())
    process.stdin.close()
    last: dict[str, Any] = {"error": "training_failed"}
    while line := await process.stdout.readline():
        last = json.loads(line)
        if "step" in last and told is not None:
            await told(last)
    await process.wait()
    if "step" in last:
        last = {"error": "training_failed"}
    if "error" in last:
        log.warning("training_tool_failed", error=last["error"])
    return last
