"""Limits on how often somebody may do something, counted in Redis over sliding windows."""

from __future__ import annotations

import secrets

from redis.asyncio import Redis

from settlement.errors import CustomerError

Rules = list[tuple[int, int]]
"""``(count, seconds)``: at most ``count`` times in any ``seconds``."""

# One sorted set per scope and person, scored by the server's own clock in milliseconds. Returns the time to
# wait in seconds, 0 when allowed. Checking and counting are one step: parallel attempts cannot all pass.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait, longest = 0, 0
for i = 3, #ARGV, 2 do
  local count, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1]) * 1000
  longest = math.max(longest, window)
  local hit = redis.call('ZREVRANGE', KEYS[1], count - 1, count - 1, 'WITHSCORES')
  if hit[2] then
    wait = math.max(wait, tonumber(hit[2]) + window - now)
  end
end
if wait > 0 then return math.ceil(wait / 1000) end
if ARGV[2] == '1' then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - longest)
  redis.call('PEXPIRE', KEYS[1], longest)
end
return 0
"""


class Limits:
    """``who`` must not be a personal value: give a keyed digest of it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = redis.register_script(_SCRIPT)

    async def hit(self, scope: str, who: str, rules: Rules) -> None:
        """Count one attempt; CustomerError ``too_often`` with the ``seconds`` to wait when a rule is broken.

        A refused attempt is not counted: who waits long enough is let through.
        """
        await self._run(scope, who, rules, count=True)

    async def check(self, scope: str, who: str, rules: Rules) -> None:
        """The same without counting."""
        await self._run(scope, who, rules, count=False)

    async def forget(self, scope: str, who: str) -> None:
        """Begin anew, such as after a login that succeeded."""
        await self._redis.delete(_key(scope, who))

    async def _run(self, scope: str, who: str, rules: Rules, *, count: bool) -> None:
        numbers = [number for rule in rules for number in rule]
        arguments = [secrets.token_hex(8), "1" if count else "0", *numbers]
        wait = int(await self._script(keys=[_key(scope, who)], args=arguments))
        if wait > 0:
            raise CustomerError("too_often", seconds=wait)


def _key(scope: str, who: str) -> str:
    return f"limit:{scope}:{who}"
