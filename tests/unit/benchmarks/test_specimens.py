"""Invented cards: valid in form, repeatable, and those that are measured on kept apart."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from benchmarks.specimens import people, scene
from benchmarks.specimens.__main__ import SPLITS
from benchmarks.specimens.cards import Face
from settlement.bankcards.bins import look_up
from settlement.bankcards.numbers import luhn
from settlement.ocr.divisions import known
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


@pytest.mark.parametrize(("size", "erased"), [(0.01, False), (0.5, True)])
def test_a_photo_says_whether_light_has_erased_a_letter(size: float, erased: bool) -> None:
    blank = Image.new("RGB", (1200, 757), (232, 236, 242))
    printed = blank.copy()
    for left in range(200, 700, 50):
        ImageDraw.Draw(printed).rectangle((left, 380, left + 30, 420), fill=(30, 30, 34))
    how = replace(scene.LEVELS["mild"], glare=1.0, glare_size=(size, size))
    assert scene.photograph([Face(printed, blank)], how, random.Random(1)).erased is erased


def test_a_place_that_was_not_picked_is_one_of_the_country_with_its_own_police() -> None:
    addresses = {people.person(random.Random(seed))["address"] for seed in range(40)}
    picked = tuple(place for _, place, _ in people.WORDS["places"])
    others = [address for address in addresses if not address.startswith(picked)]
    assert len(others) > 10
    assert all(known(address) for address in others)
    assert all("公安局" in people.issue(random.Random(seed))["authority"] for seed in range(40))
