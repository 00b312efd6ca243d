"""One-time codes of the login SMS: six digits, five minutes, five tries, kept as a keyed digest."""

from __future__ import annotations

import secrets

from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.redis import decoded
from settlement.security.digits import digit
from settlement.security.keys import Keyring

TTL_SECONDS = 300
TRIES = 5
LENGTH = 6

# Counts the try and compares in one step, so that parallel tries cannot be more than five. A locked code
# stays until its time is over, and says so; a right one is gone.
_CHECK = """
local kept = redis.call('HGET', KEYS[1], 'digest')
if not kept then return {'expired', 0} end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
local left = tonumber(ARGV[2]) - tries
if left < 0 then return {'locked', 0} end
if kept == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return {'right', left}
end
if left == 0 then return {'locked', 0} end
return {'wrong', left}
"""


class Codes:
    """Codes belong to a conversation and a subject, such as the digest of who wants to log in."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis = redis
        self._keyring = keyring
        self._check = redis.register_script(_CHECK)

    async def issue(self, conversation: str, subject: str) -> str:
        """A new code, which takes the place of an earlier one for the same subject."""
        code = "".join(secrets.choice("0123456789") for _ in range(LENGTH))
        key = _key(conversation, subject)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            pipe.hset(key, mapping={"digest": self._digest(conversation, subject, code), "tries": 0})
            pipe.expire(key, TTL_SECONDS)
            await pipe.execute()
        return code

    async def check(self, conversation: str, subject: str, code: str) -> None:
        """Use up the code. CustomerError: ``code_wrong`` (``left`` tries), code_expired, code_locked."""
        typed = "".join(str(value) for character in code if (value := digit(character)) is not None)
        digest = self._digest(conversation, subject, typed)
        result, left = await self._check(keys=[_key(conversation, subject)], args=[digest, TRIES])
        match decoded(result):
            case "right":
                return
            case "wrong":
                raise CustomerError("code_wrong", left=int(left))
            case "locked":
                raise CustomerError("code_locked")
        raise CustomerError("code_expired")

    def _digest(self, conversation: str, subject: str, code: str) -> str:
        return self._keyring.digest(f"{conversation}:{subject}:{code}", "one-time-code")


def _key(conversation: str, subject: str) -> str:
    return f"code:{conversation}:{subject}"
