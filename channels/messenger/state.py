"""What is remembered of a conversation in a chat: how far it was told, what waits, what was answered.

Everything lives in Redis, so that any gateway process goes on where another one was killed. What waits holds
values already put in, and is therefore sealed.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from redis.asyncio import Redis

from channels.messenger.options import Option
from settlement.conversation.keys import KEEP_SECONDS, NEWS
from settlement.conversation.outbox import FIRST
from settlement.redis import decoded, locked
from settlement.security.keys import Keyring, UnsealError

LOCK_SECONDS = 30
WAITING_SECONDS = 6.0
REPLY_FIRST_SECONDS = 0.4
REPLY_SECONDS = 60
QUEUE_SECONDS = 86_400
OPTIONS_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Item:
    """One message to send. ``news``: the result that it tells of, for a template message if need be.

    ``tried``: it was perhaps sent already; ``key`` tells the platform so.
    """

    kind: Literal["text", "captcha"]
    content: str
    options: tuple[tuple[str, str], ...] = ()
    news: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    tried: bool = False


class ChatState:
    """State of the conversations of one platform."""

    def __init__(self, redis: Redis, keyring: Keyring, platform: str) -> None:
        self._redis = redis
        self._keyring = keyring
        self._platform = platform

    # ── how far it was told ────────────────────────────────────────────────────────────────────────

    async def cursor(self, conversation: str) -> str:
        """The outbox position up to which everything was handed over."""
        raw = await self._redis.get(self._key("cursor", conversation))
        return FIRST if raw is None else decoded(raw)

    async def queue(self, conversation: str) -> list[Item]:
        """What waits to be sent, oldest first."""
        key = self._key("queue", conversation)
        rows = await self._redis.lrange(key, 0, -1)
        return [item for row in rows if (item := self._opened(key, row)) is not None]

    async def settle(
        self,
        conversation: str,
        *,
        cursor: str | None,
        queue: Sequence[Item],
        options: Sequence[Option] | None,
        reply: tuple[str, str] | None = None,
    ) -> None:
        """Record at once: told up to ``cursor``, ``queue`` is left to send, ``reply`` answers a message."""
        key = self._key("queue", conversation)
        async with self._redis.pipeline(transaction=True) as pipe:
            if cursor is not None:
                pipe.set(self._key("cursor", conversation), cursor, ex=KEEP_SECONDS)
            pipe.delete(key)
            if queue:
                pipe.rpush(key, *(self._sealed(key, asdict(item)) for item in queue))
                pipe.expire(key, QUEUE_SECONDS)
            if options is not None:
                shown = json.dumps([asdict(option) for option in options], ensure_ascii=False)
                pipe.set(self._key("options", conversation), shown, ex=OPTIONS_SECONDS)
            if reply is not None:
                cid, text = reply
                kept = self._key("reply", f"{conversation}:{cid}")
                pipe.set(kept, self._sealed(kept, {"text": text}), ex=REPLY_SECONDS)
            await pipe.execute()

    async def trying(self, conversation: str, first: Item, *, tried: bool = True) -> None:
        """``first`` of what waits is being sent now; ``tried=False``: it was not sent for certain."""
        key = self._key("queue", conversation)
        sealed = self._sealed(key, asdict(replace(first, tried=tried)))
        await self._redis.lset(key, 0, sealed)  # type: ignore[arg-type]  # takes bytes, as rpush does

    async def sent(self, conversation: str) -> None:
        """The first of what waits was sent."""
        await self._redis.lpop(self._key("queue", conversation))

    async def remember(self, conversation: str, cid: str, text: str) -> None:
        """``text`` was the reply to the message ``cid``."""
        key = self._key("reply", f"{conversation}:{cid}")
        await self._redis.set(key, self._sealed(key, {"text": text}), ex=REPLY_SECONDS)

    async def say(self, conversation: str, cid: str, text: str) -> None:
        """Say ``text`` outside a turn, once a message ``cid``."""
        await self.add(conversation, cid, Item("text", text))

    async def add(self, conversation: str, cid: str, item: Item) -> None:
        """Something to say outside a turn, as the whole answer to the message ``cid``; once."""
        if not await self._redis.set(self._key("over", f"{conversation}:{cid}"), 1, nx=True, ex=KEEP_SECONDS):
            return
        key = self._key("queue", conversation)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.rpush(key, self._sealed(key, asdict(item)))
            pipe.expire(key, QUEUE_SECONDS)
            pipe.sadd(self._due, conversation)
            pipe.publish(NEWS, conversation)
            await pipe.execute()

    async def over(self, conversation: str, cid: str) -> bool:
        """Whether ``add`` answered the message ``cid``."""
        return bool(await self._redis.exists(self._key("over", f"{conversation}:{cid}")))

    async def reply(self, conversation: str, cid: str) -> str | None:
        """The passive reply that a message was given before: a repeated delivery gets the same."""
        key = self._key("reply", f"{conversation}:{cid}")
        raw = await self._redis.get(key)
        found = None if raw is None else self._opened_json(key, raw)
        return None if found is None else str(found["text"])

    async def options(self, conversation: str) -> list[Option]:
        """The numbered options as they were last shown."""
        raw = await self._redis.get(self._key("options", conversation))
        return [] if raw is None else [Option(**one) for one in json.loads(raw)]

    # ── who sends ──────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def waiting(self, conversation: str) -> AsyncIterator[None]:
        """While the platform waits for a passive reply, and a moment longer so that the reply is there first,
        nobody sends on our own account.
        """
        key, mine = self._key("waiting", conversation), secrets.token_hex(6)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(key, {mine: time.time() + WAITING_SECONDS})
            pipe.expire(key, 60)
            await pipe.execute()
        try:
            yield
        finally:
            await self._redis.zadd(key, {mine: time.time() + REPLY_FIRST_SECONDS})

    async def awaited(self, conversation: str) -> bool:
        """Whether some process waits to give a passive reply."""
        return bool(await self._redis.zcount(self._key("waiting", conversation), time.time(), "+inf"))

    def locked(self, conversation: str) -> AbstractAsyncContextManager[bool]:
        """Become the only one who hands over; False when another process does."""
        return locked(self._redis, self._key("lock", conversation), LOCK_SECONDS)

    # ── what is due ────────────────────────────────────────────────────────────────────────────────

    async def mark_due(self, conversation: str) -> None:
        """Something may have to be sent; remembered until it was looked after."""
        await self._redis.sadd(self._due, conversation)

    async def done(self, conversation: str) -> None:
        """Nothing is due for now."""
        await self._redis.srem(self._due, conversation)

    async def is_due(self, conversation: str) -> bool:
        """Whether something may be due here."""
        return bool(await self._redis.sismember(self._due, conversation))

    async def pause(self, conversation: str, seconds: int) -> None:
        """Try no more for ``seconds``."""
        await self.flag("pause", conversation, seconds)

    async def paused(self, conversation: str) -> bool:
        """Whether a try failed just now."""
        return await self.flagged("pause", conversation)

    async def due(self, limit: int = 200) -> list[str]:
        """Some of the conversations that something may be due for."""
        return [decoded(name) for name in await self._redis.srandmember(self._due, limit) or []]

    # ── the way to the page and back ───────────────────────────────────────────────────────────────

    async def went_to_page(self, conversation: str) -> None:
        """The user opened the page from the chat."""
        await self.flag("page", conversation, QUEUE_SECONDS)

    async def on_page(self, conversation: str) -> bool:
        """Whether the user went to the page and was not called back yet."""
        return await self.flagged("page", conversation)

    async def called_back(self, conversation: str) -> None:
        """The chat goes on."""
        await self.unflag("page", conversation)

    async def once(self, what: str, name: str, seconds: int = QUEUE_SECONDS) -> bool:
        """True the first time that this is asked, in the whole fleet."""
        return bool(await self._redis.set(self._key(what, name), 1, nx=True, ex=seconds))

    async def flag(self, what: str, name: str, seconds: int) -> None:
        """Remember for a while."""
        await self._redis.set(self._key(what, name), 1, ex=seconds)

    async def flagged(self, what: str, name: str) -> bool:
        """Whether it is remembered."""
        return bool(await self._redis.exists(self._key(what, name)))

    async def unflag(self, what: str, name: str) -> bool:
        """Forget; whether it was remembered."""
        return bool(await self._redis.delete(self._key(what, name)))

    # ── keys and seals ─────────────────────────────────────────────────────────────────────────────

    @property
    def _due(self) -> str:
        return f"messenger:due:{self._platform}"

    def _key(self, what: str, name: str) -> str:
        return f"messenger:{what}:{self._platform}:{name}"

    def _sealed(self, key: str, value: dict[str, Any]) -> bytes:
        return self._keyring.seal(json.dumps(value, ensure_ascii=False).encode(), key)

    def _opened_json(self, key: str, raw: object) -> dict[str, Any] | None:
        try:
            return dict(json.loads(self._keyring.unseal(raw, key))) if isinstance(raw, bytes) else None
        except UnsealError:
            return None

    def _opened(self, sealed_as: str, raw: object) -> Item | None:
        found = self._opened_json(sealed_as, raw)
        if not found:
            return None
        options = tuple((str(one), str(other)) for one, other in found["options"])
        key = found.get("key") or secrets.token_hex(16)
        return Item(found["kind"], found["content"], options, found["news"], key, bool(found.get("tried")))
