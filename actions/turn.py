"""One turn: what the customer sent, the server's own record of who they are, and how to answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.core import Core
from settlement.brokers.schema import Broker
from settlement.cases.inputs import Owner, Source
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.security.sessions import Session
from settlement.security.vault import Kind, tokens_in

FORM = "settlement_form"
LISTEN = "action_listen"
ACTED = {"action", "action_execution_rejected"}

Json = dict[str, Any]
Slots = dict[str, str | None]


class Turn:
    """What an action may know of this turn; personal values only as vault tokens until ``open`` is called."""

    def __init__(
        self, core: Core, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Json, session: Session
    ) -> None:
        self.core = core
        self.session = session
        self.tracker = tracker
        self._dispatcher = dispatcher
        self._domain = domain
        self._case: CaseView | None = None
        message: Json = tracker.latest_message or {}
        self.metadata: Json = message.get("metadata") or {}
        intent: Json = message.get("intent") or {}
        self.intent: str = intent.get("name") or ""
        # ``faq/<id>`` when the message is a question.
        self.question: str = intent.get("full_retrieval_intent_name") or ""
        self.entities: dict[str, str] = {
            e["entity"]: str(e["value"]) for e in message.get("entities") or [] if e.get("value") is not None
        }
        # Payloads begin with "/"; the gateway takes that sign away from everything that a person types.
        self.text: str = "" if (message.get("text") or "").startswith("/") else (message.get("text") or "")

    @classmethod
    async def of(cls, core: Core, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Json) -> Turn:
        """The turn that Rasa asks about, with the session read from the server's own store."""
        core.brokers.reload_if_changed()
        return cls(core, dispatcher, tracker, domain, await core.sessions.get(tracker.sender_id))

    # ── what was sent ──────────────────────────────────────────────────────────────────────────────

    @property
    def conversation(self) -> str:
        """The conversation's id, issued by the server."""
        return self.session.conversation

    @property
    def choice(self) -> str | None:
        """The choice of a tapped button; words that look like one are none (R-094)."""
        tapped = self.intent == "choose" and self.metadata.get("button") is True
        return self.entities.get("choice") if tapped else None

    @property
    def item(self) -> str | None:
        """What the tapped button's choice is about, e.g. a case number."""
        return self.entities.get("item") if self.choice else None

    @property
    def upload(self) -> Json | None:
        """The photo of this turn: ``{id, kind, sha256, width, height}``."""
        return self.metadata.get("upload") if self.intent == "upload" else None

    @property
    def fields(self) -> dict[str, str]:
        """Values typed into a card's own fields, as tokens where they are personal."""
        return self.metadata.get("fields") or {} if self.intent == "fill" else {}

    def token(self, kind: Kind, field: str | None = None) -> str | None:
        """The token of that kind in this turn: from the card's field, or among the words."""
        typed = self.fields.get(field or kind.value)
        if typed:
            return typed
        found = tokens_in(self.text, kind)
        return found[0] if found else None

    def any_token(self) -> str | None:
        """Any number that the customer typed, whatever it was taken for."""
        found = [token for typed in (*self.fields.values(), self.text) for token in tokens_in(typed)]
        return found[0] if found else None

    async def spoken(self) -> str:
        """The words of this turn as they were said: for reading alone, never to be kept or repeated."""
        text = self.text
        for token in tokens_in(text):
            text = text.replace(token, await self.open(token))
        return text

    async def open(self, token: str) -> str:
        """The value behind a token of this conversation; ``CustomerError("value_expired")`` if it is gone."""
        return await self.core.vault.open(self.conversation, token)

    async def hide(self, kind: Kind, value: str, *, full: bool = False) -> str:
        """A token for ``value``; ``full`` where the customer must compare it."""
        return await self.core.vault.put(self.conversation, kind, value, full=full)

    # ── who it is ──────────────────────────────────────────────────────────────────────────────────

    @property
    def broker(self) -> Broker:
        """The futures company as it is configured now."""
        if not self.session.broker:
            raise CustomerError("broker_needed")
        return self.core.brokers.get(self.session.broker)

    @property
    def owner(self) -> Owner:
        """Whose cases this conversation may see; from the session, never from words or buttons (R-081)."""
        if not self.session.logged_in or not self.session.customer or not self.session.broker:
            raise CustomerError("login_expired")
        return Owner(broker=self.session.broker, customer=self.session.customer)

    async def source(self) -> Source:
        """By what the customer acts, for the records of consents, signatures and submissions."""
        origin = await self.core.origins.of(self.conversation)
        return Source(channel=self.session.channel, conversation=self.conversation, origin=origin)

    async def case(self) -> CaseView:
        """The case that is being worked on."""
        if self._case is None:
            if not self.session.case_no:
                raise CustomerError("case_not_found")
            self._case = await self.core.cases.get(self.owner, self.session.case_no)
        return self._case

    async def case_or_none(self) -> CaseView | None:
        """The case that is being worked on, if the customer is logged in and has one."""
        if not (self.session.logged_in and self.session.case_no):
            return None
        try:
            return await self.case()
        except CustomerError:
            return None

    def now_is(self, case: CaseView) -> CaseView:
        """Remember the case as the core just returned it."""
        self._case = case
        return case

    def forget_case(self) -> None:
        """Read the case anew when it is next asked for."""
        self._case = None

    async def save_session(self) -> None:
        """Keep what this turn changed in the session."""
        await self.core.sessions.save(self.session)

    # ── how to answer ──────────────────────────────────────────────────────────────────────────────

    def say(
        self,
        response: str,
        *,
        card: BaseModel | None = None,
        buttons: Sequence[Json] = (),
        facts: Mapping[str, str | int] | None = None,
        **more: str | int,
    ) -> None:
        """Utter a response of ``domain.yml`` by name, with its variables, and a card beside it."""
        self._dispatcher.utter_message(
            response=response,
            json_message={"card": card.model_dump(mode="json")} if card else None,
            buttons=list(buttons),
            **{name: str(value) for name, value in {**(facts or {}), **more}.items()},
        )

    def stands(self, steps: Sequence[BaseModel]) -> None:
        """Tell the page where the customer is now, without words; no steps means: nothing is under way."""
        self._dispatcher.utter_message(
            json_message={"progress": [step.model_dump(mode="json") for step in steps]}
        )

    def agreed(self, document: str) -> None:
        """Tell the page, without words, that a document was agreed to: its card is ticked."""
        self._dispatcher.utter_message(json_message={"agreed": document})

    def refuse(self, error: CustomerError) -> None:
        """Say what the customer can mend."""
        self.say(f"error_{error.code}", facts=error.facts)

    def wording(self, response: str, **facts: str) -> str:
        """The words of a response, for a label inside a card."""
        text: str = self._domain["responses"][response][0]["text"]
        return text.format(**facts) if facts else text

    def button(self, title: str, choice: str, item: str | None = None) -> Json:
        """A button whose title is data (a bank, a company); fixed buttons stand in ``domain.yml``."""
        values = {"choice": choice} | ({"item": item} if item else {})
        return {"title": title, "payload": f"/choose{json.dumps(values, ensure_ascii=False)}"}

    @property
    def order(self) -> list[str]:
        """The steps in the order that ``domain.yml`` gives them."""
        return list(self._domain["forms"][FORM]["required_slots"])

    @property
    def in_form(self) -> bool:
        """Whether a change is under way."""
        return bool((self.tracker.active_loop or {}).get("name") == FORM)

    @property
    def unanswered(self) -> bool:
        """Whether nothing was done about the customer's message yet, but for calling the form."""
        done = [event for event in self._since_message() if event.get("event") in ACTED]
        return all(event.get("event") == "action" and event.get("name") == FORM for event in done)

    def is_new(self, step: str) -> bool:
        """Whether the step's question comes up afresh: long notices stand there once."""
        before = self.tracker.events[: len(self.tracker.events) - len(self._since_message())]
        asked = (event.get("value") for event in reversed(before) if event.get("name") == "requested_slot")
        return self.intent == "hello" or next(asked, None) != step

    def _since_message(self) -> list[Json]:
        events: list[Json] = self.tracker.events
        latest = max((i for i, event in enumerate(events) if event.get("event") == "user"), default=-1)
        return events[latest + 1 :]

    @property
    def requested(self) -> str | None:
        """The step that waits for an answer."""
        slot: str | None = self.tracker.get_slot("requested_slot") if self.in_form else None
        return slot
