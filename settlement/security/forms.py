"""What kind of number digits make by their form: ID number (GB 11643), phone, bank card (ISO/IEC 7812)."""

from __future__ import annotations

import re
from datetime import date

from settlement.bankcards.numbers import luhn
from settlement.identity.id_number import PROVINCES, RESIDENCE_PERMITS, checksum
from settlement.security.digits import Gap
from settlement.security.tokens import Kind

CERTAIN = 40  # a check digit and a birthday that are right
_NO_CHANCE = 20  # one in ten rows of digits ends with a right check digit, which says little
_PHONE = re.compile(r"(?:0{0,2}86)?(1[3-9]\d{9})")
_REGIONS = PROVINCES | RESIDENCE_PERMITS
_FOREIGNER = "9"  # begins the permanent residence card of foreigners


def named(digits: str, final_x: bool, widest: Gap) -> tuple[Kind, str, int] | None:
    """Kind, value and how sure the form makes us, for digits that have the form of something."""
    length, near = len(digits), widest <= Gap.CONNECTED
    if final_x and length == 17 and (near or _id_checks(f"{digits}X")):
        return Kind.ID_NUMBER, f"{digits}X", CERTAIN
    if length == 18 and _id_checks(digits):
        return Kind.ID_NUMBER, digits, CERTAIN
    phone = _PHONE.fullmatch(digits)
    if phone and widest <= Gap.FILLED:
        return Kind.PHONE, phone[1], 25
    union_pay = digits.startswith("62") and 16 <= length <= 19
    if union_pay and luhn(digits):
        return Kind.CARD_NUMBER, digits, 25
    if not near:
        return None
    if length == 18 and _id_looks(digits, digits[6:14]):
        return Kind.ID_NUMBER, digits, 22
    if union_pay:
        return Kind.CARD_NUMBER, digits, 20
    if 13 <= length <= 19 and digits[0] in "3456" and luhn(digits):
        return Kind.CARD_NUMBER, digits, 12
    if length == 15 and _id_looks(digits, f"19{digits[6:12]}"):
        return Kind.ID_NUMBER, digits, 10
    return None


def _id_looks(number: str, birth: str) -> bool:
    """Whether province and birthday can be those of an ID number (GB 11643)."""
    try:
        born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:8]))
    except ValueError:
        return False
    return (number[:2] in _REGIONS or number[0] == _FOREIGNER) and born.year >= 1880


def _id_checks(number: str) -> bool:
    """Whether an 18-digit number is right in all of its parts."""
    return _id_looks(number, number[6:14]) and checksum(number[:17]) == number[17]


def form_of(digits: str) -> Kind | None:
    """What kind of number these digits (and a final X) make; None when chance could have made that form."""
    form = named(digits.removesuffix("X"), digits.endswith("X"), Gap.TIGHT)
    return form[0] if form and form[1] == digits and form[2] >= _NO_CHANCE else None
