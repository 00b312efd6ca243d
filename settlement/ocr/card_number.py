"""The number of a bank card: put together from its groups, doubted, mended, and its hole filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

from settlement.bankcards.bins import known_lengths, look_up
from settlement.bankcards.numbers import luhn
from settlement.ocr.layout import missing_place, regular, widest_step
from settlement.ocr.lines import DIGITS, Line, Row, Text, rows, unsure
from settlement.ocr.reading import ReadField

_DOUBTFUL = 3  # digits among which the wrong ones are looked for; with more, the check digit tells too little
_WORKED_OUT = 0.5  # confidence of a number that the check digit told
LENGTHS = range(13, 20)  # ISO/IEC 7812; product/validation.md §6.2


def holds(number: str) -> bool:
    """Whether a number has a length that cards here have, and its check digit."""
    return 15 <= len(number) <= 19 and luhn(number)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Digits that may be the card's number."""

    number: str
    odds: tuple[float, ...]  # of each digit
    height: float
    rivals: tuple[str, ...] = ()  # what else each digit may be, the likeliest first; empty when not known
    at: tuple[
        float, ...
    ] = ()  # where each digit stands, px from the left; empty when not known, or in a column
    burnt: bool = False  # light that swallows digits touches it

    @property
    def known(self) -> bool:
        """Whether its check digit holds and a bank has such numbers."""
        return holds(self.number) and look_up(self.number) is not None

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, float]:
        """What speaks for it, the strongest first."""
        known = look_up(self.number) is not None
        usual = len(self.number) in (16, 19)
        return holds(self.number), known, self.number[0] in "3456", usual, self.height


def _digits(line: Line) -> Text:
    """The digits of a line that is digits throughout (letters that look like digits allowed), else empty."""
    label = re.match(r"^.*(卡号|CARDNO|NO)[.:：]?", line.text, flags=re.IGNORECASE)
    start = label.end() if label else 0
    odds = line.odds or (line.score,) * len(line.text)
    at = line.at or (0.0,) * len(line.text)
    rivals = line.rivals or ("",) * len(line.text)
    kept = [
        one
        for one in zip(line.text[start:], odds[start:], at[start:], rivals[start:], strict=True)
        if one[0] not in ".·,:-—*"
    ]
    text = "".join(one[0] for one in kept)
    real = sum(letter.isdigit() for letter in text)
    meant = text.translate(DIGITS)
    if real and meant.isascii() and meant.isdigit() and (real >= 0.5 * len(text) or len(text) <= 4):
        return Text(
            meant,
            tuple(one[1] for one in kept),
            tuple(one[2] for one in kept) if line.at else (),
            tuple(one[3] for one in kept),
        )
    return Text("", ())


def _runs(row: Row) -> Iterator[list[tuple[Text, Line]]]:
    run: list[tuple[Text, Line]] = []
    for line in row.lines:
        if (digits := _digits(line)).text:
            run.append((digits, line))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _joined(parts: list[tuple[Text, Line]]) -> Candidate:
    number, last = "", 0.0
    odds: list[float] = []
    rivals: list[str] = []
    at: list[float] = []
    for digits, _ in parts:
        # Neighbouring boxes may overlap: a digit that stands where the last one did was read before.
        step = (digits.at[-1] - digits.at[0]) / max(1, len(digits.at) - 1) if digits.at else 0.0
        again = sum(at < last + 0.4 * step for at in digits.at) if len(digits.at) > 1 and last else 0
        number += digits.text[again:]
        odds += digits.odds[again:]
        rivals += (digits.rivals or ("",) * len(digits.text))[again:]
        at += digits.at[again:]
        last = digits.at[-1] if digits.at else 0.0
    height = sum(line.height for _, line in parts) / len(parts)
    burnt = any(line.burnt for _, line in parts)
    places = tuple(at) if len(at) == len(number) else ()
    return Candidate(number, tuple(odds), height, tuple(rivals), places, burnt)


def candidates(lines: list[Line]) -> list[Candidate]:
    """Numbers that may be the card's, the likeliest first."""
    found = []
    pieces: list[tuple[Text, Line]] = []
    for row in rows(lines):
        for run in _runs(row):
            for start in range(len(run)):
                for end in range(start + 1, len(run) + 1):
                    found.append(_joined(run[start:end]))
            if len(run) == 1 and len(run[0][0].text) < 16:
                pieces.append(run[0])
    # On upright cards the groups may stand one below the other.
    for start in range(len(pieces)):
        for end in range(start + 2, len(pieces) + 1):
            stacked = _joined([(Text(digits.text, digits.odds), line) for digits, line in pieces[start:end]])
            if len(stacked.number) in LENGTHS and luhn(stacked.number) and look_up(stacked.number):
                found.append(stacked)
    fitting = [candidate for candidate in found if len(candidate.number) in LENGTHS]
    return sorted(fitting, key=lambda candidate: candidate.rank, reverse=True)


def mended(read: Candidate) -> Candidate:
    """``read`` with one doubtful digit, or two, as its rivals and the check digit tell; else as it is.

    Every digit that was doubtful stays so: the customer compares it.
    """
    places = unsure(read.odds)
    if holds(read.number) or not 1 <= len(places) <= _DOUBTFUL or not read.rivals:
        return read
    found = []
    for changed in (*combinations(places, 1), *combinations(places, 2)):
        options = [_others(read.rivals[at]) for at in changed]
        for digits in product(*options):
            letters = list(read.number)
            for at, digit in zip(changed, digits, strict=True):
                letters[at] = digit
            number = "".join(letters)
            if holds(number) and (match := look_up(number)) and not match.ambiguous:
                ranks = [one.index(digit) for one, digit in zip(options, digits, strict=True)]
                found.append((sum(read.odds[at] for at in changed) + 0.1 * sum(ranks), number))
    return replace(read, number=min(found)[1]) if found else read


def supplied(read: Candidate) -> tuple[Candidate, int] | None:
    """``read`` with the one digit that a hole among the others lacks, and its place, by the check digit."""
    place = missing_place(read.at) if read.at and not unsure(read.odds) else None
    if place is None:
        return None
    for digit in "0123456789":
        number = read.number[:place] + digit + read.number[place:]
        if holds(number) and len(number) in known_lengths(number):
            return replace(read, number=number), place
    return None


def read_number(lines: list[Line]) -> ReadField | None:
    """The card's number: as read, mended, or with the one digit that light swallowed."""
    found = candidates(lines)
    if not found:
        return None
    best = mended(found[0])
    places = unsure(best.odds)
    changed = best.number != found[0].number
    confidence, doubtful = min(best.odds), not holds(best.number) or bool(places)
    if changed:  # another look may read what was worked out here
        confidence = min(confidence, _WORKED_OUT)
    if best.at and not regular(best.at):  # what is left of a number passes the check digit once in ten times
        confidence, doubtful = 0.0, True
        if more := supplied(best):
            best, places = more[0], (more[1],)
        elif not places:
            places = widest_step(best.at)
    lengths = known_lengths(best.number)
    foreign = bool(lengths) and len(best.number) not in lengths  # a last group that is gone leaves no hole
    return ReadField(
        value=best.number, confidence=confidence, doubtful=doubtful or foreign, unsure=places,
        torn=(foreign or changed) and best.burnt,
    )  # fmt: skip


def _others(rivals: str) -> list[str]:
    """The digits among a digit's rivals, the likeliest first."""
    return list(dict.fromkeys(one for one in rivals.translate(DIGITS) if one.isascii() and one.isdigit()))
