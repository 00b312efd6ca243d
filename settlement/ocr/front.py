"""The front of a resident identity card: name, sex, nation, birth, address, number (GB 11643)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from settlement.clock import beijing, now
from settlement.identity.id_number import PROVINCES, RESIDENCE_PERMITS, checksum
from settlement.ocr.address import MARK, left_edge, read_address
from settlement.ocr.divisions import counties_of
from settlement.ocr.filled import Filled, fill_number
from settlement.ocr.lines import (
    DIGITS,
    DOTS,
    SIMPLIFY,
    SURE,
    Line,
    Row,
    iso_date,
    rare,
    rows,
    uncommon,
    unsure,
    weakest,
)
from settlement.ocr.nation import read_nation
from settlement.ocr.reading import ReadField

# No words around a name tell: 或 for 彧 and 劫 for 劼 had 0.90 to 0.93, right letters mostly more.
SURE_OF_LETTER = 0.95
_SHIFTED = 0.75  # of the letters' distance: as far as a name may begin from where the other values do
_PLAIN = 0.98  # and where the next guess is a letter that only names have: 赞 for 赟 had 0.96
_NUMBER = re.compile(r"[0-9OoIlSBZ]{17}[0-9XxOoIlSBZ×]")
_HAN = re.compile(r"[\u3400-\u9fff〇\U00020000-\U0003ffff]")


def number_holds(number: str) -> bool:
    """Whether an 18-place number has a province, a possible birth and its check digit (GB 11643).

    One bank card number of 18 places in eleven has that check digit by chance.
    """
    if not re.fullmatch(r"\d{17}[\dX]", number) or number[:2] not in PROVINCES | RESIDENCE_PERMITS:
        return False
    born = iso_date(*_birth_parts(number))
    if born is None or not "1800" <= born <= beijing(now()).date().isoformat():
        return False
    return checksum(number[:17]) == number[17]


def _birth_parts(number: str) -> tuple[str, str, str]:
    return number[6:10], number[10:12], number[12:14]


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number printed, each digit's odds, and the line that it stands in."""

    number: str
    odds: tuple[float, ...]
    line: Line


def id_number(lines: Iterable[Line]) -> Numbered | None:
    """The number printed; one whose check digit holds goes first."""
    found: Numbered | None = None
    for line in lines:
        for match in _NUMBER.finditer(line.text):
            raw = match.group()
            last = "X" if raw[17] in "xX×" else raw[17].translate(DIGITS)
            odds = line.odds[slice(*match.span())] or (line.score,) * 18
            numbered = Numbered(raw[:17].translate(DIGITS) + last, odds, line)
            if number_holds(numbered.number):
                return numbered
            found = found or numbered
    return found


def _birth(text: str) -> str | None:
    match = re.search(r"((?:19|20)\d{2})年?(\d{1,2})月?(\d{1,2})日?", text)
    if match and ("年" in text or "月" in text) and len(re.sub(r"\D", "", text)) <= 8:
        return iso_date(*match.groups())
    return None


def _repeats_birth(text: str, numbered: Numbered | None) -> bool:
    """Whether a row's digits are the year that stands in the number, and little more."""
    digits = re.sub(r"\D", "", text)
    return numbered is not None and digits.startswith(numbered.number[6:10]) and len(digits) <= 10


def _name(found: list[Row], above: float | None, left: float | None) -> ReadField | None:
    for row in found:
        if "姓名" in row.text:
            return _named(row.text.split("姓名", 1)[1], row, left, labelled=True)
    if above is None:
        return None
    candidates = [
        row for row in found if row.middle < above - 5 and _HAN.search(row.text) and not MARK.search(row.text)
    ]
    if not candidates:
        return None
    # The label may have been misread (地名, 姓务): a name in its row begins after it.
    return _named(
        re.sub(r"^(?:[姓名]{1,2}|.名|姓.)", "", candidates[-1].text), candidates[-1], left, labelled=False
    )


def _named(value: str, row: Row, left: float | None, *, labelled: bool) -> ReadField | None:
    """``left``: where values begin; a name that begins later has lost its first letter to the light."""
    if not value:
        return None
    proper = re.fullmatch(r"[\u3400-\u9fff〇·\U00020000-\U0003ffff]{2,50}", value.translate(DOTS)) is not None
    score = weakest(value, row.odds)
    rivals = row.rivals[-len(value) :]
    read, value = value, _as_registered(value, rivals)
    sure = (
        labelled
        and proper
        and score >= SURE_OF_LETTER
        and value == read
        and not rare(value)
        and not _perhaps_rare(value, row.odds[-len(value) :], rivals)
        and not any(line.burnt for line in row.lines)
    )
    at = row.at[-len(value) :]
    torn = left is not None and len(at) > 1 and at[0] - left > _SHIFTED * (at[1] - at[0])
    return ReadField(value=value.translate(DOTS), confidence=score, doubtful=not sure or torn, torn=torn)


