"""Corrections in words (R-036): a whole value (“姓名应该是张三”), one digit (“卡号第5位是8”), one character
(“是堃不是坤”). Labels, verbs and turns of phrase are data (``phrases.yml``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from settlement.errors import CustomerError
from settlement.identity.digits import counted, half_width, spoken
from settlement.wordlists import any_of, word_lists

PHRASES = Path(__file__).with_name("phrases.yml")
_PART = r"[^，,。；;、\s]{1,12}?"  # a part of a value
_DIGIT = "[0-9Xx零〇一二三四五六七八九幺]"


def _phrases() -> dict[str, Any]:
    return word_lists(PHRASES)


def _any(words: str) -> str:
    return any_of(_phrases()[words])


def correction_in(text: str, labels: dict[str, str]) -> tuple[str, str] | None:
    """The field and its new value, when ``text`` names one of ``labels`` (label → field name)."""
    for label, name in sorted(labels.items(), key=lambda pair: -len(pair[0])):
        match = re.search(
            rf"{re.escape(label)}.{{0,6}}?{_any('correction_verbs')}[:：\s]*(?P<value>[^，,。；;\s]+)",
            text,
        )
        if match:
            return name, match["value"]
    return None


def spoken_labels() -> dict[str, str]:
    """Customers' words for fields: word → field name."""
    return {word: name for name, words in _phrases()["spoken_labels"].items() for word in words}


def spoken_field(text: str) -> str | None:
    """The field that ``text`` names by one of the customers' words for it."""
    said = [(word, name) for word, name in spoken_labels().items() if word in text]
    return max(said, key=lambda pair: len(pair[0]))[1] if said else None


@lru_cache(maxsize=1)
def _place() -> re.Pattern[str]:
    at = r"(?P<at>\d{1,2}|[一二两三四五六七八九十]{1,3})"
    place = rf"(?:(?P<end>{_any('place_from_end')})|{_any('place_from_start')}){at}{_any('place_units')}"
    verb = rf"(?<!不){_any('correction_verbs')}"
    return re.compile(
        rf"(?:(?P<last>{_any('place_last')})|{place})[^，,。；;]{{0,10}}?[，,]?{verb}\s*(?P<digit>{_DIGIT})(?!\d)"
    )


def digits_in(text: str) -> list[tuple[int, str]]:
    """(place, digit) of every digit corrected in ``text``; places count from 1, backwards from -1."""
    found = []
    for match in _place().finditer(half_width(text)):
        place = 1 if match["last"] else counted(match["at"])
        if place is not None:
            found.append((-place if match["last"] or match["end"] else place, spoken(match["digit"]).upper()))
    return found


@lru_cache(maxsize=1)
def _swaps() -> list[re.Pattern[str]]:
    patterns = []
    for phrase in _phrases()["swaps"]:
        words = re.split(r"(\{新\}|\{旧\})", phrase)
        parts = {"{新}": f"(?P<new>{_PART})", "{旧}": f"(?P<old>{_PART})"}
        body = "[，,\\s]*".join(parts.get(word) or re.escape(word) for word in words if word)
        patterns.append(re.compile(rf"{body}{_any('closings')}?(?=$|[，,。；;\s!！])"))
    return patterns


def swap_in(text: str) -> tuple[str, str] | None:
    """(old, new) when ``text`` says that one part of a value should be another; a field's name is no part."""
    for pattern in _swaps():
        match = pattern.search(text)
        if match and match["old"] not in spoken_labels():
            return match["old"], match["new"]
    return None


def mended(text: str, values: Mapping[str, str], number: str) -> tuple[str, str] | None:
    """The field of ``values`` that ``text`` corrects in part, and its whole new value; None when it does not.

    ``number`` names the field whose digits have places. Raises CustomerError: ``correction_place`` (length)
    for a digit that is not there, ``correction_unclear`` when the part to change stands nowhere or twice.
    """
    named = spoken_field(text)
    if digits := digits_in(text):
        changed = list(values.get(number, ""))
        for place, digit in digits:
            if not 1 <= abs(place) <= len(changed):
                raise CustomerError("correction_place", length=str(len(changed)))
            changed[place if place < 0 else place - 1] = digit
        return number, "".join(changed)
    swap = swap_in(text)
    if not swap:
        return None
    old, new = swap
    holding = [name for name, value in values.items() if old in value and named in (None, name)]
    if len(holding) == 1 and values[holding[0]].count(old) == 1:
        return holding[0], values[holding[0]].replace(old, new)
    if holding or named in values:
        raise CustomerError("correction_unclear")
    return None  # about something else
