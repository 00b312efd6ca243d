"""The front of a resident identity card: name, sex, nation, birth, address, number (GB 11643)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from settlement.identity.id_number import checksum
from settlement.ocr.address import MARK, read_address
from settlement.ocr.lines import DIGITS, DOTS, SIMPLIFY, SURE, Line, Row, rare, rows, unsure, weakest
from settlement.ocr.reading import ReadField

# GB/T 3304, in the card's own short form; longer names before those that they contain (土家 before 土).
_NATIONS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西
景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安
裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
NATIONS = tuple(sorted(_NATIONS.split(), key=len, reverse=True))
_NUMBER = re.compile(r"[0-9OoIlSBZ]{17}[0-9XxOoIlSBZ×]")
_HAN = re.compile(r"[\u3400-\u9fff〇\U00020000-\U0003ffff]")


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
            return _named(row.text.split("姓名", 1)[1], row, labelled=True)
    if above is None:
        return None
    candidates = [
        row for row in found if row.middle < above - 5 and _HAN.search(row.text) and not MARK.search(row.text)
    ]
    if not candidates:
        return None
    # The label may have been misread (地名, 姓务): a name in its row begins after it.
    return _named(
        re.sub(r"^(?:[姓名]{1,2}|.名|姓.)", "", candidates[-1].text), candidates[-1], labelled=False
    )


def _named(value: str, row: Row, *, labelled: bool) -> ReadField | None:
    if not value:
        return None
    proper = re.fullmatch(r"[\u3400-\u9fff〇·\U00020000-\U0003ffff]{2,50}", value.translate(DOTS)) is not None
    score = weakest(value, row.odds)
    sure = (
        labelled
        and proper
        and score >= SURE
        and not rare(value)
        and not any(line.burnt for line in row.lines)
    )
    return ReadField(value=value.translate(DOTS), confidence=score, doubtful=not sure)


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
        code = numbered.number[:6] if numbered and holds else ""
        if addressed := read_address(found, birth_at, number_at, right, code):
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
