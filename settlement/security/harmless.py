"""Dates, times, hotlines and amounts: digits that must reach the dialogue as they were typed."""

from __future__ import annotations

import re
import unicodedata

from settlement.security.digits import Group, digit

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_BARE_DATE = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DATE = rf"(?:{_YEAR}(?:-{_MONTH}-{_DAY}|/{_MONTH}/{_DAY}|\.{_MONTH}\.{_DAY})|{_BARE_DATE})"
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_MOMENT = rf"(?:{_DATE}|{_TIME})"
_HOTLINE = r"(?:[48]00[- ]?\d{3}[- ]?\d{4}|[48]00[- ]\d{4}[- ]\d{3}|9[56]\d{3}|12386)"
# A number that goes on with a dash or a point is not a date: a birthday inside an ID number looks like one.
_HARMLESS = re.compile(
    rf"(?<![\d.\-/:])(?:{_MOMENT}(?: ?[-~–—]{{1,2}} ?{_MOMENT})?|{_HOTLINE})(?![\d\-/:]|\.\d)"
)
_AMOUNT = re.compile(r"(?P<integer>\d{1,3}(?:,\d{3})+)(?P<cents>\.\d\d)?")
_AMOUNT_DIGITS = 12
_CURRENCY = re.compile(r"[¥￥$]\s*$|(?:人民币|RMB|CNY)\s*$", re.IGNORECASE)
_AFTER_AMOUNT = re.compile(r"\s*(?:元|块|RMB|CNY)", re.IGNORECASE)


def is_amount(text: str, run: list[Group]) -> bool:
    """Whether the run is one amount with thousands commas, and says so by its cents or a currency."""
    start, end = run[0].start, run[-1].end
    match = _AMOUNT.fullmatch(_plain(text[start:end]))
    if match is None or sum(map(str.isdigit, match["integer"])) > _AMOUNT_DIGITS:
        return False
    return bool(match["cents"] or _CURRENCY.search(text[:start]) or _AFTER_AMOUNT.match(text, end))


def has_unit(text: str, group: Group) -> bool:
    """Whether money's unit follows the digits."""
    return bool(re.match(r"\s*[元块万亿手股]", text[group.stop :]))


def harmless(text: str, found: list[Group]) -> frozenset[Group]:
    """Those groups that are dates, times or hotlines, or parts of one."""
    spans = [match.span() for match in _HARMLESS.finditer(_plain(text))]
    return frozenset(
        group for group in found if any(first <= group.start and group.end <= last for first, last in spans)
    )


def _plain(text: str) -> str:
    """Half width, one character for one, digits in ASCII."""
    return "".join(_half_width(character) for character in text)


def _half_width(character: str) -> str:
    value = digit(character)
    if value is not None:
        return str(value)
    half = unicodedata.normalize("NFKC", character)
    return half if len(half) == 1 else character
