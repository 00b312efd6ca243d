"""Many customers at once, each with a phone of their own."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

from tests.conversations.stack import Stack
from tests.support.customer import ANSWER_SECONDS, HEADERS

QUESTIONS = ["改结算账户收费吗", "多久能办好", "支持哪些银行", "能用我爱人的卡吗", "需要准备什么材料"]
FORGET_SECONDS = 0.2
GROUP = 10


class Phone:
    """One customer. ``heard`` holds every entry that came, in order."""

    def __init__(self, address: str) -> None:
        self.http = httpx.AsyncClient(
            base_url=address, headers={**HEADERS, "Origin": address}, timeout=70, trust_env=False
        )
        self.heard: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self._after = "0-0"

    async def arrive(self) -> None:
        """Open the page and wait for the greeting."""
        answer = (await self.http.post("/api/conversations")).raise_for_status()
        self.conversation: str = answer.json()["conversation"]
        await self._done(None)

    async def ask(self, text: str) -> float:
        """Say something; the seconds until all of the answer was there."""
        cid = f"load-{secrets.token_hex(8)}"
        began = time.perf_counter()
        (
            await self.http.post("/api/messages", json={"type": "text", "cid": cid, "text": text})
        ).raise_for_status()
        self.asked.append(cid)
        await self._done(cid)
        return time.perf_counter() - began

    async def ask_many(self, count: int) -> list[float]:
        """``count`` questions, one after the other."""
        return [await self.ask(text) for text in itertools.islice(itertools.cycle(QUESTIONS), count)]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hold a stream of events open, as every page does."""
        async with self.http.stream("GET", "/api/events", timeout=None) as response:
            response.raise_for_status()
            yield

    def wrong(self) -> list[str]:
        """What was lost, doubled or out of order; empty when all is well."""
        done = [
            entry["cid"]
            for entry in self.heard
            if entry["kind"] == "turn_done" and entry["cid"] in self.asked
        ]
        answered = {
            entry["cid"]
            for entry in self.heard
            if entry["kind"] == "message" and entry["author"] == "assistant"
        }
        unanswered = [cid for cid in self.asked if cid not in answered]
        return unanswered + ([] if done == self.asked else ["order"])

    async def _done(self, cid: str | None) -> None:
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            answer = await self.http.get("/api/poll", params={"after": self._after, "wait": 20})
            found = answer.raise_for_status().json()
            self._after = found["last"]
            self.heard += found["entries"]
            if any(
                entry["kind"] == "turn_done" and cid in (None, entry["cid"]) for entry in found["entries"]
            ):
                return
        raise AssertionError(f"no answer within {ANSWER_SECONDS:.0f} s")


@asynccontextmanager
async def phones(stack: Stack, count: int) -> AsyncIterator[list[Phone]]:
    """``count`` customers who have arrived. No limit counts: all live at one address."""
    all_of_them = [Phone(stack.assistant.address("gateway")) for _ in range(count)]
    async with unlimited(stack):
        try:
            # In small groups: opening the page is not what is measured.
            for start in range(0, count, GROUP):
                await asyncio.gather(*(phone.arrive() for phone in all_of_them[start : start + GROUP]))
            yield all_of_them
        finally:
            await asyncio.gather(*(phone.http.aclose() for phone in all_of_them))


@asynccontextmanager
async def unlimited(stack: Stack) -> AsyncIterator[None]:
    """No limit counts up meanwhile."""

    async def forget() -> None:
        while True:
            await asyncio.to_thread(stack.forget_limits)
            await asyncio.sleep(FORGET_SECONDS)

    forgetting = asyncio.create_task(forget())
    try:
        yield
    finally:
        forgetting.cancel()
        with suppress(asyncio.CancelledError):
            await forgetting
