"""Which of the numbered options a customer means: “1”, “选1”, “第一个”, “①”, or the option's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from settlement.identity.digits import counted
from settlement.wordlists import any_of, word_lists

_NUMBER = r"(?P<number>[0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_SAID = {name: any_of(words) for name, words in word_lists(Path(__file__).with_name("choosing.yml")).items()}
_CHOICE = re.compile(
    rf"(?:{_SAID['who']}?{_SAID['wish']}?{_SAID['choose']}?{_SAID['link']}?|{_SAID['instead']})第?"
    rf"{_NUMBER}{_SAID['unit']}?{_SAID['end']}?"
)
_NUMBERED = re.compile(_NUMBER + r"[.、．:：)）\s]+(?P<rest>.+)")
_NOISE = re.compile(r"[\s，。,.!！?？、“”\"'（）()☑]+")


@dataclass(frozen=True)
class Option:
    """One numbered option as it was shown: the button's id and its title."""

    id: str
    title: str


def chosen(text: str, options: Sequence[Option]) -> Option | None:
    """The option that ``text`` means, or None when it is none of them."""
    words = unicodedata.normalize("NFKC", text).strip().rstrip("。.!！~～")
    for option in options:
        if _bare(option.title) == _bare(words):
            return option
    if numbered := _NUMBERED.fullmatch(words):
        return next((option for option in options if _bare(option.title) == _bare(numbered["rest"])), None)
    if (found := _CHOICE.fullmatch(re.sub(r"\s+", "", words))) is None:
        return None
    place = counted(found["number"])
    return options[place - 1] if place and place <= len(options) else None


def _bare(words: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", words)).lower()
