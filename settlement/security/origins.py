"""Where a customer acted from: the network address and the browser, or the account of a chat platform.

Records of consents, of reading and of signing hold it (compliance §5.3). It is personal: sealed wherever it
lies, and never in a log.
"""

from __future__ import annotations

import json
from contextlib import suppress

from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from settlement.conversation.keys import KEEP_SECONDS
from settlement.redis import decoded
from settlement.security.keys import Keyring, UnsealError

LONGEST_ADDRESS = 64
LONGEST_AGENT = 300


class Origin(BaseModel):
    """``address`` as the gateway sees it behind its proxies; ``agent`` as the browser calls itself.

    ``account`` is a keyed digest of the user id at a chat platform. What is not known is empty.
    """

    model_config = ConfigDict(frozen=True)

    address: str = Field(default="", repr=False)
    agent: str = Field(default="", repr=False)
    account: str = ""


UNKNOWN = Origin()


def seen_at(address: str, agent: str) -> Origin:
    """What a request says of itself, cut to what a record can hold; control characters are left out."""
    return Origin(
        address=address[:LONGEST_ADDRESS],
        agent="".join(letter for letter in agent if letter.isprintable())[:LONGEST_AGENT],
    )


class Origins:
    """Whence each conversation's latest message came, from the gateway to the actions."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis = redis
        self._keyring = keyring

    async def by_page(self, conversation: str, origin: Origin) -> None:
        """A browser sent something; the account of a conversation that began in a chat stays known."""
        key = _key(conversation)
        seen = json.dumps([origin.address, origin.agent]).encode()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "seen", self._keyring.seal(seen, key))
            pipe.expire(key, KEEP_SECONDS)
            await pipe.execute()

    async def by_chat(self, conversation: str, account: str) -> None:
        """A chat platform passed something on: its servers' address says nothing of the customer."""
        key = _key(conversation)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "account", account)
            pipe.hdel(key, "seen")
            pipe.expire(key, KEEP_SECONDS)
            await pipe.execute()

    async def of(self, conversation: str) -> Origin:
        """The latest that is known."""
        key = _key(conversation)
        seen, account = await self._redis.hmget(key, ["seen", "account"])
        address, agent = "", ""
        if isinstance(seen, bytes):
            with suppress(UnsealError):  # its key was dropped: a record without is better than no signature
                address, agent = json.loads(self._keyring.unseal(seen, key))
        return Origin(address=address, agent=agent, account=decoded(account) if account else "")


def _key(conversation: str) -> str:
    return f"origin:{conversation}"
