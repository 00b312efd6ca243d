"""The back of a resident identity card: who issued it, and from when until when it is valid."""

from __future__ import annotations

import re

from settlement.ocr.front import SURE, iso_date
from settlement.ocr.lines import DIGITS, SIMPLIFY, Line, rows
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
    for row in rows(lines):
        text = row.text.translate(SIMPLIFY)
        fields.update(_validity(text, row.score))
        match = re.search("(?:签?发?机关|签发)(.+)$", text) or re.search("^()(.+公安局.*)$", text)
        if match and "局" in text:
            value = re.sub("^(签发机关|签发机|发机关|机关|关)", "", match[match.lastindex or 1])
            value = re.sub(r"[^\u4e00-\u9fff·]", "", value)
            if value:
                doubtful = row.score < SURE or not value.endswith(("局", "分局"))
                fields["authority"] = ReadField(value=value, confidence=row.score, doubtful=doubtful)
    return fields
