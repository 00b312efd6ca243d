"""A bank card: its number, the bank by BIN and by what is printed, its type, its expiry."""

from __future__ import annotations

import re

from settlement.bankcards.banks import Bank, find_bank
from settlement.bankcards.bins import BinMatch, look_up
from settlement.bankcards.numbers import luhn
from settlement.ocr.card_number import read_number
from settlement.ocr.lines import SIMPLIFY, SURE, Line
from settlement.ocr.reading import ReadField

_CREDIT = re.compile(r"(?<!准)贷记|(?<!准)信用卡|CREDIT", re.IGNORECASE)
_QUASI = re.compile("准贷记")
_DEBIT = re.compile(r"借记|储蓄卡|DEBIT", re.IGNORECASE)
_PREPAID = re.compile(r"预付|PREPAID", re.IGNORECASE)
_EXPIRY = re.compile(r"(?<!\d)(0[1-9]|1[0-2])/(?:20)?(\d{2})(?!\d)")


def _printed_bank(lines: list[Line]) -> tuple[Bank, float] | None:
    for line in sorted(lines, key=lambda line: -line.height):
        if re.search(r"\d{4}", line.text):
            continue
        if bank := find_bank(line.text.translate(SIMPLIFY)):
            return bank, line.score
    return None


def _bank(
    match: BinMatch | None, printed: tuple[Bank, float] | None, number: ReadField | None
) -> dict[str, ReadField]:
    """The bank by BIN when the number holds and one has it, else as printed; doubtful when they differ."""
    if match and number and not match.ambiguous and (printed is None or luhn(number.value)):
        doubtful = number.doubtful or (printed is not None and printed[0].code != match.bank_code)
        code, name, score = match.bank_code, match.bank_name, number.confidence
    elif printed:
        code, name, score = printed[0].code, printed[0].name, printed[1]
        told = match is not None and code in (match.bank_code, *match.candidates)
        doubtful = not told or score < SURE
    else:
        return {}
    fields = {"bank_name": ReadField(value=name, confidence=score, doubtful=doubtful)}
    if code:
        fields["bank_code"] = ReadField(value=code, confidence=score, doubtful=doubtful)
    return fields


def card_type(text: str, match: BinMatch | None) -> tuple[str, bool]:
    """(type, doubtful): what the card says of itself goes before the BIN table, which is old."""
    printed = next(
        (
            name
            for name, words in (
                ("quasi_credit", _QUASI),
                ("credit", _CREDIT),
                ("debit", _DEBIT),
                ("prepaid", _PREPAID),
            )
            if words.search(text)
        ),
        None,
    )
    told = match.card_type if match else "unknown"
    if printed is None:
        return told, told == "unknown"
    if printed == "debit" and told == "credit" and _CREDIT.search(text):
        return "credit", True
    return printed, told not in ("unknown", printed)


def parse_bank(lines: list[Line]) -> dict[str, ReadField]:
    """The fields of a bank card that can be found in ``lines``."""
    fields: dict[str, ReadField] = {}
    match: BinMatch | None = None
    if number := read_number(lines):
        match = look_up(number.value)
        fields["card_number"] = number

    text = "".join(line.text for line in lines).translate(SIMPLIFY)
    printed = _printed_bank(lines)
    fields.update(_bank(match, printed, fields.get("card_number")))
    if number or printed:
        value, unsettled = card_type(text, match)
        fields["card_type"] = ReadField(value=value, doubtful=unsettled)
    for line in lines:
        if expiry := _EXPIRY.search(line.text):
            value = f"{expiry[1]}/{expiry[2]}"
            fields["expiry"] = ReadField(value=value, confidence=line.score, doubtful=line.score < SURE)
            break
    return fields
