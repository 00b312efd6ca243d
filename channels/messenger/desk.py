"""One platform's whole channel, put together: who writes, what was said, what is answered, and when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis

from channels.delivery import Delivery
from channels.intake import Intake
from channels.messenger.fetching import Fetching
from channels.messenger.links import Links
from channels.messenger.people import People
from channels.messenger.platform import Platform, PlatformError
from channels.messenger.post import Post
from channels.messenger.quota import Quota
from channels.messenger.reception import Reception, Said
from channels.messenger.state import ChatState
from channels.messenger.telling import Teller
from channels.messenger.texts import Texts
from channels.news import News
from channels.photos import Photos
from channels.turns import Turns
from channels.wording import Wording
from settlement.conversation.inbox import Inbox
from settlement.conversation.outbox import Outbox
from settlement.security.captcha import Captchas
from settlement.security.keys import Keyring
from settlement.security.limits import Limits
from settlement.security.sessions import Sessions


@dataclass(frozen=True)
class Parts:
    """What a channel needs of the gateway."""

    redis: Redis
    keyring: Keyring
    sessions: Sessions
    captchas: Captchas
    limits: Limits
    inbox: Inbox
    intake: Intake
    delivery: Delivery
    news: News
    photos: Photos
    turns: Turns
    wording: Wording
    texts: Texts


class Part(Protocol):
    """Something that runs beside the requests."""

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


class Desk:
    """``door``: the path under which the page lets this platform's users in; ``home``: the link of news."""

    def __init__(self, platform: Platform, parts: Parts, public_url: str, door: str, home: str) -> None:
        self.platform = platform
        self.texts = parts.texts
        self.sessions = parts.sessions
        self.people = People(parts.redis, parts.keyring, parts.sessions, platform.name)
        self.state = ChatState(parts.redis, parts.keyring, platform.name)
        self.quota = Quota(parts.redis, platform.name)
        self.links = Links(parts.redis, public_url, door)
        teller = Teller(
            Outbox(parts.redis),
            parts.delivery,
            parts.sessions,
            self.state,
            self.links,
            parts.texts,
            platform.prefix,
        )
        self.post = Post(
            platform, self.people, self.state, self.quota, teller, parts.captchas, parts.inbox, parts.news,
            public_url.rstrip("/") + home,
        )  # fmt: skip
        self.fetching = Fetching(
            parts.redis, platform, self.state, parts.photos, parts.intake, parts.inbox, parts.turns,
            parts.sessions, parts.limits, parts.wording, parts.texts,
        )  # fmt: skip
        self.reception = Reception(
            platform.prefix, self.people, self.state, self.quota, parts.intake, parts.inbox, parts.turns,
            parts.sessions, parts.limits, self.fetching, parts.wording, parts.texts,
        )  # fmt: skip
        self.also: list[Part] = [self.post, self.fetching]
        """What runs as long as the gateway does."""
        parts.turns.before_answer.append(self._before_answer)

    async def _before_answer(self, conversation: str) -> None:
        # Marked before the answer is recorded: a process killed right after it leaves nothing unsent.
        if await self.people.user_of(conversation) is not None:
            await self.state.mark_due(conversation)

    async def answer(self, said: Said, seconds: float) -> str:
        """The passive reply to ``said`` within ``seconds``; "" when the answer comes later, or never."""
        received = await self.reception.take(said)
        if not received.conversation:
            return ""
        if received.answer is not None:
            if received.answer:
                await self.state.remember(received.conversation, received.cid, received.answer)
            return received.answer
        reply = await self.post.passive(received.conversation, received.cid, seconds)
        if reply is None:
            await self._show_typing(said.user)
        self.post.soon(received.conversation)
        return reply or ""

    async def receive(self, said: Said) -> None:
        """Take ``said`` in on a platform without passive replies."""
        received = await self.reception.take(said)
        if received.answer and received.conversation:
            await self.state.say(received.conversation, received.cid, received.answer)

    async def _show_typing(self, user: str) -> None:
        try:
            async with asyncio.timeout(0.5):
                await self.platform.typing(user)
        except (PlatformError, TimeoutError):
            return

    async def run(self) -> None:
        """Until cancelled: send what is due and fetch what is waiting."""
        await asyncio.gather(*(part.run() for part in self.also))

    async def stop(self) -> None:
        """Let go; other processes go on."""
        for part in self.also:
            await part.stop()
        await self.platform.close()
