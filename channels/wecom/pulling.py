"""Pulls messages: the callback only says that there are some. The cursor is kept: nothing is missed."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from channels.messenger.desk import Desk
from channels.messenger.platform import PlatformError
from channels.messenger.reception import Said
from channels.wecom.account import Account, user_of
from settlement.background import SWEEP_PAUSE_SECONDS, repeat
from settlement.conversation.keys import KEEP_SECONDS
from settlement.errors import CustomerError
from settlement.identity.broker_code import parse as parse_broker_code
from settlement.redis import decoded, locked
from settlement.stopping import stop_all

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
LOCK_SECONDS = 60
FROM_CUSTOMER, FROM_SYSTEM = 3, 4
WINDOW_CLOSED = {4, 5, 6, 10}
"""48 hours over, chat closed, five messages used up, refused by the customer."""

Json = dict[str, Any]


class Pulling:
    """One process at a time pulls for a customer-service account."""

    def __init__(self, redis: Redis, account: Account, desk: Desk) -> None:
        self._redis = redis
        self._account = account
        self._desk = desk
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def announce(self, open_kfid: str, token: str) -> None:
        """There is something to pull; remembered until it was."""
        await self._redis.hset("messenger:wecom:announced", open_kfid, token)
        self._begin(open_kfid)

    async def run(self) -> None:
        """Until cancelled: pull what another process left."""
        await repeat("pulling", self._sweep, pause=SWEEP_SECONDS, longest=SWEEP_PAUSE_SECONDS)

    async def _sweep(self) -> None:
        for open_kfid in await self._redis.hkeys("messenger:wecom:announced"):
            self._begin(decoded(open_kfid))

    async def stop(self) -> None:
        """Let go; the next process pulls on from the cursor."""
        await stop_all(self._tasks.values())

    def _begin(self, open_kfid: str) -> None:
        if open_kfid not in self._tasks:
            task = asyncio.create_task(self._guarded(open_kfid))
            self._tasks[open_kfid] = task
            task.add_done_callback(lambda _: self._tasks.pop(open_kfid, None))

    async def _guarded(self, open_kfid: str) -> None:
        lock = f"messenger:wecom:lock:{open_kfid}"
        try:
            async with locked(self._redis, lock, LOCK_SECONDS) as won:
                if won:
                    async with asyncio.timeout(LOCK_SECONDS - 5):
                        await self._pull(open_kfid)
        except PlatformError as error:
            log.warning("pull_failed", errcode=error.code)
        except Exception as error:
            log.exception("pull_interrupted", error=type(error).__name__)

    async def _pull(self, open_kfid: str) -> None:
        announced = await self._redis.hget("messenger:wecom:announced", open_kfid)
        while announced is not None:
            await self._pages(open_kfid, decoded(announced))
            # A callback that came meanwhile has another token: then there may be more.
            again = await self._redis.hget("messenger:wecom:announced", open_kfid)
            if again == announced:
                await self._redis.hdel("messenger:wecom:announced", open_kfid)
                return
            announced = again

    async def _pages(self, open_kfid: str, token: str) -> None:
        key = f"messenger:wecom:cursor:{open_kfid}"
        while True:
            kept = await self._redis.get(key)
            page = await self._account.pull(open_kfid, "" if kept is None else decoded(kept), token)
            for message in page.get("msg_list") or []:
                await self._take(message)
            if page.get("next_cursor"):
                await self._redis.set(key, str(page["next_cursor"]), ex=KEEP_SECONDS)
            if not page.get("has_more"):  # may be 1 although this page is empty
                return

    async def _take(self, message: Json) -> None:
        """One message; one that cannot be read must not stop those behind it."""
        try:
            said = await self._said(message)
            if said is not None:
                await self._desk.receive(said)
        except RedisError:
            raise
        except Exception as error:
            log.exception("message_not_read", error=type(error).__name__)

    async def _said(self, message: Json) -> Said | None:
        kind, name = message.get("msgtype"), str(message.get("msgid"))
        if message.get("origin") == FROM_SYSTEM and kind == "event":
            return await self._event(name, message["event"])
        if message.get("origin") != FROM_CUSTOMER:
            return None
        user = user_of(message["open_kfid"], message["external_userid"])
        match kind:
            case "text":
                text = message["text"]
                return Said(user, name, "text", text=text["content"], option=text.get("menu_id", ""))
            case "image":
                return Said(user, name, "photo", media=message["image"]["media_id"])
            case "voice":
                return Said(user, name, "voice")
            case _:
                return Said(user, name, "other")

    async def _event(self, name: str, event: Json) -> Said | None:
        """Entering the chat, and messages that did not arrive although they had been taken."""
        if event.get("event_type") not in {"enter_session", "msg_send_fail"}:
            return None
        user = user_of(event["open_kfid"], event["external_userid"])
        if event["event_type"] == "msg_send_fail":
            log.warning("message_did_not_arrive", fail_type=event.get("fail_type"))
            if event.get("fail_type") in WINDOW_CLOSED:
                await self._desk.quota.close(self._desk.people.digest(user))
            return None
        broker = _broker(event.get("scene_param"))
        if code := event.get("welcome_code"):
            await self._account.keep_welcome(user, code)
            return Said(user, name, "hello", broker=broker, opening="welcome")
        # Whoever wrote or was greeted within 48 hours gets no code; a company's QR code counts all the same.
        return Said(user, name, "hello", broker=broker, opening=None) if broker else None


def _broker(scene: str | None) -> str | None:
    try:
        return parse_broker_code(scene or "")
    except CustomerError:
        return None
