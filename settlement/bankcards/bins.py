"""Issuing bank and kind of a card by its first digits (BIN), from ``bins.csv``.

The tables are old and incomplete (product/validation.md §6.2): no match means unknown, never invalid, and
what two sources tell differently is ambiguous.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

CardType = Literal["debit", "credit", "quasi_credit", "prepaid", "unknown"]
BINS_FILE = Path(__file__).with_name("bins.csv")


class Bin(NamedTuple):
    """One range: ``prefix`` of a number with ``length`` digits; length 0 stands for any."""

    prefix: str
    length: int
    bank_code: str
    card_type: CardType
    bank_name: str = ""


class BinMatch(NamedTuple):
    """What the first digits tell. ``ambiguous``: sources name several banks, and ``bank_code`` is empty.

    ``candidates`` are the codes of those banks. A bank that ``banks.yml`` does not list has a name and no
    code.
    """

    bank_code: str
    bank_name: str
    card_type: CardType
    ambiguous: bool
    candidates: tuple[str, ...] = ()


@cache
def _table() -> dict[str, tuple[Bin, ...]]:
    with BINS_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return _index(
            Bin(
                row["prefix"],
                int(row["length"] or 0),
                row["bank_code"],
                cast(CardType, row["card_type"]),
                row["bank_name"],
            )
            for row in rows
        )


def _index(rows: Iterable[Bin]) -> dict[str, tuple[Bin, ...]]:
    table: dict[str, tuple[Bin, ...]] = {}
    for row in rows:
        table[row.prefix] = (*table.get(row.prefix, ()), row)
    return table


def look_up(number: str, extra: Iterable[Bin] = ()) -> BinMatch | None:
    """What is known of a full card number (ASCII digits).

    The longest prefix wins, and there a row for this very length. ``extra`` are a futures company's own
    rows; they win over the table.
    """
    for table in (_index(extra), _table()):
        for size in range(min(10, len(number)), 2, -1):
            rows = table.get(number[:size], ())
            fitting = [row for row in rows if row.length == len(number)]
            fitting += [row for row in rows if row.length == 0]
            if fitting:
                return _merge(fitting)
    return None


def known_lengths(number: str, extra: Iterable[Bin] = ()) -> frozenset[int]:
    """Lengths that rows with the longest known prefix of ``number`` tell; empty when none does."""
    for table in (_index(extra), _table()):
        for size in range(min(10, len(number)), 2, -1):
            lengths = frozenset(row.length for row in table.get(number[:size], ()) if row.length)
            if lengths:
                return lengths
    return frozenset()


def _merge(rows: list[Bin]) -> BinMatch:
    from settlement.bankcards.banks import bank_of

    banks = {row.bank_code or row.bank_name for row in rows}
    types = {row.card_type for row in rows} - {"unknown"}
    card_type: CardType = types.pop() if len(types) == 1 else "unknown"
    if len(banks) > 1:
        return BinMatch("", "", card_type, True, tuple(sorted({row.bank_code for row in rows} - {""})))
    bank = bank_of(rows[0].bank_code)
    return BinMatch(rows[0].bank_code, bank.name if bank else rows[0].bank_name, card_type, False)
