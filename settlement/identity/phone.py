"""Mobile telephone numbers of the mainland."""

from __future__ import annotations

import re

from settlement.errors import CustomerError
from settlement.identity.digits import SEPARATORS, half_width

_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


def normalise(text: str) -> str:
    """``text`` in half width without separators, brackets and the country code."""
    value = re.sub(r"[()（）]", "", SEPARATORS.sub("", half_width(text)))
    return re.sub(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))", "", value)


def parse(text: str) -> str:
    """Eleven digits; ``CustomerError("phone_malformed")`` otherwise.

    Ranges of virtual operators are numbers like any other; 13-digit numbers of machines (IoT) are refused.
    """
    value = normalise(text)
    if not _MOBILE.fullmatch(value):
        raise CustomerError("phone_malformed")
    return value
