"""The address on the front of an identity card: rows between the birth and the number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median

from settlement.ocr.divisions import known, mended, perhaps_rare
from settlement.ocr.lines import SIMPLIFY, SURE, Line, Row, has_holes, rare, steps, weakest
from settlement.ocr.reading import ReadField

MARK = re.compile(r"样本|SPECIMEN|仅限|复印|公民|身份号|号码", re.IGNORECASE)
_LABEL = re.compile("^(住址|住|址)")
_CUT_SHORT = re.compile(r"[路街巷弄道村组栋号]\d+$")  # 18组65: a number that counts nothing
_ENDS = re.compile(r"[号室户村组屯]$|[元座室]\d+$|附\d+$")  # how addresses end that go on beside no light
_FULL = 9.5  # em from the first letter of a full row to its last, at least
_SHIFTED = 1.2  # em between where rows begin and where the first letter stands: one is missing


def left_edge(found: list[Row], below: float) -> float | None:
    """Where the values begin, px: the middle of the first letter of sex and birth; None when not read."""
    middles = []
    for row in found:
        match = re.search(r"[男女]|(?:19|20)\d\d(?=\d*年)", row.text)
        if match and row.middle <= below + 10 and len(row.at) == len(row.text):
            middles.append(row.at[match.start()])
    return min(middles, default=None)


@dataclass(frozen=True, slots=True)
class _Printed:
    """One row: its text, where its letters stand, and whether light touches it."""

    text: str
    at: tuple[float, ...]
    burnt: bool


def _torn(printed: list[_Printed], left: float | None, value: str) -> bool:
    """Whether the room of the rows tells that letters are missing before, between or after those read.

    ``left``: where values begin.
    """
    pieces = [(row.text, row.at) for row in printed]
    if has_holes(pieces):
        return True
    between_letters = [step for step, letters in steps(pieces) if letters == 2]
    if not between_letters or not any(row.burnt for row in printed):
        return False
    em = median(between_letters)
    first = [row.at[0] for row in printed if row.at]
    begin = min(first) if left is None else min(left, *first)
    shifted = any(at - begin > _SHIFTED * em for at in first)
    short = any(row.burnt and row.at and row.at[-1] - begin < _FULL * em for row in printed[:-1])
    return shifted or short or (printed[-1].burnt and not _ENDS.search(value))


def read_address(
    found: list[Row], below: float, above: float, left: float | None, right: float, code: str = ""
) -> ReadField | None:
    """The address in the rows between the heights ``below`` and ``above`` of a card that ends at ``right``.

    ``left``: where values begin (``left_edge``);
    ``code``: the county that the identity number begins with, when its check digit holds.
    """
    parts: list[Line] = []
    whole = True
    starts: list[float] = []
    ends: list[tuple[float, float]] = []
    rows: list[_Printed] = []
    for row in found:
        if not below + 10 < row.middle < above - 10:
            continue
        printed = [line for line in row.lines if line.x0 < 0.62 * right and not MARK.search(line.text)]
        words = [line for line in printed if not re.fullmatch("住址|住.|.址|住|址", line.text)]
        ends += [(line.x1, line.height) for line in words[-1:]]
        starts += [line.x0 for line in words[:1] if not line.text.startswith("住")]
        # Light swallows words without a trace in the scores: it leaves a hole in the row, or at its start.
        text, at = "".join(line.text for line in words), tuple(x for line in words for x in line.at)
        if text and len(text) == len(at):
            start = label.end() if (label := _LABEL.match(text)) else 0
            rows.append(_Printed(text[start:], at[start:], any(line.burnt for line in words)))
        parts += words
    read = "".join(line.text for line in parts)
    value = _LABEL.sub("", read)
    if not value:
        return None
    widest = max((end for end, _ in ends), default=0.0)
    missing = _torn(rows, left, value)
    whole &= not any(row.burnt for row in rows)
    # Rows but the last run to the margin (those of many digits less far), and all of them begin at one edge.
    whole &= all(widest - end < 3 * height for end, height in ends[:-1])
    # A full row has eleven characters and ends below the middle of the number.
    missing |= len(ends) > 1 and widest < 0.55 * right
    missing |= max(starts, default=0.0) - min(starts, default=0.0) > 1.5 * parts[0].height
    joined = Row(tuple(parts))
    score = weakest(value, joined.odds)
    # Cards say 号 and 楼; the recogniser writes 號 and 樓 now and then.
    better = mended(value.translate(SIMPLIFY), joined.odds[-len(value) :], joined.rivals[-len(value) :], code)
    listed = known(better)
    street = len(joined.odds) - len(value) + listed
    whole &= not missing and listed > 0 and better == value and not _CUT_SHORT.search(value)
    return ReadField(
        value=better,
        confidence=score if whole else 0.0,
        doubtful=not whole
        or score < SURE
        or rare(better[listed:])
        or len(better) < 6
        or perhaps_rare(value[listed:], joined.odds[street:], joined.rivals[street:]),
        torn=missing,
    )
