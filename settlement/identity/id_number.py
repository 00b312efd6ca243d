"""Numbers of resident identity cards: GB 11643-1999; first-generation cards ended on 2013-01-01."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from settlement.errors import CustomerError
from settlement.identity.digits import SEPARATORS, half_width

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
ADULT = 18
# Provinces, municipalities and regions. Counties come and go, so nothing finer is judged. 81 to 83 are
# residence permits of people from Hong Kong, Macao and Taiwan; 9 begins the permanent residence card
# of foreigners (2023).
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for code in range(first, last + 1)
)
RESIDENCE_PERMITS = frozenset({"81", "82", "83"})
EARLIEST = date(1900, 1, 1)
_FULL = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_FIRST_GENERATION = re.compile(r"[0-9]{15}", re.ASCII)


class IdNumber:
    """A number that passed every check; its repr hides it."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "IdNumber(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdNumber) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    @property
    def birth(self) -> date:
        """Date of birth."""
        return date(int(self.value[6:10]), int(self.value[10:12]), int(self.value[12:14]))

    @property
    def sex(self) -> Literal["男", "女"]:
        """As printed on the card: an odd sequence number is male."""
        return "男" if int(self.value[16]) % 2 else "女"

    def age_on(self, day: date) -> int:
        """Whole years on ``day``; somebody is a year older from the birthday on."""
        return age_on(self.birth, day)


def age_on(birth: date, day: date) -> int:
    """Whole years between; who was born on 29 February is a year older on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def normalise(text: str) -> str:
    """``text`` in half width without separators, ending in X for x, Ｘ, 叉, a cross or a star."""
    value = SEPARATORS.sub("", half_width(text)).replace(".", "").upper().replace("叉", "X")
    return re.sub(r"[×✕✖╳*]$", "X", value)


def checksum(first17: str) -> str:
    """The last character of a number with these 17 digits (ISO 7064 MOD 11-2)."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True)) % 11]


def lengthen(value15: str) -> str:
    """The 18-character form of a first-generation number; its century is always the nineteen-hundreds."""
    first17 = f"{value15[:6]}19{value15[6:]}"
    return first17 + checksum(first17)


def parse(text: str, today: date) -> IdNumber:
    """The number in ``text``, judged on ``today`` (Beijing date).

    ``CustomerError``: id_number_malformed, id_number_checksum, id_number_first_generation, id_number_minor,
    id_number_not_mainland.
    """
    value = normalise(text)
    if _FIRST_GENERATION.fullmatch(value):
        raise CustomerError("id_number_first_generation")
    if not _FULL.fullmatch(value):
        raise CustomerError("id_number_malformed")
    if value[17] != checksum(value[:17]):
        raise CustomerError("id_number_checksum")
    birth = _date(value[6:14])
    if birth is None or not EARLIEST <= birth <= today:
        raise CustomerError("id_number_malformed")
    if value[:2] in RESIDENCE_PERMITS or value[0] == "9":
        raise CustomerError("id_number_not_mainland")
    if value[:2] not in PROVINCES:
        raise CustomerError("id_number_malformed")
    number = IdNumber(value)
    if number.age_on(today) < ADULT:
        raise CustomerError("id_number_minor")
    return number


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
