"""The words of chat platforms, read once from ``texts.yml`` beside this file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("texts.yml")

Words = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Phrase(_Part):
    """A piece of ``domain.yml`` and what stands for it in a chat."""

    at: Words
    say: str


class CardWords(_Part):
    """Lines of the cards' text forms."""

    field: Words
    doubtful: Words
    missing: Words
    photo: Words
    document: Words
    document_agreed: Words
    item: Words
    banks: Words
    bank_card: Words
    documents: Words
    pending: Words
    completed: Words


class OptionWords(_Part):
    """How options are listed."""

    line: Words
    how: Words
    how_one: Words


class PageWords(_Part):
    """How links to the page read."""

    needed: Words
    better: Words


class Notices(_Part):
    """What the channel answers by itself."""

    voice: Words
    other: Words
    photo_failed: Words
    unbind_ask: Words
    unbind_done: Words
    unbind_none: Words


class Unbind(_Part):
    """Whole sentences that ask for unbinding, and that confirm it."""

    ask: frozenset[str]
    confirm: frozenset[str]


class MenuItem(_Part):
    """An item of the account's menu, and the sentence that it stands for."""

    key: Words
    name: Words
    say: Words


class News(_Part):
    """Fields of the template message that tells of a result."""

    fields: dict[str, Annotated[str, Field(max_length=20)]]


class Page(_Part):
    """A page that says why a link does not open."""

    title: Words
    text: Words
    link: str = ""


class Texts(_Part):
    """Everything in ``texts.yml``."""

    phrases: list[Phrase]
    cards: CardWords
    options: OptionWords
    page: PageWords
    only_on_page: frozenset[str]
    notices: Notices
    unbind: Unbind
    menu: list[MenuItem]
    news: News
    pages: dict[str, Page]

    def in_chat(self, words: str) -> str:
        """``words`` of ``domain.yml``, without speaking of buttons that a chat has not."""
        for phrase in self.phrases:
            words = words.replace(phrase.at, phrase.say)
        return words

    def how(self, count: int) -> str:
        """How to choose among ``count`` options."""
        return self.options.how if count > 1 else self.options.how_one

    def of_menu(self, key: str) -> str | None:
        """The sentence behind a menu item."""
        return next((item.say for item in self.menu if item.key == key), None)


@lru_cache(maxsize=1)
def texts() -> Texts:
    """The file; a mistake in it ends the start with pydantic's list of what is wrong."""
    return Texts.model_validate(yaml.safe_load(FILE.read_text("utf-8")))
