"""Digits in what people type or say: where they stand, whatever their script, width or grouping."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

# Spoken or misread digits that Unicode does not know as such: 两, radio digits 洞拐勾, a circle for zero.
_MORE = {"两": 2, "俩": 2, "洞": 0, "拐": 7, "勾": 9, "吆": 1, "○": 0, "◯": 0, "⭕": 0}
_NOT_DIGITS = frozenset("参參廾漆仨")  # numeric in Unicode, words in Chinese
_CIRCLES = frozenset("〇○◯⭕")
_LETTERS_FOR_ZERO = frozenset("OoＯｏОо")

_SEPARATOR = r"[\W_]"
_CONNECTING = (
    "然后|接着|接下来|跟着|随后|之后|后面|后边|后头|前面|前边|中间|最后|剩下|剩余|其余|连着|再来|再|还有"
    "|空一格|空格|空|横杠|横线|短横|杠|减号|点|逗号|加上|加|下一段|尾号|末尾|结尾|开头|[前后末头尾中首]..?位"
)
_FILLING = "就是|是|的|那个|这个|嗯|呃|啊|额|哦|哈|吧|呢|对|为|数字|号码|写|输|打|填|then|and|next"
_ONLY_SEPARATORS = re.compile(rf"{_SEPARATOR}{{0,40}}")
_CONNECTED = re.compile(
    rf"(?=.*(?:{_CONNECTING}))(?:{_SEPARATOR}|{_CONNECTING}|{_FILLING}){{1,24}}", re.DOTALL
)
_FILLED = re.compile(rf"(?:{_SEPARATOR}|{_FILLING}){{1,24}}", re.DOTALL | re.IGNORECASE)
_FILLS = re.compile(rf"(?:{_SEPARATOR}|{_CONNECTING}|{_FILLING})*", re.IGNORECASE)
_STARTS_FILLER = re.compile(f"{_CONNECTING}|{_FILLING}", re.IGNORECASE)
_LONGEST_WORDS = 12
_UNITS = frozenset("元块万亿千百十年月日号点分秒时手股张笔次天个位岁份家%％")
_LATIN = re.compile(r"[A-Za-z]")

# Digits that count or order things: 后四位, 第一.
_ORDINAL = re.compile(r"[前后末头尾中首][面边头]?(?P<count>.)位|第(?P<order>.)")
_REPEATED = re.compile(r"(?P<times>[二两三四五六])个(?P<digit>.)")
_FINAL_X = re.compile(
    rf"(?:{_SEPARATOR}|后面|最后|末尾|末位|还有|再|加|是|个|一|大写|小写|字母|大|小|的){{0,8}}"
    r"(?:[xXｘＸ×✕✖❌ХхΧχⅩⅹ叉]|[艾埃爱]克斯)(?![A-Za-z])"
)


class Gap(IntEnum):
    """What stands between two groups of digits; the lower, the likelier they are one number."""

    TIGHT = 0  # nothing, or separators
    CONNECTED = 1  # “然后”, “后面是”, “后四位”
    FILLED = 2  # “嗯”, “是”
    WORDS = 3  # a few other words
    APART = 4


@dataclass(frozen=True)
class Group:
    """Neighbouring digits of one script: ``digits`` in ASCII, ``start``/``end`` in the text.

    ``final_x`` is the end of an X (叉, ×…) that stands right after them, if any.
    """

    digits: str
    start: int
    end: int
    final_x: int | None = None

    @property
    def stop(self) -> int:
        """Where the next gap begins."""
        return self.final_x or self.end


@lru_cache(maxsize=4096)
def digit(character: str) -> int | None:
    """The value 0–9 of a digit of any script, circled, full-width or Chinese; None for anything else."""
    if character in _MORE:
        return _MORE[character]
    if character in _NOT_DIGITS:
        return None
    value = unicodedata.numeric(character, None)
    return int(value) if value is not None and value in range(10) else None


def groups(text: str) -> list[Group]:
    """All groups of digits in ``text``, in order."""
    values, within = _values(text)
    found: list[Group] = []
    position = 0
    while position < len(text):
        if not values[position]:
            position += 1
            continue
        start, digits = position, ""
        spoken = _spoken(text[start])
        while position < len(text):
            if values[position] and _spoken(text[position]) == spoken:
                digits += values[position]
            elif values[position] or not (position in within or _invisible(text[position])):
                break
            position += 1
        x = _FINAL_X.match(text, position)
        found.append(Group(digits, start, position, x.end() if x else None))
    return found


def gap(text: str, before: Group, after: Group) -> Gap:
    """How near two groups of ``text`` are to each other."""
    between = text[before.stop : after.start]
    if _ONLY_SEPARATORS.fullmatch(between):
        return Gap.TIGHT
    if _CONNECTED.fullmatch(between):
        return Gap.CONNECTED
    if _FILLED.fullmatch(between):
        return Gap.FILLED
    if len(between) <= _LONGEST_WORDS and between[0] not in _UNITS and not _LATIN.search(between):
        return Gap.WORDS
    return Gap.APART


def fills(words: str) -> bool:
    """Whether these words say no more than that digits come or go on."""
    return len(words) <= _LONGEST_WORDS * 2 and bool(_FILLS.fullmatch(words))


def _values(text: str) -> tuple[list[str], set[int]]:
    """Per character the digits that it stands for: one, several (三个八 at 三), or none.

    And the places that belong to the digits before them (个八).
    """
    within: set[int] = set()
    values = ["" if (value := digit(character)) is None else str(value) for character in text]
    for match in _REPEATED.finditer(text):
        first, last = match.start("times"), match.start("digit")
        if values[last]:
            values[first] = values[last] * int(values[first])
            values[last] = ""
            within |= {first + 1, last}
    for match in _ORDINAL.finditer(text):
        values[match.start(match.lastgroup or 0)] = ""
    for position, character in enumerate(text):
        after = text[position + 1 : position + 2]
        if character in _LETTERS_FOR_ZERO:
            # A letter O inside digits is a zero; in a word it is a letter.
            joined = position > 0 and values[position - 1] and not _spoken(text[position - 1])
            if joined and (not after.isalnum() or after in _LETTERS_FOR_ZERO or digit(after) is not None):
                values[position] = "0"
        elif values[position] and _spoken(character):
            # 一 in 一下 is a word; 一 in 一三八 or in “一嗯三” is a digit.
            alone = _word(after) and not values[position + 1] and position + 1 not in within
            goes_on = _STARTS_FILLER.match(text, position + 1) or _FINAL_X.match(text, position + 1)
            if alone and not goes_on and not _follows_digit(text, values, position):
                values[position] = ""
    return values, within


def _follows_digit(text: str, values: list[str], position: int) -> bool:
    """Whether a digit stands before ``position``, separators aside."""
    before = position - 1
    while before > position - 5 and before >= 0 and not values[before] and not text[before].isalnum():
        before -= 1
    return before >= 0 and bool(values[before])


def _spoken(character: str) -> bool:
    return character in _CIRCLES or (
        unicodedata.category(character) == "Lo" and character not in _LETTERS_FOR_ZERO
    )


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _word(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "Lo"