def _perhaps_rare(value: str, odds: tuple[float, ...], rivals: tuple[str, ...]) -> bool:
    """Whether a common letter may have been taken for a rare one that looks like it."""
    return any(
        odd < _PLAIN and uncommon(others[:1]) and not uncommon(letter)
        for letter, odd, others in zip(value, odds, rivals, strict=True)
        if others
    )


def _as_registered(value: str, rivals: tuple[str, ...]) -> str:
    """Names are registered in simplified letters: 强 when 強 was read and 强 is the next guess."""
    return "".join(
        simple if (simple := letter.translate(SIMPLIFY)) in others[:1] else letter
        for letter, others in zip(value, rivals, strict=True)
    )


def parse_front(lines: list[Line]) -> dict[str, ReadField]:
    """The fields of a front that can be found in ``lines``, cross-checked against each other."""
    found = rows(lines)
    fields: dict[str, ReadField] = {}
    sex_at = birth_at = number_at = None

    numbered = id_number(lines)
    holds = False
    if numbered:
        holds = number_holds(numbered.number)
        number_at = numbered.line.middle
        places = unsure(numbered.odds)
        fields["id_number"] = ReadField(
            value=numbered.number,
            confidence=min(numbered.odds),
            doubtful=not holds or bool(places),
            unsure=places,
        )

    printed_sex = printed_birth = None
    for row in found:
        text = row.text.translate(SIMPLIFY)
        if number_at is None and re.search("公民|身份号|号码", text):
            number_at = row.middle
        if (birth := _birth(text)) and not printed_birth:
            printed_birth, birth_at = (birth, row.score), row.middle
        elif birth_at is None and (re.search("出生|年.*月", text) or _repeats_birth(text, numbered)):
            birth_at = row.middle
        if sex_at is None and birth_at is None and re.search("性别|民族|^.{0,3}[男女]", text):
            sex_at = row.middle
            if match := re.search("[男女]", text):
                printed_sex = (match[0], row.score)
            if nation := read_nation(row):
                fields["nation"] = nation

    left = left_edge(found, birth_at) if birth_at is not None else None
    if named := _name(found, sex_at if sex_at is not None else birth_at, left):
        fields["name"] = named
    if birth_at is not None and number_at is not None and number_at > birth_at:
        right = max(line.x1 for line in lines)
        code = numbered.number[:6] if numbered and holds else ""
        if addressed := read_address(found, birth_at, number_at, left, right, code):
            fields["address"] = addressed
    if not holds and (filled := _filled(found, printed_birth, printed_sex, fields.get("address"))):
        fields["id_number"] = ReadField(
            value=filled.number, confidence=0.0, doubtful=True, unsure=filled.places
        )
        holds = True

    _cross_check(fields, holds, printed_birth, printed_sex)
    return fields


def _filled(
    found: list[Row],
    birth: tuple[str, float] | None,
    sex: tuple[str, float] | None,
    address: ReadField | None,
) -> Filled | None:
    """The number with what light swallowed of it, as far as the rest of the card tells."""
    believed = [printed[0] if printed and printed[1] >= SURE else "" for printed in (birth, sex)]
    counties = counties_of(address.value) if address else []
    return fill_number(found, believed[0].replace("-", ""), believed[1], counties, number_holds)


def _cross_check(
    fields: dict[str, ReadField],
    holds: bool,
    printed_birth: tuple[str, float] | None,
    printed_sex: tuple[str, float] | None,
) -> None:
    """Birth and sex stand twice on a card: printed, and in the number. Where both agree, both are sure."""
    number = fields["id_number"].value if "id_number" in fields else ""
    coded_birth = iso_date(*_birth_parts(number)) if holds else None
    coded_sex = ("女", "男")[int(number[16]) % 2] if holds else None
    for name, printed, coded in (("birth", printed_birth, coded_birth), ("sex", printed_sex, coded_sex)):
        if printed is None and coded is None:
            continue
        value = coded or (printed[0] if printed else "")
        score = printed[1] if printed else fields["id_number"].confidence
        differs = printed is not None and coded is not None and printed[0] != coded
        fields[name] = ReadField(value=value, confidence=score, doubtful=differs or coded is None)
        if differs:  # one wrong digit in eleven passes the check digit: the number itself is in doubt
            fields["id_number"].doubtful = True
