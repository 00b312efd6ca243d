"""Takes in what a platform's user sent: finds conversation and option, and queues the turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from channels.intake import Intake
from channels.limits import MESSAGES
from channels.messenger.fetching import Fetching
from channels.messenger.options import chosen
from channels.messenger.people import People
from channels.messenger.quota import Opening, Quota
from channels.messenger.state import ChatState
from channels.messenger.texts import Texts
from channels.turns import Turns
from channels.wording import Wording
from settlement.contract import ButtonMessage, Inbound, TextMessage
from settlement.conversation.inbox import Inbox
from settlement.conversation.keys import KEEP_SECONDS
from settlement.errors import CustomerError
from settlement.security.limits import Limits
from settlement.security.sessions import Sessions

UNBIND_SECONDS = 300

Kind = Literal["text", "photo", "voice", "other", "hello", "menu", "left"]


@dataclass(frozen=True)
class Said:
    """One message or event. ``id`` is the platform's, the same in every repetition of it.

    ``opening``: what it lets us send on our own account afterwards, if anything.
    """

    user: str
    id: str
    kind: Kind
    text: str = ""
    option: str = ""
    media: str = ""
    broker: str | None = None
    opening: Opening | None = "words"


@dataclass(frozen=True)
class Received:
    """Where the answer will appear; ``answer`` when the channel answers at once, by itself."""

    conversation: str
    cid: str
    answer: str | None = None


class Reception:
    """The front door of one platform."""

    def __init__(
        self,
        prefix: str,
        people: People,
        state: ChatState,
        quota: Quota,
        intake: Intake,
        inbox: Inbox,
        turns: Turns,
        sessions: Sessions,
        limits: Limits,
        fetching: Fetching,
        wording: Wording,
        texts: Texts,
    ) -> None:
        self._prefix = prefix
        self._people = people
        self._state = state
        self._quota = quota
        self._intake = intake
        self._inbox = inbox
        self._turns = turns
        self._sessions = sessions
        self._limits = limits
        self._fetching = fetching
        self._wording = wording
        self._texts = texts

    async def take(self, said: Said) -> Received:
        """Queue the turn, once however often the platform delivers it; what is wrong is answered at once."""
        cid = f"{self._prefix}{said.id:0>8}"
        if said.kind == "left":
            return Received("", cid, await self._left(said.user))
        conversation = await self._people.arrive(said.user)
        digest = self._people.digest(said.user)
        received = Received(conversation, cid)
        repeated = await self._inbox.taken(conversation, cid)
        if repeated or await self._state.reply(conversation, cid) is not None:
            self._turns.nudge(conversation)
            return received
        if said.opening:
            await self._quota.open(digest, said.opening)
        try:
            await self._limits.hit("messages", conversation, MESSAGES)
            answer = await self._queued(said, conversation, cid)
        except CustomerError as error:
            answer = self._wording.error(error.code, error.facts)
        except ValidationError:  # longer than any message of ours
            answer = self._wording.error("request_too_large")
        return Received(conversation, cid, answer)

    async def _queued(self, said: Said, conversation: str, cid: str) -> str | None:
        notices = self._texts.notices
        if said.kind in {"voice", "other"}:
            return notices.voice if said.kind == "voice" else notices.other
        await self._greet(said, conversation, cid)
        if said.kind == "photo":
            await self._fetching.add(conversation, cid, said.media)
        elif said.kind in {"text", "menu"}:
            if (answer := await self._unbinding(said, conversation)) is not None:
                return answer
            await self._say(conversation, await self._meant(said, conversation, cid))
        await self._sessions.touch(conversation)
        self._turns.nudge(conversation)
        return None

    async def _greet(self, said: Said, conversation: str, cid: str) -> None:
        """The first words are greeted before they are answered; a crash in between greets all the same."""
        first = not await self._state.flagged("greeted", conversation)
        if first or said.kind == "hello":
            event: dict[str, Any] = {"type": "event", "name": "hello"}
            event["cid"] = cid if said.kind == "hello" else f"{self._prefix}hello-first"
            await self._inbox.append(conversation, event | ({"broker": said.broker} if said.broker else {}))
            await self._state.flag("greeted", conversation, KEEP_SECONDS)

    async def _meant(self, said: Said, conversation: str, cid: str) -> Inbound:
        """The button that the words choose, else the words."""
        if said.option:
            return ButtonMessage(type="button", cid=cid, button=said.option)
        option = chosen(said.text, await self._state.options(conversation)) if said.kind == "text" else None
        if option:
            return ButtonMessage(type="button", cid=cid, button=option.id)
        return TextMessage(type="text", cid=cid, text=said.text)

    async def _say(self, conversation: str, message: Inbound) -> None:
        taken = await self._intake.take(await self._sessions.get(conversation), message)
        await self._inbox.append(conversation, taken.entry, shown=taken.shown)

    async def _unbinding(self, said: Said, conversation: str) -> str | None:
        """Unbinding needs a second sentence within five minutes; it is nothing that Rasa knows of."""
        notices, words = self._texts.notices, said.text.strip().rstrip("。.!！")
        if words in self._texts.unbind.ask:
            await self._state.flag("unbind", conversation, UNBIND_SECONDS)
            return notices.unbind_ask
        if words in self._texts.unbind.confirm and await self._state.unflag("unbind", conversation):
            done = await self._people.unbind(conversation)
            return notices.unbind_done if done else notices.unbind_none
        return None

    async def _left(self, user: str) -> str:
        conversation = await self._people.conversation_of(user)
        if conversation:
            await self._people.unbind(conversation)
        return ""
