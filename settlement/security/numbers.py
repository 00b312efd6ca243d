"""Finds personal numbers in free text: ID numbers, bank cards, phones, one-time codes.

Digits are read as groups (``digits``); of all ways to take neighbouring groups together, the reading that
explains most digits wins. What no reading explains is taken for a card number from eleven digits on: a number
too many in the vault costs a question, a number too few in a log cannot be taken back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, pairwise

from settlement.security.digits import Gap, Group, fills, gap, groups
from settlement.security.forms import CERTAIN, named
from settlement.security.harmless import harmless, has_unit, is_amount
from settlement.security.tokens import Kind

LEAST_LEFTOVER = 11
CODE_LENGTH = 6
_LONGEST = 22  # a card of 19 digits is the longest number with a form; 0086 and a phone have 15
_HINTS = {
    Kind.ID_NUMBER: ("身份证", "证件"),
    Kind.CARD_NUMBER: ("卡", "账号", "帐号"),
    Kind.PHONE: ("手机", "电话"),
}
_HINT_REACH = 15


@dataclass(frozen=True)
class Span:
    """A personal number at ``text[start:end]``; ``value`` has half-width digits alone, and a final X."""

    start: int
    end: int
    kind: Kind
    value: str


@dataclass(frozen=True)
class _Reading:
    """A way to take groups ``first`` … ``last - 1`` as one number."""

    first: int
    last: int
    kind: Kind
    value: str
    weight: int


def find(text: str, *, code_awaited: bool = False) -> list[Span]:
    """Personal numbers in ``text``, in order and apart from each other."""
    found = groups(text)
    if sum(len(group.digits) for group in found) < min(CODE_LENGTH, LEAST_LEFTOVER):
        return []
    gaps = [gap(text, before, after) for before, after in pairwise(found)]
    moments, free = harmless(text, found)
    readings = _best(_readings(found, gaps, moments), len(found))
    spans = [
        _span(text, found[reading.first : reading.last], reading.kind, reading.value) for reading in readings
    ]
    taken = {index for reading in readings for index in range(reading.first, reading.last)}
    for run in _runs(found, gaps, taken, Gap.CONNECTED):
        spans += _leftovers(text, run, free)
    if code_awaited:
        taken |= {i for i, group in enumerate(found) if any(s.start <= group.start < s.end for s in spans)}
        for run in _runs(found, gaps, taken, Gap.FILLED):
            spans += _codes(text, run, free)
    return sorted(spans, key=lambda span: span.start)


def bare(text: str) -> str | None:
    """The digits (and a final X) of a text that has nothing else but 然后是 and the like; no 2030-01-01."""
    found = groups(text)
    if not found or harmless(text, found)[0]:
        return None
    between = [text[a:b] for a, b in pairwise([0, *(p for g in found for p in (g.start, g.stop)), len(text)])]
    if not all(fills(words) for words in between[::2]):
        return None
    return "".join(group.digits for group in found) + ("X" if found[-1].final_x else "")


def is_harmless(text: str) -> bool:
    """Whether there is a date, a time or a hotline in it."""
    return any(harmless(text, groups(text)))


# ── numbers with a form of their own ───────────────────────────────────────────────────────────────


def _readings(found: list[Group], gaps: list[Gap], moments: frozenset[Group]) -> list[_Reading]:
    readings = []
    for first in range(len(found)):
        digits, widest = "", Gap.TIGHT
        for last in range(first, len(found)):
            if last > first:
                widest = max(widest, gaps[last - 1])
            digits += found[last].digits
            if len(digits) > _LONGEST or widest is Gap.APART:
                break
            form = named(digits, found[last].final_x is not None, widest)
            if form:
                kind, value, bonus = form
                if _by_chance(bonus, found[first : last + 1], moments):
                    continue
                readings.append(_Reading(first, last + 1, kind, value, 4 * len(digits) + bonus))
    return readings


def _by_chance(bonus: int, run: list[Group], moments: frozenset[Group]) -> bool:
    """Whether dates and times are the better explanation: a row of them can look like a phone or a card."""
    explained = _length([group for group in run if group in moments])
    return bonus < CERTAIN and 2 * explained > _length(run)


def _best(readings: list[_Reading], count: int) -> list[_Reading]:
    """Readings that do not overlap, of the greatest weight together."""
    weights = [0] * (count + 1)
    chosen: list[_Reading | None] = [None] * (count + 1)
    by_last: dict[int, list[_Reading]] = {}
    for reading in readings:
        by_last.setdefault(reading.last, []).append(reading)
    for last in range(1, count + 1):
        weights[last] = weights[last - 1]
        for reading in by_last.get(last, []):
            if weights[reading.first] + reading.weight > weights[last]:
                weights[last], chosen[last] = weights[reading.first] + reading.weight, reading
    best: list[_Reading] = []
    last = count
    while last:
        reading_here = chosen[last]
        if reading_here is None:
            last -= 1
        else:
            best.append(reading_here)
            last = reading_here.first
    return best


# ── what is left ───────────────────────────────────────────────────────────────────────────────────


def _runs(found: list[Group], gaps: list[Gap], taken: set[int], widest: Gap) -> list[list[Group]]:
    """Neighbouring groups that are not ``taken`` and no further apart than ``widest``."""
    runs: list[list[Group]] = []
    for index, group in enumerate(found):
        if index in taken:
            continue
        if index and index - 1 not in taken and gaps[index - 1] <= widest:
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _leftovers(text: str, run: list[Group], free: frozenset[Group]) -> list[Span]:
    if _length(run) < LEAST_LEFTOVER or is_amount(text, run):
        return []
    return [_guessed(text, part) for part in _parts(run, free) if _length(part) >= LEAST_LEFTOVER]


def _parts(run: list[Group], free: frozenset[Group]) -> list[list[Group]]:
    """What is left of ``run`` on both sides of dates, times and hotlines."""
    return [list(part) for is_free, part in groupby(run, key=lambda group: group in free) if not is_free]


def _guessed(text: str, run: list[Group]) -> Span:
    """A number without a form: the words before it, and its length, tell what it was meant to be."""
    digits = "".join(group.digits for group in run)
    before = text[max(0, run[0].start - _HINT_REACH) : run[0].start]
    places = {kind: max(before.rfind(word) for word in words) for kind, words in _HINTS.items()}
    hint = max(places, key=lambda kind: places[kind])
    if places[hint] < 0:
        hint = Kind.PHONE if len(digits) == 11 and digits[0] == "1" else Kind.CARD_NUMBER
    fits = {Kind.ID_NUMBER: range(14, 21), Kind.PHONE: range(11, 14)}.get(hint, range(11, len(digits) + 1))
    return _span(text, run, hint if len(digits) in fits else Kind.CARD_NUMBER, digits)


def _codes(text: str, run: list[Group], free: frozenset[Group]) -> list[Span]:
    """One-time codes of six digits: a group of its own, or all that is left of a run."""
    spans = []
    for part in _parts(run, free):
        single = [group for group in part if len(group.digits) == CODE_LENGTH and not has_unit(text, group)]
        if single:
            spans += [_span(text, [group], Kind.CODE, group.digits) for group in single]
        elif _length(part) == CODE_LENGTH and not has_unit(text, part[-1]):
            spans.append(_span(text, part, Kind.CODE, "".join(group.digits for group in part)))
    return spans


def _length(run: list[Group]) -> int:
    return sum(len(group.digits) for group in run)


def _span(text: str, run: list[Group], kind: Kind, value: str) -> Span:
    start, end = run[0].start, run[-1].end
    if value.endswith("X") and run[-1].final_x:
        end = run[-1].final_x
    if kind is Kind.PHONE:
        prefix = re.search(
            r"[(（]?[+＋]$" if re.search(r"[)）]", text[start:end]) else r"[+＋]$", text[:start]
        )
        start = prefix.start() if prefix else start
    return Span(start, end, kind, value)
