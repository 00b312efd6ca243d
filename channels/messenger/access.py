"""The platform's access token, one for the fleet: kept sealed in Redis, fetched by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis

from channels.messenger.platform import PlatformError
from settlement.redis import locked
from settlement.security.keys import Keyring, UnsealError

log = structlog.get_logger(__name__)

Fetch = Callable[[bool], Awaitable[tuple[str, int]]]
"""Asks the platform; True insists on a new token. Returns it with its seconds of life."""

EARLY_SECONDS = 300
"""Old and new are both valid for five minutes around a change."""
LOCK_SECONDS = 10
WAIT_SECONDS = 10.0
FORCE_PAUSE_SECONDS = 30
"""The platform allows one forced refresh in 30 seconds, and 20 a day."""


class AccessToken:
    """``name`` tells accounts apart in Redis."""

    def __init__(self, redis: Redis, keyring: Keyring, name: str, fetch: Fetch) -> None:
        self._redis = redis
        self._keyring = keyring
        self._key = f"messenger:token:{name}"
        self._fetch = fetch

    async def get(self) -> str:
        """A token that is valid as far as we know. Raises ``PlatformError``."""
        return await self._kept() or await self._renewed(None)

    async def instead_of(self, refused: str) -> str:
        """Another token than ``refused``, which the platform called invalid."""
        kept = await self._kept()
        return kept if kept and kept != refused else await self._renewed(refused)

    async def _kept(self) -> str | None:
        sealed = await self._redis.get(self._key)
        if not isinstance(sealed, bytes):
            return None
        try:
            return self._keyring.unseal(sealed, self._key).decode()
        except UnsealError:
            return None

    async def _renewed(self, refused: str | None) -> str:
        loop = asyncio.get_running_loop()
        end = loop.time() + WAIT_SECONDS
        while loop.time() < end:
            async with locked(self._redis, f"{self._key}:lock", LOCK_SECONDS) as won:
                if (kept := await self._kept()) and kept != refused:
                    return kept
                if won:
                    return await self._fetched(insist=refused is not None)
            await asyncio.sleep(0.05)
        raise PlatformError(0)

    async def _fetched(self, *, insist: bool) -> str:
        forced = insist and bool(
            await self._redis.set(f"{self._key}:forced", 1, nx=True, ex=FORCE_PAUSE_SECONDS)
        )
        try:
            token, seconds = await self._fetch(forced)
        except (KeyError, TypeError, ValueError):  # an answer without a token
            raise PlatformError(0) from None
        life = max(seconds - EARLY_SECONDS, 1)
        await self._redis.set(self._key, self._keyring.seal(token.encode(), self._key), ex=life)
        log.info("access_token_renewed", forced=forced, seconds=life)
        return token
