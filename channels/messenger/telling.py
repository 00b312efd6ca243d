"""What of an outbox a chat is told next: its answers, results, the question to go on with after the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from channels.delivery import Delivery
from channels.messenger.links import Links, Ticket
from channels.messenger.options import Option
from channels.messenger.render import MOST_BYTES, Rendered, page_need, render
from channels.messenger.state import ChatState, Item
from channels.messenger.texts import Texts
from settlement.conversation.outbox import Outbox
from settlement.errors import CustomerError
from settlement.security.sessions import Sessions

JUST_NOW = 30
"""Entries in which the end of a turn is looked for that is being waited for."""
LOOKED_BACK = 100
"""Entries in which the page's own messages are looked for."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What is to be said up to ``cursor``; ``options`` is None when no question was put."""

    cursor: str
    items: list[Item]
    options: list[Option] | None
    news: str = ""


class Teller:
    """Reads outboxes for one platform; ``prefix`` begins the ids of messages that came from it."""

    def __init__(
        self,
        outbox: Outbox,
        delivery: Delivery,
        sessions: Sessions,
        state: ChatState,
        links: Links,
        texts: Texts,
        prefix: str,
    ) -> None:
        self._outbox = outbox
        self._delivery = delivery
        self._sessions = sessions
        self._state = state
        self._links = links
        self._texts = texts
        self._prefix = prefix

    async def answered(self, conversation: str, cid: str) -> bool:
        """Whether the turn of the message ``cid`` is over."""
        latest = await self._outbox.latest(conversation, limit=JUST_NOW)
        return any(entry["kind"] == "turn_done" and entry["cid"] == cid for entry in latest)

    async def next(self, conversation: str, user: str) -> Told | None:
        """What whole turns have brought since the last time; None when there is nothing new."""
        try:
            session = await self._sessions.get(conversation)
        except CustomerError:
            return None
        entries = await self._delivery.after(session, await self._state.cursor(conversation))
        while entries and entries[-1]["kind"] != "turn_done":
            entries.pop()
        if not entries:
            return None
        chosen, news = await self._chosen(conversation, entries)
        if not chosen:
            return Told(entries[-1]["id"], [], None)
        need = page_need(chosen, self._texts)
        link = await self._links.issue(Ticket(conversation, user)) if need else None
        rendered = render(chosen, self._texts, link)
        asked = any(message["buttons"] or message["card"] for message in chosen)
        return Told(
            entries[-1]["id"], _items(rendered, news), rendered.options if asked or not news else None, news
        )

    async def grown(self, conversation: str) -> bool:
        """Whether the outbox holds more than was handed over."""
        start = await self._state.cursor(conversation)
        return any(e["kind"] == "turn_done" for e in await self._outbox.after(conversation, start))

    async def news(self, conversation: str) -> str:
        """The id of a result that was not handed over yet; "" when there is none."""
        entries = await self._outbox.after(conversation, await self._state.cursor(conversation))
        of_page = await self._of_page(conversation)
        cids = [str(entry["cid"]) for entry in entries if entry["author"] == "assistant"]
        return next((cid for cid in cids if self._origin(cid, of_page) == "event"), "")

    async def _chosen(self, conversation: str, entries: list[Json]) -> tuple[list[Json], str]:
        """The messages to say, and the id of a result among them."""
        of_page = await self._of_page(conversation)
        chosen: list[Json] = []
        news = ""
        for turn in _turns(entries):
            cid = str(turn[0]["cid"])
            messages = [entry for entry in turn if entry["kind"] == "message"]
            origin = self._origin(cid, of_page)
            if origin == "page" and not await self._goes_on_here(conversation, messages):
                continue
            chosen += messages
            news = cid if origin == "event" else news
        return chosen, news

    async def _of_page(self, conversation: str) -> set[str]:
        """Ids of the messages that the customer sent from the page."""
        latest = await self._outbox.latest(conversation, limit=LOOKED_BACK)
        return {str(entry["cid"]) for entry in latest if entry["author"] == "customer"}

    def _origin(self, cid: str, of_page: set[str]) -> Literal["chat", "page", "event"]:
        if cid.startswith(self._prefix):
            return "chat"
        return "page" if cid in of_page or cid.startswith("hello-") else "event"

    async def _goes_on_here(self, conversation: str, messages: list[Json]) -> bool:
        """An answer to the page is for the page, but for a result, and for the question after its purpose."""
        if any((message["card"] or {}).get("card") == "result" for message in messages):
            return True
        if not await self._state.on_page(conversation):
            return False
        if page_need(messages, self._texts) == "needed" or not any(
            message["card"] or message["buttons"] for message in messages
        ):
            return False
        await self._state.called_back(conversation)
        return True


def _turns(entries: list[Json]) -> list[list[Json]]:
    """What the assistant said, by the message that it answers, in the order of the answers."""
    turns: dict[str, list[Json]] = {}
    for entry in entries:
        if entry["author"] == "assistant":
            turns.setdefault(str(entry["cid"]), []).append(entry)
    return list(turns.values())


def _items(rendered: Rendered, news: str) -> list[Item]:
    options = tuple((option.id, option.title) for option in rendered.options)
    last = len(rendered.texts) - 1
    return [
        *(
            Item("text", text, options if place == last else (), news)
            for place, text in enumerate(rendered.texts)
        ),
        *(Item("captcha", captcha) for captcha in rendered.captchas),
    ]


def merged(items: list[Item]) -> list[Item]:
    """Neighbouring texts as one message, as far as one message holds them: each costs one of a few.

    One that was perhaps sent already stays what it was, so that the platform knows it again.
    """
    result: list[Item] = []
    for item in items:
        before = result[-1] if result else None
        joined = f"{before.content}\n\n{item.content}" if before else ""
        alike = before and before.kind == item.kind == "text" and not before.tried
        if before and alike and len(joined.encode()) <= MOST_BYTES:
            result[-1] = Item("text", joined, item.options, item.news or before.news)
        else:
            result.append(item)
    return result
