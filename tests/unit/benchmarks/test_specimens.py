"""Invented cards: valid in form, repeatable, and those that are measured on kept apart."""

from __future__ import annotations

import random

from benchmarks.specimens import people
from benchmarks.specimens.__main__ import SPLITS
from settlement.bankcards.bins import look_up
from settlement.bankcards.numbers import luhn
from settlement.ocr.front import number_holds


def test_the_same_seed_invents_the_same_person() -> None:
    assert people.person(random.Random(7)) == people.person(random.Random(7))
    assert people.person(random.Random(7)) != people.person(random.Random(8))


def test_invented_numbers_have_their_check_digits() -> None:
    for seed in range(50):
        assert number_holds(people.person(random.Random(seed))["id_number"])
        card = people.bank_card(random.Random(seed))
        known = look_up(card["card_number"])
        assert luhn(card["card_number"])
        assert known is not None
        assert known.bank_code == card["bank_code"]


def test_seeds_for_measuring_are_never_those_for_tuning() -> None:
    """A run uses 16 blocks of 10,000 seeds from its first one on."""
    first, second = sorted(SPLITS.values())
    assert first + 16 * 10_000 < second
