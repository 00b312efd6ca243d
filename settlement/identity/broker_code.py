"""A futures company's code: four digits, leading zeros included, typed or said (R-001, R-003)."""

from __future__ import annotations

import re

from settlement.errors import CustomerError
from settlement.identity.digits import SEPARATORS, SPOKEN, half_width, spoken

_RUN = re.compile(rf"[0-9{SPOKEN}](?:[\s\-,，、.·]*[0-9{SPOKEN}])*")


def normalise(text: str) -> str:
    """``text`` in half width without separators, spoken digits as digits."""
    return spoken(SEPARATORS.sub("", half_width(text)))


def parse(text: str) -> str:
    """The code that ``text`` is, or holds: ``编号 0 1 2 7``, ``零幺二七``, ``０１２７``.

    ``CustomerError("broker_code_malformed")`` when no run of exactly four digits is there, or several differ.
    """
    runs = {spoken(re.sub(rf"[^0-9{SPOKEN}]", "", run)) for run in _RUN.findall(half_width(text))}
    codes = {run for run in runs if len(run) == 4}
    if len(codes) != 1:
        raise CustomerError("broker_code_malformed")
    return codes.pop()
