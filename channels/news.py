"""Wakes whoever waits for an outbox to grow: one subscription to Redis for the whole process.

A missed hint costs a delay of one ping, never a message: readers always go back to the stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis

from settlement.conversation import keys
from settlement.redis import decoded

log = structlog.get_logger(__name__)


class News:
    """Listens on ``keys.NEWS`` and sets the events of this process's listeners."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._watchers: list[Callable[[str], None]] = []
        self.stopped = False

    @contextmanager
    def listen(self, conversation: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the conversation's outbox may have grown."""
        event = asyncio.Event()
        self._listeners.setdefault(conversation, set()).add(event)
        try:
            yield event
        finally:
            listeners = self._listeners[conversation]
            listeners.discard(event)
            if not listeners:
                del self._listeners[conversation]

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Call ``watcher`` with every conversation whose outbox grew."""
        self._watchers.append(watcher)

    def listeners(self, conversation: str) -> int:
        """How many wait for this conversation, in this process."""
        return len(self._listeners.get(conversation, ()))

    def stop(self) -> None:
        """Let every listener go: this process is about to end, and clients find another one."""
        self.stopped = True
        self._wake(None)

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew."""
        while True:
            try:
                await self._follow()
            except Exception as error:
                # Whatever it was: a process that no longer listens would answer late until it is restarted.
                log.warning("news_connection_lost", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(keys.NEWS)
            self._wake(None)  # whatever was said while nobody listened
            while True:
                message = await subscription.get_message(timeout=5.0)
                if message is not None:
                    self._wake(decoded(message["data"]))

    def _wake(self, conversation: str | None) -> None:
        chosen = self._listeners.values() if conversation is None else [self._listeners.get(conversation, ())]
        for events in list(chosen):
            for event in events:
                event.set()
        if conversation is not None:
            for watcher in self._watchers:
                watcher(conversation)
