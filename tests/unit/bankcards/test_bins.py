"""The table of card number ranges."""

from __future__ import annotations

import csv

import pytest

from settlement.bankcards.banks import bank_of
from settlement.bankcards.bins import BINS_FILE, Bin, known_lengths, look_up
from tests.unit.bankcards import cards


@pytest.mark.parametrize(
    ("number", "bank", "card_type"),
    [
        ("6212268066751415335", "ICBC", "debit"),
        ("6222622622460761839", "COMM", "debit"),
        ("622909141431774491", "CIB", "debit"),
        ("6225685212161326566", "GDB", "debit"),
        ("6228485607505498003", "ABC", "debit"),
        ("6216264485614829109", "SPABANK", "debit"),
        ("6226224679284829", "CMBC", "debit"),
        ("6226637389506365", "CEB", "debit"),
        ("6217718515826868", "CITIC", "debit"),
        (cards.CMB_CREDIT, "CMB", "credit"),
        (cards.BOC_QUASI, "BOC", "quasi_credit"),
        (cards.BOC_PREPAID, "BOC", "prepaid"),
        (cards.GDB_20, "GDB", "debit"),
    ],
)
def test_a_known_number_names_its_bank_and_kind(number: str, bank: str, card_type: str) -> None:
    found = look_up(number)
    assert found is not None
    assert (found.bank_code, found.card_type, found.ambiguous) == (bank, card_type, False)
    assert found.bank_name


def test_a_range_that_two_banks_are_said_to_have_is_ambiguous() -> None:
    found = look_up(cards.AMBIGUOUS)
    assert found is not None
    assert (found.ambiguous, found.bank_code, found.candidates) == (True, "", ("GDB", "SPDB"))
    assert found.card_type == "debit"


def test_a_kind_that_the_sources_contradict_each_other_on_is_unknown() -> None:
    found = look_up(cards.CONTRADICTED)
    assert found is not None
    assert (found.bank_code, found.card_type) == ("ICBC", "unknown")


@pytest.mark.parametrize("number", [cards.UNKNOWN, "", "12", "0000000000000000"])
def test_no_row_means_unknown(number: str) -> None:
    assert look_up(number) is None


def test_the_longer_prefix_wins() -> None:
    rows = [Bin("6299", 0, "ICBC", "debit"), Bin("62999910", 19, "CCB", "credit")]
    found = look_up(cards.made("62999910", 19), rows)
    assert found is not None
    assert (found.bank_code, found.card_type) == ("CCB", "credit")


def test_a_row_for_another_length_does_not_count() -> None:
    assert look_up(cards.made("621226", 16)) is None
    assert known_lengths(cards.made("621226", 16)) == {19}


def test_a_companys_own_row_wins_over_the_table() -> None:
    found = look_up(cards.ICBC, [Bin("621226", 19, "CCB", "prepaid")])
    assert found is not None
    assert (found.bank_code, found.card_type) == ("CCB", "prepaid")


def test_every_row_is_well_formed_and_tells_its_source() -> None:
    lines = BINS_FILE.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert any("ISC" in line for line in comments)
    assert any("MIT" in line for line in comments)
    assert len(rows) > 2000
    for row in rows:
        assert row["prefix"].isdigit(), row
        assert 3 <= len(row["prefix"]) <= 10, row
        assert row["length"] == "" or 15 <= int(row["length"]) <= 20, row
        assert row["card_type"] in {"debit", "credit", "quasi_credit", "prepaid", "unknown"}, row
        assert (row["source"], row["version"]) in {("bankcardinfo", "2.0.6"), ("cardbin", "1.0.0")}, row
        bank = bank_of(row["bank_code"])
        assert bank is not None or (row["bank_code"] == "" and row["bank_name"]), row
