"""Hands answers over: as the reply that the platform waits for, else on our own account, within quotas."""

from __future__ import annotations

import asyncio

import structlog
from redis.exceptions import RedisError

from channels.messenger.options import Option
from channels.messenger.people import People
from channels.messenger.platform import MENU_BYTES, MENU_ITEMS, Platform, PlatformError, WindowClosedError
from channels.messenger.quota import Quota
from channels.messenger.state import LOCK_SECONDS, REPLY_FIRST_SECONDS, ChatState, Item
from channels.messenger.telling import Teller, merged
from channels.news import News
from settlement.background import SWEEP_PAUSE_SECONDS, repeat
from settlement.conversation.inbox import Inbox
from settlement.errors import CustomerError
from settlement.security.captcha import Captchas
from settlement.stopping import stop_all

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
PAUSE_SECONDS = 3
"""Between tries while the platform does not answer."""
PASSING = {0, -1, 45009}
"""No answer, system busy, too many calls: worth another try."""
NOT_ALLOWED = {40001, 40013, 40014, 41001, 42001, 60011, 60020}
"""Our own configuration is refused, which says nothing of the message."""
AT_ONCE = 32


class Post:
    """The delivery of one platform; several processes share it through Redis."""

    def __init__(
        self,
        platform: Platform,
        people: People,
        state: ChatState,
        quota: Quota,
        teller: Teller,
        captchas: Captchas,
        inbox: Inbox,
        news: News,
        home: str,
    ) -> None:
        self._platform = platform
        self._people = people
        self._state = state
        self._quota = quota
        self._teller = teller
        self._captchas = captchas
        self._inbox = inbox
        self._news = news
        self._home = home
        self._pushing: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    # ── the passive reply ──────────────────────────────────────────────────────────────────────────

    async def passive(self, conversation: str, cid: str, seconds: float) -> str | None:
        """The reply to the message ``cid`` if it is there in time; "" when there is nothing (more) to say."""
        if (earlier := await self._state.reply(conversation, cid)) is not None:
            return earlier
        async with self._state.waiting(conversation):
            with self._news.listen(conversation) as grown:
                loop = asyncio.get_running_loop()
                end = loop.time() + seconds
                while True:
                    grown.clear()
                    if (reply := await self._reply(conversation, cid)) is not None:
                        return reply
                    left = end - loop.time()
                    if left <= 0:
                        return None
                    try:
                        # A hint may be missed, or another process may hold the lock for a moment.
                        await asyncio.wait_for(grown.wait(), min(left, 0.5))
                    except TimeoutError:
                        continue

    async def _reply(self, conversation: str, cid: str) -> str | None:
        """None: not yet."""
        answered = await self._teller.answered(conversation, cid)
        if not (answered or await self._state.over(conversation, cid)):
            return None
        async with self._state.locked(conversation) as won:
            if not won:
                return None
            # The same message was perhaps delivered twice, and answered by another process just now.
            earlier = await self._state.reply(conversation, cid)
            return await self._taken(conversation, cid) if earlier is None else earlier

    async def _taken(self, conversation: str, cid: str) -> str:
        user = await self._people.user_of(conversation)
        if user is None:
            return ""
        told = await self._teller.next(conversation, self._people.digest(user))
        items = merged([*await self._state.queue(conversation), *(told.items if told else [])])
        first = next((item for item in items if item.kind == "text"), None)
        if first is not None:
            items.remove(first)
        if items:
            await self._state.mark_due(conversation)
        await self._state.settle(
            conversation,
            cursor=told.cursor if told else None,
            queue=items,
            options=told.options if told else None,
            reply=(cid, first.content) if first else None,
        )
        return first.content if first else ""

    # ── on our own account ─────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled: send what is due, whoever left it."""
        self._news.watch(self.nudge)
        await repeat("post", self._sweep, pause=SWEEP_SECONDS, longest=SWEEP_PAUSE_SECONDS)

    async def _sweep(self) -> None:
        for conversation in await self._state.due():
            self.nudge(conversation)

    def soon(self, conversation: str) -> None:
        """Send what is left once the passive reply is there."""
        asyncio.get_running_loop().call_later(REPLY_FIRST_SECONDS + 0.05, self.nudge, conversation)

    def nudge(self, conversation: str) -> None:
        """Send what is due in this conversation soon."""
        if conversation in self._pushing:
            return
        task = asyncio.create_task(self._push(conversation))
        self._pushing[conversation] = task
        task.add_done_callback(lambda _: self._pushing.pop(conversation, None))

    async def stop(self) -> None:
        """Let go; what was not sent is due for the next process."""
        await stop_all(self._pushing.values())

    async def _push(self, conversation: str) -> None:
        try:
            async with self._places, asyncio.timeout(LOCK_SECONDS - 2):
                if await self._state.is_due(conversation) and not await self._state.awaited(conversation):
                    async with self._state.locked(conversation) as won:
                        if won:
                            await self._hand_over(conversation)
        except (RedisError, TimeoutError) as error:
            log.warning("post_interrupted", error=type(error).__name__)
        except Exception as error:
            log.exception("post_failed", error=type(error).__name__)

    async def _hand_over(self, conversation: str) -> None:
        user = await self._people.user_of(conversation)
        if user is None:
            return await self._state.done(conversation)
        if await self._state.paused(conversation) or await self._inbox.first(conversation):
            # What is being answered just now goes out with the rest, in one message.
            return None
        digest = self._people.digest(user)
        told = await self._teller.next(conversation, digest) if await self._quota.left(digest) else None
        waiting = await self._state.queue(conversation)
        if told:
            waiting = merged([*waiting, *told.items])
            await self._state.settle(conversation, cursor=told.cursor, queue=waiting, options=told.options)
        elif not await self._quota.left(digest):
            return await self._closed(conversation, user)
        for item in waiting:
            if not await self._quota.left(digest):
                return await self._closed(conversation, user)
            if self._platform.keyed and not item.tried:
                await self._state.trying(conversation, item)
            try:
                await self._send(conversation, user, item)
            except WindowClosedError:
                await self._quota.close(digest)
                return await self._closed(conversation, user)
            except PlatformError as error:
                if error.code in PASSING:
                    return await self._state.pause(conversation, PAUSE_SECONDS)
                if not item.tried or error.code in NOT_ALLOWED:
                    log.warning("message_not_sent", errcode=error.code)
                    if self._platform.keyed:
                        await self._state.trying(conversation, item, tried=item.tried)
                    return await self._state.done(conversation)
                log.info("message_was_sent_before", errcode=error.code)
            await self._quota.spend(digest)
            await self._state.sent(conversation)
        await self._state.done(conversation)
        if await self._teller.grown(conversation):
            await self._state.mark_due(conversation)
        return None

    async def _send(self, conversation: str, user: str, item: Item) -> None:
        if item.kind == "captcha":
            try:
                png = await self._captchas.image(conversation, item.content)
            except CustomerError:  # used or outlived meanwhile
                return
            await self._platform.send_picture(user, png, item.key)
        elif item.options and len(item.options) <= MENU_ITEMS and len(item.content.encode()) <= MENU_BYTES:
            await self._send_menu(user, item)
        else:
            await self._platform.send_text(user, item.content, item.key)

    async def _send_menu(self, user: str, item: Item) -> None:
        """With options to tap; without, for an account that may not send menus: they can be typed as well."""
        try:
            options = [Option(*one) for one in item.options]
            await self._platform.send_menu(user, item.content, options, item.key)
        except WindowClosedError:
            raise
        except PlatformError as error:
            if error.code in PASSING:
                raise
            await self._platform.send_text(user, item.content, item.key)

    async def _closed(self, conversation: str, user: str) -> None:
        """Nothing may be sent: it stays for the user's next words. A result is told of outside the chat."""
        await self._state.done(conversation)
        waiting = await self._state.queue(conversation)
        news = next((item.news for item in waiting if item.news), "") or await self._teller.news(conversation)
        if news and await self._state.once("news", f"{conversation}:{news}"):
            try:
                told = await self._platform.news(user, self._home, news)
            except PlatformError as error:
                log.warning("news_not_sent", errcode=error.code)
            else:
                log.info("news_sent", by_template=told)
