"""Answers what waits in the inboxes: one turn at a time in a conversation, many conversations at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from redis.exceptions import RedisError

from channels.compose import Composed, compose
from channels.rasa import NoAnswerError, Rasa
from channels.wording import FALLBACK, Wording
from settlement import clock
from settlement.background import SWEEP_PAUSE_SECONDS, repeat
from settlement.conversation.buttons import Buttons
from settlement.conversation.inbox import Inbox, Waiting
from settlement.errors import CustomerError
from settlement.security.sessions import DeviceCheck, Session, Sessions
from settlement.stopping import stop_all

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
TURNS_AT_ONCE = 64
EVENT_PAUSES_SECONDS = (2.0, 5.0, 15.0)
"""Waits before an event is tried again: nobody sits there whom an apology would serve."""


class Turns:
    """The worker of one gateway process; several processes share the work through the inboxes' locks."""

    def __init__(
        self, inbox: Inbox, buttons: Buttons, sessions: Sessions, rasa: Rasa, wording: Wording
    ) -> None:
        self._inbox = inbox
        self._buttons = buttons
        self._sessions = sessions
        self._rasa = rasa
        self._wording = wording
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)
        self.before_answer: list[Callable[[str], Awaitable[None]]] = []

    async def run(self) -> None:
        """Until cancelled: pick up what other processes left or appended."""
        await repeat("turns", self._sweep, pause=SWEEP_SECONDS, longest=SWEEP_PAUSE_SECONDS)

    async def _sweep(self) -> None:
        for conversation in await self._inbox.ready():
            self.nudge(conversation)

    def nudge(self, conversation: str) -> None:
        """Answer this conversation soon, unless that is under way."""
        if conversation in self._serving:
            self._again.add(conversation)
            return
        task = asyncio.create_task(self._serve(conversation))
        self._serving[conversation] = task
        task.add_done_callback(lambda _: self._served(conversation))

    async def stop(self) -> None:
        """Give up turns under way; their entries stay in the inbox."""
        await stop_all(self._serving.values())

    def _served(self, conversation: str) -> None:
        task = self._serving.pop(conversation)
        repeat = conversation in self._again and not task.cancelled()
        self._again.discard(conversation)
        if repeat:
            self.nudge(conversation)

    async def _serve(self, conversation: str) -> None:
        try:
            async with self._places, self._locked(conversation) as token:
                while token and (waiting := await self._inbox.first(conversation)):
                    if not await self._turn(conversation, waiting, token):
                        log.warning("turn_lock_lost")
                        return
        except Exception as error:
            # The entry stays where it is; the sweep comes back to it.
            log.exception("turns_interrupted", error=type(error).__name__)

    @asynccontextmanager
    async def _locked(self, conversation: str) -> AsyncIterator[str | None]:
        token = await self._inbox.lock(conversation)
        if token is None:
            yield None
            return
        renewal = asyncio.create_task(self._renew(conversation, token))
        try:
            yield token
        finally:
            renewal.cancel()
            await self._inbox.release(conversation, token)

    async def _renew(self, conversation: str, token: str) -> None:
        while True:
            await asyncio.sleep(self._inbox.lock_seconds / 3)
            try:
                await self._inbox.renew(conversation, token)
            except RedisError as error:
                log.warning("turn_lock_not_renewed", error=type(error).__name__)

    async def _turn(self, conversation: str, waiting: Waiting, token: str) -> bool:
        entry, cid = waiting.entry, str(waiting.entry["cid"])
        unasked = entry["type"] == "event" and entry["name"] != "hello"
        try:
            message, metadata = await self._message(await self._sessions.get(conversation), entry)
            composed = await self._answer(conversation, message, metadata, cid, unasked=unasked)
        except RedisError:
            raise
        except Exception as error:
            # An entry that cannot be read must not block those behind it for ever.
            log.exception("turn_failed", error=type(error).__name__, type=entry.get("type"))
            composed = None
        if composed is None:
            composed = Composed() if unasked else await self._apology(conversation, cid)
        for told in self.before_answer:
            await told(conversation)
        over = {"kind": "turn_done", "author": "assistant", "cid": cid, "progress": composed.progress}
        # An event that brings no choice of its own leaves the customer's open question open.
        keep_buttons = unasked and not composed.buttons
        return await self._inbox.answer(
            conversation,
            waiting,
            token,
            messages=[*composed.messages, over],
            buttons=None if keep_buttons else composed.buttons,
            private=await self._logged_in(conversation),
        )

    async def _logged_in(self, conversation: str) -> bool:
        try:
            return (await self._sessions.get(conversation)).logged_in
        except CustomerError:  # the session has outlived its days
            return False

    async def _message(self, session: Session, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The text and metadata that Rasa gets for an inbox entry."""
        metadata: dict[str, Any] = {"channel": session.channel, "cid": entry["cid"]}
        match entry["type"]:
            case "text":
                return entry["text"], metadata
            case "button":
                found = await self._buttons.find(session.conversation, entry["button"])
                return (found.payload if found else "/button_expired"), {**metadata, "button": True}
            case "upload":
                return "/upload", {**metadata, "upload": entry["upload"]}
            case "fields":
                return "/fill", {**metadata, "fields": entry["fields"]}
            case "device":
                measured = {name: entry.get(name) for name in DeviceCheck.model_fields if name != "at"}
                session.device = DeviceCheck(**measured, at=clock.now())
                await self._sessions.save(session)
                return "/device_checked", metadata
            case _:
                facts = {key: value for key, value in entry.items() if key not in {"type", "name", "cid"}}
                return f"/{entry['name']}" + (
                    json.dumps(facts, ensure_ascii=False) if facts else ""
                ), metadata

    async def _answer(
        self, conversation: str, message: str, metadata: dict[str, Any], cid: str, *, unasked: bool
    ) -> Composed | None:
        """Rasa's answer; None when it gave none. An event is tried longer, and may go unanswered."""
        for pause in (*(EVENT_PAUSES_SECONDS if unasked else ()), None):
            try:
                answers = await self._rasa.ask(conversation, message, metadata)
            except NoAnswerError as error:
                log.warning("rasa_gave_no_answer", reason=str(error), again_in=pause)
                if pause is not None:
                    await asyncio.sleep(pause)
                continue
            composed = compose(answers, cid)
            if composed.messages or unasked:
                return composed
            log.warning("rasa_answered_nothing")
        return None

    async def _apology(self, conversation: str, cid: str) -> Composed:
        """Our regret, with the choices of before under it, so that the customer can try once more."""
        composed = Composed()
        text = self._wording.error(FALLBACK)
        message: dict[str, Any] = {"kind": "message", "author": "assistant", "cid": cid, "text": text}
        before = await self._buttons.current(conversation)
        composed.add_buttons(message, [(button.title, button.payload) for button in before])
        composed.messages.append(message)
        return composed
