"""The one way to reach Redis: time limits on every call, a few tries while it is still starting; one lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import LockNotOwnedError

from settlement.settings import Settings

CONNECT_SECONDS = 3.0
# Longer than the blocking reads of the inbox and outbox, which wait on the server's side.
ANSWER_SECONDS = 30.0
TRIES = 5
POOL_SECONDS = 10.0

Stored = bytes | bytearray | memoryview | str | int | float
"""What Redis takes as a field or a value."""


def decoded(value: object) -> str:
    """Text of a Redis answer, which is bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)


def connect(settings: Settings) -> Redis:
    """A client for ``settings.redis_url`` that gives and takes bytes; connecting happens on first use.

    Only a connection that broke is tried again. A command that timed out is not, for it may have been done.
    """
    # A burst waits for a free connection; the plain pool would refuse what exceeds its size.
    pool = BlockingConnectionPool.from_url(
        settings.redis_url,
        decode_responses=False,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), TRIES, supported_errors=(RedisConnectionError,)),
        max_connections=100,
        timeout=POOL_SECONDS,
    )
    return Redis.from_pool(pool)


@asynccontextmanager
async def locked(redis: Redis, name: str, seconds: float) -> AsyncIterator[bool]:
    """Become the only one in the fleet who holds ``name``; False, at once, when another process does.

    It is held for ``seconds`` at most. One that ran out meanwhile may be another's by now, and is left alone.
    """
    lock = redis.lock(name, timeout=seconds, blocking=False)
    won = await lock.acquire()
    try:
        yield won
    finally:
        if won:
            with suppress(LockNotOwnedError):
                await lock.release()
