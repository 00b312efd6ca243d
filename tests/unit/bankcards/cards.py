"""Card numbers made here: a real prefix, an invented rest, a right check digit."""

from __future__ import annotations

from settlement.bankcards.numbers import luhn


def made(prefix: str, length: int, fill: str = "1029384756") -> str:
    """A number that starts with ``prefix``, has ``length`` digits and passes the check."""
    body = (prefix + fill * 2)[: length - 1]
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


ICBC = made("621226", 19)
BOC = made("621661", 19)
BEIJING = made("602969", 16)  # a bank off the usual lists
CMB_CREDIT = made("356885", 16)
BOC_QUASI = made("518378", 16)
BOC_PREPAID = made("620019", 16)
AMBIGUOUS = made("622521", 16)  # 浦发 or 广发
UNKNOWN = made("629999", 19)
GDB_20 = made("6858001", 20)
CONTRADICTED = made("510529", 16)  # one source says credit, the other debit
