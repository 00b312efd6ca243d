"""Turns Rasa's answers into outbox messages: a card joins the words before it, buttons get opaque ids."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from settlement.cards import CardAdapter, ProgressStep
from settlement.conversation.buttons import IssuedButton, issue

_STEPS = TypeAdapter(list[ProgressStep])

log = structlog.get_logger(__name__)


@dataclass
class Composed:
    """Messages for the outbox (``contract.Outbound`` without id and time), and the buttons they show."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[IssuedButton] = field(default_factory=list)
    progress: list[dict[str, Any]] | None = None

    def add_buttons(self, message: dict[str, Any], choices: list[tuple[str, str]]) -> None:
        """Issue a button per (title, payload) and show them under ``message``."""
        issued = [issue(title, payload) for title, payload in choices]
        self.buttons += issued
        message.setdefault("buttons", []).extend(
            {"id": one.id, "title": one.title, **_meaning(one.payload)} for one in issued
        )


def compose(answers: list[dict[str, Any]], cid: str) -> Composed:
    """The outbox messages for one turn's answers; a card that breaks the contract is left out."""
    composed = Composed()
    agreed: str | None = None
    for answer in answers:
        if "progress" in (answer.get("custom") or ()):
            composed.progress = _progress(answer["custom"]["progress"])
            continue
        if "agreed" in (answer.get("custom") or ()):
            agreed = str(answer["custom"]["agreed"])
            continue
        card = _card(answer)
        choices = _choices(answer)
        text = str(answer.get("text") or "").strip()
        last = composed.messages[-1] if composed.messages else None
        if text or (card and (last is None or "card" in last)) or (choices and last is None):
            last = {"kind": "message", "author": "assistant", "cid": cid}
            composed.messages.append(last)
        if last is None:
            continue
        if text:
            last["text"] = text
        if card:
            last["card"] = card
        if choices:
            composed.add_buttons(last, choices)
    if agreed and composed.messages:
        composed.messages[0]["agreed"] = agreed
    return composed


_CHOICE = re.compile(r"/choose(?P<values>\{.*\})", re.DOTALL)


def _meaning(payload: str) -> dict[str, str]:
    """What a choice is for, ``{choice, item}``; nothing for commands of another kind."""
    found = _CHOICE.fullmatch(payload)
    try:
        values = json.loads(found["values"]) if found else {}
    except ValueError:
        values = {}
    return {name: str(values[name]) for name in ("choice", "item") if values.get(name)}


def _choices(answer: dict[str, Any]) -> list[tuple[str, str]]:
    buttons = answer.get("buttons") or []
    return [
        (str(button["title"]), str(button["payload"]))
        for button in buttons
        if button.get("title") and button.get("payload")
    ]


def _progress(steps: Any) -> list[dict[str, Any]] | None:
    """Where the customer is now; None when that cannot be read."""
    try:
        return [step.model_dump(mode="json") for step in _STEPS.validate_python(steps)]
    except ValidationError:
        log.warning("progress_dropped")
        return None


def _card(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The card of one answer, with its defaults filled in; None when there is none or it is not valid."""
    custom = answer.get("custom")
    if not isinstance(custom, dict):
        return None
    raw = custom["card"] if isinstance(custom.get("card"), dict) else custom
    try:
        return CardAdapter.validate_python(raw).model_dump(mode="json")
    except ValidationError as error:
        # Where and what kind of mistake only: a card holds what the customer sees.
        mistakes = [f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors()]
        log.warning("card_dropped", card=str(raw.get("card"))[:40], mistakes=mistakes)
        return None
