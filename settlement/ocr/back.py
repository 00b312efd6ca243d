"""The back of a resident identity card: who issued it, and from when until when it is valid."""

from __future__ import annotations

import re

from settlement.ocr.divisions import mended
from settlement.ocr.front import iso_date
from settlement.ocr.lines import DIGITS, SIMPLIFY, SURE, Line, Row, rare, rows, weakest
from settlement.ocr.reading import ReadField

LONG_TERM = "长期"
_TERMS = (5, 10, 20)  # years (居民身份证法 第五条)
_DAY = r"(\d{4})[.,。·:：_]?(\d{2})[.,。·:：_]?(\d{2})"
_SPAN = re.compile(_DAY + r"[-—–一~_=.]*(?:" + _DAY + r"|(长期|长))")
_LETTERS = re.compile(r"(?<=[\d.])[OoQDIlLiZzSsB|](?=[\d.])")


def _validity(text: str, score: float) -> dict[str, ReadField]:
    match = _SPAN.search(_LETTERS.sub(lambda letter: letter[0].translate(DIGITS), text))
    if not match:
        return {}
    start = iso_date(match[1], match[2], match[3])
    end = LONG_TERM if match[7] else iso_date(match[4], match[5], match[6])
    if start is None or end is None:
        return {}
    usual = end == LONG_TERM or (int(end[:4]) - int(start[:4]) in _TERMS and _same_day(start, end))
    doubtful = score < SURE or not usual
    return {
        "valid_from": ReadField(value=start, confidence=score, doubtful=doubtful),
        "valid_until": ReadField(value=end, confidence=score, doubtful=doubtful),
    }


def _same_day(start: str, end: str) -> bool:
    return start[5:] == end[5:] or (start[5:] == "02-29" and end[5:] in ("02-28", "03-01"))


def parse_back(lines: list[Line]) -> dict[str, ReadField]:
    """The fields of a back that can be found in ``lines``."""
    fields: dict[str, ReadField] = {}
    below: Row | None = None  # the row of the days, which begins where the issuer does
    for row in reversed(rows(lines)):
        text = row.text.translate(SIMPLIFY)
        if days := _validity(text, row.score):
            below = row
            fields.update(days)
        elif "authority" not in fields and (issuer := _authority(row, text, below)):
            fields["authority"] = issuer
    return fields


def _authority(row: Row, text: str, below: Row | None) -> ReadField | None:
    match = re.search("(?:签?发?机关|签发)(.+)$", text) or re.search("^()(.+公安局.*)$", text)
    if not match or "局" not in text:
        return None
    value = re.sub("^(签发机关|签发机|发机关|机关|签.关|签.|关)", "", match[match.lastindex or 1])
    value = re.sub(r"[^\u4e00-\u9fff·]", "", value)
    if not value:
        return None
    score = weakest(value, row.odds)
    read, value = value, mended(value, row.odds[-len(value) :], row.rivals[-len(value) :])
    # Glare swallows the first words without a trace in the scores: the rest then begins too far right.
    torn = (
        below is not None
        and below.lines[-1].text[0].isdigit()
        and row.lines[-1].x0 - below.lines[-1].x0 > 1.5 * row.lines[-1].height
    )
    doubtful = (
        torn
        or value != read
        or row.lines[-1].burnt
        or score < SURE
        or rare(value)
        or not value.endswith("局")
        or value.startswith("公安")
    )
    return ReadField(value=value, confidence=score, doubtful=doubtful, torn=torn)
