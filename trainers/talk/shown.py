"""Messages and cards as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.words import table, word

Json = dict[str, Any]
HIDDEN = {"card", "version", "sha256", "document_version", "image", "captcha"}


def lines(message: Json) -> Iterator[str]:
    """What a customer would see of one message; buttons are numbered by the caller."""
    if message.get("text"):
        yield str(message["text"])
    card = message.get("card")
    if card:
        yield from (f"  │ {line}" for line in _card(card))


def _card(card: Json) -> Iterator[str]:
    yield word("talk_card", kind=table("cards").get(card["card"], card["card"]))
    shown = table("card_fields")
    for name, value in card.items():
        if name not in shown or value in (None, "", [], {}):
            continue
        if isinstance(value, list):
            yield from (_row(one) for one in value)
        else:
            yield f"{shown[name]}：{value}"


def _row(one: Any) -> str:
    if not isinstance(one, dict):
        return f"- {one}"
    if "label" in one:
        return f"- {one['label']}: {one['value']}"
    return "- " + "  ".join(str(value) for name, value in one.items() if name not in HIDDEN and value != "")
