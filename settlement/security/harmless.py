"""Dates, times, hotlines and amounts: digits that must reach the dialogue as they were typed."""

from __future__ import annotations

import re
import unicodedata

from settlement.security.digits import Group, digit

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = rf"{_YEAR}(?:-{_MONTH}-{_DAY}|/{_MONTH}/{_DAY}|\.{_MONTH}\.{_DAY})"
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_MOMENT = rf"(?:{_DATE}|{_TIME})"
_BARE_DATE = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_HOTLINE = r"(?:[48]00[- ]?\d{3}[- ]?\d{4}|[48]00[- ]\d{4}[- ]\d{3}|9[56]\d{3}|12386)"
# A number that goes on with a dash or a point is not a date: a birthday inside an ID number looks like one.
_ALONE, _ENDS = r"(?<![\d.\-/:])", r"(?![\d\-/:]|\.\d)"
_MOMENTS = re.compile(rf"{_ALONE}{_MOMENT}(?: ?[-~–—]{{1,2}} ?{_MOMENT})?{_ENDS}")
# These could as well be a part of any longer number: not with more digits beside them but for a blank.
_FEEBLE = re.compile(rf"{_ALONE}(?:{_BARE_DATE}|{_HOTLINE}){_ENDS}")
_DIGIT_BEFORE = re.compile(r"\d[\s_·*\-]{0,10}$")
_DIGIT_AFTER = re.compile(r"[\s_·*\-]{0,10}\d")
_AMOUNT = re.compile(r"(?P<integer>\d{1,3}(?:,\d{3})+)(?P<cents>\.\d\d)?")
_AMOUNT_DIGITS = 12
_CURRENCY = re.compile(r"[¥￥$]\s*$|(?:人民币|RMB|CNY)\s*$", re.IGNORECASE)
_AFTER_AMOUNT = re.compile(r"\s*(?:元|块|RMB|CNY)", re.IGNORECASE)


def is_amount(text: str, run: list[Group]) -> bool:
    """Whether the run is one amount with thousands commas, and says so by its cents or a currency."""
    start, end = run[0].start, run[-1].end
    match = _AMOUNT.fullmatch(_plain(text, run)[start:end])
    if match is None or sum(map(str.isdigit, match["integer"])) > _AMOUNT_DIGITS:
        return False
    return bool(match["cents"] or _CURRENCY.search(text[:start]) or _AFTER_AMOUNT.match(text, end))


def has_unit(text: str, group: Group) -> bool:
    """Whether money's unit follows the digits."""
    return bool(re.match(r"\s*[元块万亿手股]", text[group.stop :]))


def harmless(text: str, found: list[Group]) -> tuple[frozenset[Group], frozenset[Group]]:
    """Groups that are (parts of) dates with separators or times; and those with hotlines and bare dates."""
    plain = _plain(text, found)
    spans = [match.span() for match in _MOMENTS.finditer(plain)]
    moments = _inside(found, spans)
    feeble = [match.span() for match in _FEEBLE.finditer(plain)]
    # What is certain ends a number: the digits beside it are gone when the feeble ones are judged.
    rest = plain
    for start, end in spans:
        rest = rest[:start] + "|" * (end - start) + rest[end:]
    for start, end in feeble:
        after = _DIGIT_AFTER.match(rest, end)
        followed = after is not None and all(first != after.end() - 1 for first, _ in feeble)
        if not (_DIGIT_BEFORE.search(rest[:start]) or followed):
            spans.append((start, end))
            rest = rest[:start] + "|" * (end - start) + rest[end:]
    return moments, _inside(found, spans)


def _inside(found: list[Group], spans: list[tuple[int, int]]) -> frozenset[Group]:
    return frozenset(
        group for group in found if any(first <= group.start and group.end <= last for first, last in spans)
    )


def _plain(text: str, found: list[Group]) -> str:
    """Half width, one character for one; the digits of ``found`` in ASCII, other characters never a digit."""
    inside = {place for group in found for place in range(group.start, group.end)}
    return "".join(_half_width(character, place in inside) for place, character in enumerate(text))


def _half_width(character: str, inside: bool) -> str:
    value = digit(character)
    if value is not None:
        return str(value) if inside else character
    half = unicodedata.normalize("NFKC", character)
    return half if len(half) == 1 else character
