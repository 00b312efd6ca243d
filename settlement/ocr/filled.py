"""Digits that light has swallowed, supplied from what else the card says; always marked.

An identity number repeats the birth that is printed above it, begins with a county, and ends with a check
digit (GB 11643). Where those leave just one number, it is proposed, and each supplied digit is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, product
from math import ceil, floor
from statistics import linear_regression, mean, median

from settlement.ocr.lines import DIGITS, SURE_OF_DIGIT, Line, Row

PLACES = 18
_READ = 9  # digits that must have been read
_OF_COUNTY = 3  # and of the county's six, when the address is to tell the others
_HOLES = 3  # more leave too many ways to count
_OFF = 0.35  # of the digits' distance: as far as a digit may stand from its place


@dataclass(frozen=True, slots=True)
class Filled:
    """A number, its places (from 0) that were not read or not read surely, and where it stands."""

    number: str
    places: tuple[int, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class _Digit:
    value: str
    sure: bool
    x: float


def fill_number(
    found: Iterable[Row], birth: str, sex: str, counties: Iterable[str], holds: Callable[[str], bool]
) -> Filled | None:
    """The identity number whose row has a hole, when just one number fits.

    birth: as printed, YYYYMMDD; sex: 男, 女 or empty; counties: codes that the address may stand for;
    holds: whether a number's check digit does.
    """
    for row in found:
        digits = _digits(row)
        if not _READ <= len(digits) <= PLACES:
            continue
        fitting = {
            number: places
            for slots in _slots(digits)
            for number, places in _numbers(digits, slots, birth, (*counties, ""))
            if holds(number) and sex in ("", "女男"[int(number[16]) % 2])
        }
        if len(fitting) == 1:
            number, places = fitting.popitem()
            return Filled(number, places, row.lines[-1])
    return None


def _digits(row: Row) -> list[_Digit]:
    """The digits of a row that holds nothing else beside its label."""
    kept: list[_Digit] = []
    for line in row.lines:
        text = line.text.translate(DIGITS).upper()
        if not line.at or not line.odds or not all(one.isdigit() or one == "X" for one in text):
            if any(one.isdigit() for one in line.text):
                return []
            continue
        kept += [
            _Digit(one, odd >= SURE_OF_DIGIT, x) for one, odd, x in zip(text, line.odds, line.at, strict=True)
        ]
    return kept


def _slots(digits: list[_Digit]) -> Iterator[list[int]]:
    """Where the digits may stand among the places: they are equally far from each other."""
    at = [digit.x for digit in digits]
    steps = [other - one for one, other in pairwise(at)]
    if min(steps) <= 0:
        return
    most = 1.5 * median(steps)
    usual = mean(step for step in steps if step < most)
    # How many places a hole takes is settled by all the digits: a step alone is too coarse.
    options = [(1,) if step < 1.5 * usual else (floor(step / usual), ceil(step / usual)) for step in steps]
    if sum(len(option) > 1 for option in options) > _HOLES:
        return
    for taken in product(*options):
        places = list(accumulate(taken, initial=0))
        if places[-1] >= PLACES:
            continue
        step, start = linear_regression(places, at)
        if max(abs(x - start - step * place) for x, place in zip(at, places, strict=True)) <= _OFF * step:
            yield from ([first + place for place in places] for first in range(PLACES - places[-1]))


def _numbers(
    digits: list[_Digit], slots: list[int], birth: str, counties: Iterable[str]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Numbers that agree with every digit read surely, with the birth, and with one of the counties."""
    read = dict(zip(slots, digits, strict=True))
    sure = {slot: digit.value for slot, digit in read.items() if digit.sure}
    if any(digit.value == "X" and slot != PLACES - 1 for slot, digit in read.items()):
        return
    marked = tuple(slot for slot in range(PLACES) if slot not in sure)
    for county in counties:
        if county and sum(slot in sure for slot in range(6)) < _OF_COUNTY:
            continue  # who has moved lives elsewhere than the number begins
        told = dict(enumerate(county)) | dict(enumerate(birth, 6))
        if any(told.get(slot, value) != value for slot, value in sure.items()):
            continue
        known = told | sure
        missing = [slot for slot in range(PLACES) if slot not in known]
        if len(missing) > 1:  # the check digit tells one place: what was read there must do
            known = {slot: digit.value for slot, digit in read.items()} | known
            missing = [slot for slot in range(PLACES) if slot not in known]
            if missing:
                continue
        for digit in "0123456789X" if missing == [PLACES - 1] else "0123456789":
            letters = known | dict.fromkeys(missing, digit)
            yield "".join(letters[slot] for slot in range(PLACES)), marked
