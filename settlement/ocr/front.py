"""The front of a resident identity card: name, sex, nation, birth, address, number (GB 11643)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from settlement.identity.id_number import checksum
from settlement.ocr.lines import DIGITS, SIMPLIFY, Line, Row, rows, unsure, weakest
from settlement.ocr.reading import ReadField

# GB/T 3304, in the card's own short form; longer names before those that they contain (土家 before 土).
_NATIONS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西
景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安
裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
NATIONS = tuple(sorted(_NATIONS.split(), key=len, reverse=True))
# A character less probable than this makes its value doubtful. On specimens nearly every wrong character in a
# name or an address is, and one right name in twenty.
SURE = 0.90
_DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅.．", "·"))  # to the one dot of a name (民委发〔2016〕33 号)
_NUMBER = re.compile(r"[0-9OoIlSBZ]{17}[0-9XxOoIlSBZ×]")
_HAN = re.compile(r"[\u3400-\u9fff〇\U00020000-\U0003ffff]")
_MARK = re.compile(r"样本|SPECIMEN|仅限|复印|公民|身份号|号码", re.IGNORECASE)


def number_holds(number: str) -> bool:
    """Whether an 18-place number has its check digit and a real date (GB 11643; ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    return checksum(number[:17]) == number[17] and iso_date(*_birth_parts(number)) is not None


def iso_date(year: str, month: str, day: str) -> str | None:
    """YYYY-MM-DD, or None when there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


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


def _nation(text: str) -> str:
    match = re.search("民族?(.+)$", text) or re.search("[男女]族?(.+)$", text)
    rest = re.sub("[^\u4e00-\u9fff]", "", match[1].lstrip("民族")) if match else ""
    return next((name for name in NATIONS if name in rest), rest)


def _name(found: list[Row], above: float | None) -> ReadField | None:
    for row in found:
        if "姓名" in row.text:
            return _named(row.text.split("姓名", 1)[1], row.odds, labelled=True)
    if above is None:
        return None
    candidates = [
        row
        for row in found
        if row.middle < above - 5 and _HAN.search(row.text) and not _MARK.search(row.text)
    ]
    if not candidates:
        return None
    # The label may have been misread (地名, 姓务): a name in its row begins after it.
    return _named(
        re.sub(r"^(?:[姓名]{1,2}|.名|姓.)", "", candidates[-1].text), candidates[-1].odds, labelled=False
    )


def _named(value: str, odds: tuple[float, ...], *, labelled: bool) -> ReadField | None:
    if not value:
        return None
    proper = (
        re.fullmatch(r"[\u3400-\u9fff〇·\U00020000-\U0003ffff]{2,50}", value.translate(_DOTS)) is not None
    )
    score = weakest(value, odds)
    sure = labelled and proper and score >= SURE and not rare(value)
    return ReadField(value=value.translate(_DOTS), confidence=score, doubtful=not sure)


def rare(text: str) -> bool:
    """Whether a character is outside GB 2312: too rare for the recogniser to be believed about it."""
    try:
        text.translate(_DOTS).encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _address(found: list[Row], below: float, above: float, right: float) -> ReadField | None:
    parts: list[Line] = []
    whole = True
    starts: list[float] = []
    ends: list[tuple[float, float]] = []
    for row in found:
        if not below + 10 < row.middle < above - 10:
            continue
        printed = [line for line in row.lines if line.x0 < 0.62 * right and not _MARK.search(line.text)]
        words = [line for line in printed if not re.fullmatch("住址|住.|.址|住|址", line.text)]
        # Glare swallows words without a trace in the scores: it leaves a hole in the row, or at its start.
        whole &= all(b.x0 - a.x1 < 1.5 * b.height for a, b in pairwise(words))
        ends += [(line.x1, line.height) for line in words[-1:]]
        starts += [line.x0 for line in words[:1] if not line.text.startswith("住")]
        parts += words
    value = re.sub(r"^(住址|住|址)", "", "".join(line.text for line in parts))
    if not value:
        return None
    widest = max((end for end, _ in ends), default=0.0)
    # Rows but the last run to the margin, and all of them begin at one edge.
    whole &= all(widest - end < 3 * height for end, height in ends[:-1])
    # A full row has eleven characters and ends below the middle of the number.
    whole &= len(ends) < 2 or widest > 0.55 * right
    whole &= max(starts, default=0.0) - min(starts, default=0.0) < 1.5 * parts[0].height
    score = weakest(value, Row(tuple(parts)).odds)
    return ReadField(
        value=value,
        confidence=score if whole else 0.0,
        doubtful=not whole or score < SURE or rare(value) or len(value) < 6,
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
            if nation := _nation(text):
                doubtful = nation not in NATIONS or row.score < 0.6
                fields["nation"] = ReadField(value=nation, confidence=row.score, doubtful=doubtful)

    if named := _name(found, sex_at if sex_at is not None else birth_at):
        fields["name"] = named
    if birth_at is not None and number_at is not None and number_at > birth_at:
        right = max(line.x1 for line in lines)
        if addressed := _address(found, birth_at, number_at, right):
            fields["address"] = addressed

    _cross_check(fields, holds, printed_birth, printed_sex)
    return fields


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
