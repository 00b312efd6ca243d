"""Searches bytes for a personal value, in every form in which it may have been written down."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import quote

SEPARATORS = ("", " ", "-", ".", "\u3000")
GROUPS = {18: (6, 8, 4), 15: (6, 6, 3), 11: (3, 4, 4)}
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
SHORTEST_BASE64 = 8  # less than this many characters turn up by chance


def fours(number: str) -> list[str]:
    return [number[at : at + 4] for at in range(0, len(number), 4)]


def cut(number: str, lengths: Iterable[int]) -> list[str]:
    parts, at = [], 0
    for length in lengths:
        parts.append(number[at : at + length])
        at += length
    return parts


def in_base64(value: bytes) -> set[bytes]:
    """What of ``value`` is the same in base64 whatever stands before and behind it: three alignments."""
    found = set()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        first = -(-before * 4 // 3)
        last = (before + len(value)) * 8 // 6
        found.add(encoded[first:last])
    both = found | {one.replace(b"+", b"-").replace(b"/", b"_") for one in found}
    return {one for one in both if len(one) >= SHORTEST_BASE64}


class Value:
    """A value that somebody may have left behind."""

    def __init__(self, what: str, value: str) -> None:
        self.what = what
        self.value = value

    @cached_property
    def texts(self) -> set[str]:
        """Spellings: plain, grouped by four and by the parts of a number, full-width."""
        ways = [[self.value]]
        if self.value[:-1].isdigit():
            ways += [fours(self.value), cut(self.value, GROUPS.get(len(self.value), (len(self.value),)))]
        spelled = {separator.join(parts) for parts in ways for separator in SEPARATORS}
        spelled |= {text.lower() for text in spelled}
        return spelled | {text.translate(FULL_WIDTH) for text in spelled}

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """One expression over bytes for all forms."""
        if len(self.value) <= 6 and self.value.isdigit():
            # Six digits alone are in every long number and every moment's microseconds.
            return re.compile(rb"(?<![\d.])" + self.value.encode() + rb"(?!\d)")
        forms: set[bytes] = set()
        for text in self.texts:
            forms |= {text.encode(), json.dumps(text)[1:-1].encode(), quote(text).encode()}
            forms |= {text.encode("utf-16-le"), text.encode("gb18030")}
        forms |= in_base64(self.value.encode()) | in_base64(self.value.translate(FULL_WIDTH).encode())
        return re.compile(b"|".join(re.escape(form) for form in sorted(forms)))


def traces(values: Iterable[Value], places: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """``what in where`` for each value that is found; never the value itself."""
    known = list(values)
    for place, content in places:
        for value in known:
            if found := value.pattern.search(content):
                around = content[max(found.start() - 60, 0) : found.start()]
                yield f"{value.what} in {place} after {around!r}"
