"""The inbox: entries wait here until their answer stands in the outbox; a crash in between repeats the turn.

Each step that must not be torn apart is one Lua script, which Redis runs (and writes to its log) as a whole.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from settlement.conversation import keys
from settlement.conversation.buttons import IssuedButton, stored
from settlement.conversation.outbox import KEPT_ENTRIES
from settlement.errors import CustomerError
from settlement.redis import decoded

LOCK_SECONDS = 15
MOST_WAITING = 50
"""Unanswered entries a conversation may have; nobody types more while waiting for one answer."""

# KEYS: seen, inbox, ready, outbox  ARGV: entry, conversation, most, seen_s, keep_s, kept, channel, shown
_APPEND = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then return -1 end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[4])
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('SADD', KEYS[3], ARGV[2])
if ARGV[8] ~= '' then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[6], '*', 'd', ARGV[8])
  redis.call('EXPIRE', KEYS[4], ARGV[5])
  redis.call('PUBLISH', ARGV[7], ARGV[2])
end
return 1
"""

# KEYS: lock, inbox, ready, outbox, buttons, private
# ARGV: token, raw, conversation, keep_s, kept, channel, private?, buttons?, n, entry * n, button id, value, …
_ANSWER = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('LINDEX', KEYS[2], 0) ~= ARGV[2] then return 0 end
redis.call('LPOP', KEYS[2])
if redis.call('LLEN', KEYS[2]) == 0 then redis.call('SREM', KEYS[3], ARGV[3]) end
local count, last = tonumber(ARGV[9]), ''
for i = 10, 9 + count do
  last = redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'd', ARGV[i])
end
redis.call('EXPIRE', KEYS[4], ARGV[4])
if ARGV[7] == '1' and count > 0 then redis.call('SET', KEYS[6], last, 'EX', ARGV[4]) end
if ARGV[8] == '1' then
  redis.call('DEL', KEYS[5])
  for i = 10 + count, #ARGV, 2 do redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1]) end
  redis.call('EXPIRE', KEYS[5], ARGV[4])
end
redis.call('PUBLISH', ARGV[6], ARGV[3])
return 1
"""

_FIRST = """
local raw = redis.call('LINDEX', KEYS[1], 0)
if not raw then redis.call('SREM', KEYS[2], ARGV[1]) end
return raw
"""

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True)
class Waiting:
    """An entry that waits; ``raw`` is what proves, when it is answered, that it is still the first."""

    raw: bytes
    entry: dict[str, Any]


class Inbox:
    """Takes entries, and removes one only together with recording its answer."""

    def __init__(self, redis: Redis, *, lock_seconds: float = LOCK_SECONDS) -> None:
        self._redis = redis
        self.lock_seconds = lock_seconds
        self._append = redis.register_script(_APPEND)
        self._first = redis.register_script(_FIRST)
        self._answer = redis.register_script(_ANSWER)
        self._renew = redis.register_script(_RENEW)
        self._release = redis.register_script(_RELEASE)

    async def append(
        self, conversation: str, entry: dict[str, Any], *, shown: dict[str, Any] | None = None
    ) -> bool:
        """Queue ``entry`` for an answer; False when its ``cid`` was taken before, and nothing happens then.

        ``entry`` is what a channel sent, or ``{"type": "event", "name": …, …}`` from any process; an event
        without a ``cid`` gets one. ``shown`` is the customer's own message as the outbox shows it. Both hold
        tokens, no personal numbers. Raises ``too_often`` when too many entries wait already.
        """
        cid = str(entry.setdefault("cid", secrets.token_urlsafe(12)))
        taken = await self._append(
            keys=[
                keys.seen(conversation, cid), keys.inbox(conversation), keys.READY, keys.outbox(conversation)
            ],
            args=[
                _json(entry), conversation, MOST_WAITING, keys.SEEN_SECONDS, keys.KEEP_SECONDS, KEPT_ENTRIES,
                keys.NEWS, _json(shown) if shown else "",
            ],
        )  # fmt: skip
        if taken == -1:
            raise CustomerError("too_often", seconds=5)
        return bool(taken)

    async def taken(self, conversation: str, cid: str) -> bool:
        """Whether a message with this id was taken before."""
        return bool(await self._redis.exists(keys.seen(conversation, cid)))

    async def ready(self, limit: int = 200) -> list[str]:
        """Some of the conversations that wait for an answer."""
        return [decoded(name) for name in await self._redis.srandmember(keys.READY, limit) or []]

    async def first(self, conversation: str) -> Waiting | None:
        """The oldest unanswered entry."""
        raw = await self._first(keys=[keys.inbox(conversation), keys.READY], args=[conversation])
        return None if raw is None else Waiting(raw, json.loads(raw))

    async def lock(self, conversation: str) -> str | None:
        """Become the one process that answers this conversation; the token, or None when another is.

        Not ``settlement.redis.locked``: its holder shows the token to the script that records the answer, so
        that one who lost the lock meanwhile records nothing.
        """
        token = secrets.token_urlsafe(12)
        milliseconds = int(self.lock_seconds * 1000)
        won = await self._redis.set(keys.lock(conversation), token, nx=True, px=milliseconds)
        return token if won else None

    async def renew(self, conversation: str, token: str) -> bool:
        """Keep the lock; False when it was lost."""
        milliseconds = int(self.lock_seconds * 1000)
        return bool(await self._renew(keys=[keys.lock(conversation)], args=[token, milliseconds]))

    async def release(self, conversation: str, token: str) -> None:
        """Give the lock back, if it is still ours."""
        await self._release(keys=[keys.lock(conversation)], args=[token])

    async def answer(
        self,
        conversation: str,
        waiting: Waiting,
        token: str,
        *,
        messages: Sequence[dict[str, Any]],
        buttons: Sequence[IssuedButton] | None,
        private: bool,
    ) -> bool:
        """Record the answer to ``waiting`` and remove it, all or nothing.

        ``buttons`` replace those of before (None leaves them). ``private`` closes the outbox up to here to
        whoever is not logged in. False when the lock was lost meanwhile: then nothing was recorded.
        """
        pairs = [part for pair in stored(buttons or ()).items() for part in pair]
        done = await self._answer(
            keys=[
                keys.lock(conversation), keys.inbox(conversation), keys.READY, keys.outbox(conversation),
                keys.buttons(conversation), keys.private(conversation),
            ],
            args=[
                token, waiting.raw, conversation, keys.KEEP_SECONDS, KEPT_ENTRIES, keys.NEWS, int(private),
                int(buttons is not None), len(messages), *map(_json, messages), *pairs,
            ],
        )  # fmt: skip
        return bool(done)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
