"""How many messages we may still send to a user on our own account, counted for the whole fleet in Redis.

Words of the user open five messages in 48 hours; a menu click, a subscription or a scan, three in a minute;
entering a WeCom chat for the first time, one in 20 seconds.
"""

from __future__ import annotations

from typing import Literal

from redis.asyncio import Redis

Opening = Literal["words", "click", "welcome"]

WINDOWS: dict[Opening, tuple[int, int]] = {"welcome": (1, 20), "click": (3, 60), "words": (5, 48 * 3600)}
"""opening → (messages, seconds)"""

# The window that closes first is used first. Returns how many were left before, 0 when none.
_SPEND = """
for i = 1, #KEYS do
  local left = tonumber(redis.call('GET', KEYS[i]) or '0')
  if left > 0 then redis.call('DECR', KEYS[i]) return left end
end
return 0
"""


class Quota:
    """``user`` is a digest, never the platform's own id."""

    def __init__(self, redis: Redis, platform: str) -> None:
        self._redis = redis
        self._platform = platform
        self._spend = redis.register_script(_SPEND)

    async def open(self, user: str, opening: Opening) -> None:
        """The user did something that opens a window anew."""
        messages, seconds = WINDOWS[opening]
        await self._redis.set(self._key(user, opening), messages, ex=seconds)

    async def spend(self, user: str) -> bool:
        """Take one; False when none is left."""
        return bool(await self._spend(keys=self._keys(user)))

    async def left(self, user: str) -> int:
        """How many are left."""
        return sum(int(found) for found in await self._redis.mget(self._keys(user)) if found is not None)

    async def close(self, user: str) -> None:
        """The platform says that the window is closed, whatever we counted."""
        await self._redis.delete(*self._keys(user))

    def _keys(self, user: str) -> list[str]:
        return [self._key(user, opening) for opening in WINDOWS]

    def _key(self, user: str, opening: Opening) -> str:
        return f"messenger:quota:{self._platform}:{user}:{opening}"
