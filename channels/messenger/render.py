"""One turn as a chat shows it: words, cards as text, numbered options, a link where a page is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.messenger.options import Option
from channels.messenger.texts import Texts

MOST_BYTES = 2000
"""A text message holds 2048 bytes of UTF-8; more is refused (45002)."""

Json = dict[str, Any]

_ON_PAGE = {"device_check", "document", "checklist"}
_PRIVATE_FORMATS = {"id_number", "card_number"}


@dataclass(frozen=True)
class Rendered:
    """Texts of at most ``MOST_BYTES`` each, the options under the last one, captchas to send as pictures."""

    texts: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    captchas: list[str] = field(default_factory=list)


def page_need(messages: Sequence[Json], texts: Texts) -> str | None:
    """Whether the last question needs the page: ``needed``, ``better``, or None."""
    need = None
    for message in messages:
        card = message.get("card") or {}
        choices = {button.get("choice") for button in message.get("buttons") or []}
        if card.get("card") in _ON_PAGE or choices & texts.only_on_page:
            need = "needed"
        elif card.get("card") == "input" and card.get("format") in _PRIVATE_FORMATS:
            need = "better"
        elif card or choices:
            need = None
    return need


def render(messages: Sequence[Json], texts: Texts, link: str | None) -> Rendered:
    """``messages`` (``contract.Outbound``, values already put in) as one chat message.

    ``link``: the one-time link to the page, when ``page_need`` asked for one.
    """
    bubbles: list[str] = []
    captchas: list[str] = []
    buttons: list[Json] = []
    for message in messages:
        card: Json = message.get("card") or {}
        words = (
            [_unnumbered(texts.in_chat(_plain(str(message["text"]))), texts)] if message.get("text") else []
        )
        shown = list(message.get("buttons") or [])
        if not (card.get("card") == "bank_list" and shown):  # its options are the list already
            words += [_plain(line) for line in _lines(card, texts)]
        if bubble := "\n".join(words):
            # Said twice within one answer, such as a question that is put again: the last one counts.
            bubbles = [earlier for earlier in bubbles if earlier != bubble] + [bubble]
        if card.get("card") == "captcha" and card.get("captcha"):
            captchas = [str(card["captcha"])]
        if shown:
            buttons = shown
    options = [
        Option(str(button["id"]), str(button["title"]))
        for button in buttons
        if button.get("choice") not in texts.only_on_page
    ]
    need = page_need(messages, texts)
    tail = [getattr(texts.page, need).format(link=link)] if need and link else []
    if options:
        tail.append(listed(options, texts))
    return Rendered(_split("\n\n".join([*bubbles, *tail])), options, captchas)


def lines_of(options: Sequence[Option], texts: Texts) -> list[str]:
    """Each option with its number."""
    return [
        texts.options.line.format(number=number, title=_plain(option.title))
        for number, option in enumerate(options, 1)
    ]


def listed(options: Sequence[Option], texts: Texts) -> str:
    """The numbered options and how to choose one, as they end a message."""
    return "\n".join([*lines_of(options, texts), texts.how(len(options))])


def menu(text: str, options: Sequence[Option], texts: Texts, item: Callable[[str, str], Json]) -> Json:
    """``text``, which ends with its ``listed`` options, as a ``msgmenu``: the same words, options to tap.

    ``item``: how the platform writes one option, given its id and its line.
    """
    pairs = zip(options, lines_of(options, texts), strict=True)
    return {
        "head_content": text.removesuffix(listed(options, texts)).rstrip(),
        "list": [item(option.id, line) for option, line in pairs],
        "tail_content": texts.how(len(options)),
    }


def _lines(card: Json, texts: Texts) -> Iterator[str]:
    """The text form of a card; what its message's words say already is not said again."""
    words = texts.cards
    match card.get("card"):
        case "photo" if card["kind"] != "qr":
            yield words.photo
        case "fields":
            yield from (_field(one, texts) for one in card["fields"])
        case "document":
            if card["agreed"]:
                yield words.document_agreed.format(title=card["title"])
        case "checklist":
            for one in card["documents"]:
                line = words.document_agreed if one["agreed"] else words.document
                yield line.format(title=one["title"])
        case "bank_list":
            yield words.banks.format(names="、".join(bank["name"] for bank in card["banks"]))
        case "bank_cards":
            yield from (_bank_card(one, texts) for one in card["cards"])
        case "summary":
            yield from (_field(one, texts) for one in card["fields"])
            yield from (_bank_card(one, texts) for one in card["cards"])
            if card["documents"]:
                yield words.documents.format(
                    titles="、".join(words.document.format(title=t) for t in card["documents"])
                )
        case "my_business":
            yield from (words.pending.format(**row) for row in card["pending"])
            yield from (words.completed.format(**row) for row in card["completed"])


def _field(one: Json, texts: Texts) -> str:
    line = (
        texts.cards.missing
        if not one["value"]
        else texts.cards.doubtful
        if one["doubtful"]
        else texts.cards.field
    )
    return line.format(label=one["label"], value=one["value"])


def _bank_card(card: dict[str, str], texts: Texts) -> str:
    known = {"seq": "", "bank": "", "tail": "", "branch": "", "action": ""}
    return texts.cards.bank_card.format(**{**known, **card})


def _unnumbered(words: str, texts: Texts) -> str:
    """A list in the words without its numbers: in a chat a number is an option that can be chosen."""
    return re.sub(r"(?m)^\d{1,2}\. *", lambda _: texts.cards.item, words)


def _plain(words: str) -> str:
    """Words that cannot become a link: the platform makes links of ``<a>`` alone."""
    return re.sub(r"<(?=/?[a-zA-Z!])", "＜", words).strip()


def _split(text: str) -> list[str]:
    """``text`` in pieces that the platform takes, cut between paragraphs, else lines, else anywhere."""
    pieces: list[str] = []
    for mark in ("\n\n", "\n", ""):
        if len(text.encode()) <= MOST_BYTES:
            break
        parts = text.split(mark) if mark else list(text)
        if mark and max(len(part.encode()) for part in parts) > MOST_BYTES:
            continue
        pieces, text = [], ""
        for part in parts:
            longer = f"{text}{mark}{part}" if text else part
            if len(longer.encode()) > MOST_BYTES:
                pieces.append(text)
                longer = part
            text = longer
        break
    return [*pieces, text] if text else pieces
