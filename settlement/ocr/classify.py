"""What a photo shows, told by its text; what was asked for is a hint for a tie, no more."""

from __future__ import annotations

import re

from settlement.bankcards.bins import look_up
from settlement.ocr.card_number import candidates, holds
from settlement.ocr.front import id_number, number_holds
from settlement.ocr.lines import SIMPLIFY, Line
from settlement.ocr.reading import Kind

_FRONT = ("姓名", "性别", "民族", "出生", "住址", "公民身份", "身份号码")
_BACK = ("中华人民共和国", "居民身份证", "签发机关", "有效期限", "公安局")
_BANK = (
    "银行",
    "银联",
    "UNIONPAY",
    "VALID",
    "DEBIT",
    "CREDIT",
    "VISA",
    "MASTERCARD",
    "借记",
    "信用",
    "ATM",
    "信用社",
    "农商",
)


def evidence(lines: list[Line]) -> dict[Kind, int]:
    """Points for each kind: words printed on it, three for a number whose check digit holds,
    one for a number that is only a bank's."""
    text = "".join(line.text for line in lines).translate(SIMPLIFY).upper()
    points: dict[Kind, int] = {
        "id_front": sum(word in text for word in _FRONT),
        "id_back": sum(word in text for word in _BACK),
        "bank_card": sum(word in text for word in _BANK),
    }
    number = id_number(lines)
    if number and number_holds(number.number):
        points["id_front"] += 3
    elif (found := candidates(lines)) and holds(found[0].number):
        points["bank_card"] += 3
    elif re.search(r"\d{4}\.\d{2}\.\d{2}-", text):
        points["id_back"] += 1
    elif found and len(found[0].number) in (16, 19) and look_up(found[0].number):
        points["bank_card"] += 1
    return points


def classify(lines: list[Line], expected: str | None = None) -> Kind:
    """The kind with the most evidence, or none when there is next to nothing."""
    points = evidence(lines)
    best = max(points, key=lambda kind: (points[kind], kind == expected))
    enough = 1 if best == expected else 2
    return best if points[best] >= enough else "none"


def several(lines: list[Line]) -> bool:
    """Whether one picture shows more than one card (both sides of an identity card, two bank cards)."""
    points = evidence(lines)
    strong = sum(points[kind] >= 4 for kind in points)
    numbers = {candidate.number for candidate in candidates(lines) if holds(candidate.number)}
    apart = {n for n in numbers if not any(n != other and n in other for other in numbers)}
    return strong > 1 or (points["bank_card"] >= 4 and len(apart) > 1 and len({n[-4:] for n in apart}) > 1)
