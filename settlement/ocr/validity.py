"""From when until when an identity card is valid.

Both days are the same day of the year, and the law knows three terms and one without an end (居民身份证法
第五条): what light swallowed of one day is told by the other when just one term fits, and marked.
"""

from __future__ import annotations

import re

from settlement.clock import beijing, now
from settlement.ocr.lines import DIGITS, SURE, iso_date
from settlement.ocr.reading import ReadField

LONG_TERM = "长期"
_TERMS = (5, 10, 20)  # years
_FIRST = 2004  # cards of this kind are issued since (居民身份证法 第二十三条)
_DAY = r"(\d{4})[.,。·:：_]?(\d{2})[.,。·:：_]?(\d{2})"
_DASH = r"[-—–一~_=]"
_SPAN = re.compile(_DAY + r"[-—–一~_=.]*(?:" + _DAY + r"|(长期|长))")
_BEGINS = re.compile(r"(?<!\d)" + _DAY + r"(?!\d)" + _DASH + r"?([\d.]*)$")
_ENDS = re.compile(r"(?:^|\D)([\d.]*)" + _DASH + r"?(?<!\d)" + _DAY + "$")
_LETTERS = re.compile(r"(?<=[\d.])[OoQDIlLiZzSsB|](?=[\d.])")


def read_validity(text: str, score: float) -> dict[str, ReadField]:
    """``valid_from`` and ``valid_until`` of a row; empty when they are neither read nor told."""
    text = _LETTERS.sub(lambda letter: letter[0].translate(DIGITS), text)
    match = _SPAN.search(text)
    if not match:
        told = _told(text)
        return _fields(*told, 0.0, doubtful=True) if told else {}
    start = iso_date(match[1], match[2], match[3])
    end = LONG_TERM if match[7] else iso_date(match[4], match[5], match[6])
    if start is None or end is None:
        return {}
    usual = end == LONG_TERM or (int(end[:4]) - int(start[:4]) in _TERMS and _same_day(start, end))
    return _fields(start, end, score, doubtful=score < SURE or not usual)


def _fields(start: str, end: str, score: float, *, doubtful: bool) -> dict[str, ReadField]:
    return {
        "valid_from": ReadField(value=start, confidence=score, doubtful=doubtful),
        "valid_until": ReadField(value=end, confidence=score, doubtful=doubtful),
    }


def _same_day(start: str, end: str) -> bool:
    return start[5:] == end[5:] or (start[5:] == "02-29" and end[5:] in ("02-28", "03-01"))


def _told(text: str) -> tuple[str, str] | None:
    """Both days, when one of them was read and what is left of the other fits one term only."""
    if (whole := _ENDS.search(text)) and (end := iso_date(*whole.groups()[1:])):
        starts = [day for term in _TERMS if (day := _shifted(end, -term)) and _possible_start(day)]
        fitting = [day for day in starts if _part(whole[1], day)]
        if len(fitting) == 1:
            return fitting[0], end
    if (whole := _BEGINS.search(text)) and (start := iso_date(*whole.groups()[:3])):
        ends = [day for term in _TERMS if (day := _shifted(start, term))]
        fitting = [day for day in ends if _part(whole[4], day)]
        if len(fitting) == 1:
            return start, fitting[0]
    return None


def _possible_start(day: str) -> bool:
    return f"{_FIRST}-01-01" <= day <= beijing(now()).date().isoformat()


def _shifted(day: str, years: int) -> str | None:
    return iso_date(str(int(day[:4]) + years), day[5:7], day[8:])


def _part(left: str, day: str) -> bool:
    """Whether the digits left of a day, three at least, stand in it in this order."""
    digits = re.sub(r"\D", "", left)
    rest = iter(day.replace("-", ""))
    return len(digits) >= 3 and all(digit in rest for digit in digits)
