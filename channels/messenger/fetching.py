"""Fetches the photos that users sent to a platform: each once in the fleet, again after a crash."""

from __future__ import annotations

import asyncio
import json

import structlog
from redis.asyncio import Redis

from channels.intake import Intake
from channels.limits import UPLOADS
from channels.messenger.platform import MediaGoneError, Platform, PlatformError
from channels.messenger.state import ChatState
from channels.messenger.texts import Texts
from channels.photos import Photos
from channels.turns import Turns
from channels.wording import Wording
from settlement.background import SWEEP_PAUSE_SECONDS, repeat
from settlement.contract import UploadMessage
from settlement.conversation.inbox import Inbox
from settlement.errors import CustomerError
from settlement.redis import decoded, locked
from settlement.security.limits import Limits
from settlement.security.sessions import Sessions
from settlement.stopping import stop_all

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
ONE_AT_A_TIME_SECONDS = 40
TRY_SECONDS = 35
MOST_TRIES = 5
AT_ONCE = 16
"""Well below the connections to the platform, so that answers need not wait for photos."""


class Fetching:
    """The photos of one platform that are still to be fetched."""

    def __init__(
        self,
        redis: Redis,
        platform: Platform,
        state: ChatState,
        photos: Photos,
        intake: Intake,
        inbox: Inbox,
        turns: Turns,
        sessions: Sessions,
        limits: Limits,
        wording: Wording,
        texts: Texts,
    ) -> None:
        self._redis = redis
        self._platform = platform
        self._state = state
        self._photos = photos
        self._intake = intake
        self._inbox = inbox
        self._turns = turns
        self._sessions = sessions
        self._limits = limits
        self._wording = wording
        self._texts = texts
        self._key = f"messenger:photos:{platform.name}"
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def add(self, conversation: str, cid: str, media: str) -> None:
        """Remember a photo, and begin to fetch it."""
        name = json.dumps([conversation, cid, media])
        await self._redis.hsetnx(self._key, name, 0)
        self._begin(name)

    async def run(self) -> None:
        """Until cancelled: fetch what another process left."""
        await repeat("photos", self._sweep, pause=SWEEP_SECONDS, longest=SWEEP_PAUSE_SECONDS)

    async def _sweep(self) -> None:
        for name in await self._redis.hkeys(self._key):
            self._begin(decoded(name))

    async def stop(self) -> None:
        """Let go; what was begun is fetched by the next process."""
        await stop_all(self._tasks.values())

    def _begin(self, name: str) -> None:
        if name not in self._tasks:
            task = asyncio.create_task(self._guarded(name))
            self._tasks[name] = task
            task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def _guarded(self, name: str) -> None:
        conversation, cid, media = json.loads(name)
        lock = f"{self._key}:lock:{conversation}:{cid}"
        try:
            async with self._places, locked(self._redis, lock, ONE_AT_A_TIME_SECONDS) as won:
                waits = won and await self._redis.hexists(self._key, name)
                if waits and await self._fetched(name, conversation, cid, media):
                    await self._redis.hdel(self._key, name)
        except Exception as error:
            log.exception("photo_not_fetched", error=type(error).__name__)

    async def _fetched(self, name: str, conversation: str, cid: str, media: str) -> bool:
        """False when it is worth another try; after a few the customer is told."""
        tries = await self._redis.hincrby(self._key, name, 1)
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self._store(conversation, cid, media)
        except CustomerError as error:
            await self._refused(conversation, cid, self._wording.error(error.code, error.facts))
        except MediaGoneError:
            await self._refused(conversation, cid, self._texts.notices.photo_failed)
        except Exception as error:  # the platform, or where photos are kept: later perhaps
            if not isinstance(error, PlatformError):
                log.exception("photo_not_fetched", error=type(error).__name__)
            if tries < MOST_TRIES:
                return False
            await self._refused(conversation, cid, self._texts.notices.photo_failed)
        self._turns.nudge(conversation)
        return True

    async def _store(self, conversation: str, cid: str, media: str) -> None:
        session = await self._sessions.get(conversation)
        await self._limits.hit("uploads", conversation, UPLOADS)
        upload = await self._photos.store(session, await self._platform.photo(media))
        taken = await self._intake.take(session, UploadMessage(type="upload", cid=cid, upload=upload.id))
        await self._inbox.append(conversation, taken.entry, shown=taken.shown)

    async def _refused(self, conversation: str, cid: str, words: str) -> None:
        await self._state.say(conversation, cid, words)
