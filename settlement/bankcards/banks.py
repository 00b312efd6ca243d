"""Banks by code and by the many names that people use."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

BANKS_FILE = Path(__file__).with_name("banks.yml")


class Bank(BaseModel):
    """A bank; ``name`` is what customers are shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@cache
def all_banks() -> tuple[Bank, ...]:
    """Every bank of ``banks.yml``, in its order."""
    rows = yaml.safe_load(BANKS_FILE.read_text(encoding="utf-8"))
    return tuple(Bank.model_validate(row) for row in rows)


@cache
def _by_code() -> dict[str, Bank]:
    return {bank.code: bank for bank in all_banks()}


@cache
def _by_name() -> dict[str, Bank]:
    names: dict[str, Bank] = {}
    for bank in all_banks():
        for name in (bank.code, bank.name, *bank.aliases):
            names.setdefault(_fold(name), bank)
    return names


@cache
def _inside() -> re.Pattern[str]:
    # Longest first, so that 广州农村商业银行 is not read as 商业银行; Latin names only as whole words.
    names = sorted(_by_name(), key=len, reverse=True)
    parts = [rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in names]
    return re.compile("|".join(parts))


def _fold(text: str) -> str:
    return re.sub(r"[\s·.()（）]", "", unicodedata.normalize("NFKC", text)).lower()


def bank_of(code: str) -> Bank | None:
    """The bank with this code."""
    return _by_code().get(code)


def find_bank(text: str) -> Bank | None:
    """The bank that ``text`` is, or names somewhere; ``None`` when there is none, or more than one.

    A leading 中国 and a trailing 股份有限公司 may be there or not: 中国建设银行, 建设银行, 建行 and CCB are
    one.
    """
    folded = re.sub(r"股份有限公司|有限责任公司|有限公司", "", _fold(text))
    if not folded:
        return None
    names = _by_name()
    if whole := names.get(folded) or names.get(folded.removeprefix("中国")):
        return whole
    found = {names[match[0]].code for match in _inside().finditer(folded)}
    return _by_code()[found.pop()] if len(found) == 1 else None
