"""What the room between the digits of a bank card tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.bankcards.numbers import luhn
from settlement.ocr.bank import parse_bank
from settlement.ocr.lines import Line
from tests.unit.ocr.written import line

CARD = "6212268066751415335"


def spaced(groups: tuple[str, ...], swallowed: range, gap: float = 30) -> Line:
    """A card number in groups, of which light swallowed some places; the digits are 33 px apart."""
    at = [
        33.0 * place + gap * sum(1 for one in _starts(groups) if place >= one)
        for place in range(len("".join(groups)))
    ]
    kept = [
        (digit, x)
        for place, (digit, x) in enumerate(zip("".join(groups), at, strict=True))
        if place not in swallowed
    ]
    text = "".join(digit for digit, _ in kept)
    return replace(line(text, 0, 300), odds=(0.99,) * len(kept), at=tuple(x for _, x in kept))


def _starts(groups: tuple[str, ...]) -> list[int]:
    return [sum(len(one) for one in groups[:place]) for place in range(1, len(groups))]


FOURS = tuple(CARD[at : at + 4] for at in range(0, len(CARD), 4))


@pytest.mark.parametrize("groups", [(CARD,), FOURS, (CARD[:6], CARD[6:])])
def test_a_number_that_stands_as_cards_print_it_is_not_doubted(groups: tuple[str, ...]) -> None:
    assert not parse_bank([spaced(groups, range(0))])["card_number"].doubtful


@pytest.mark.parametrize(
    ("groups", "place"), [((CARD,), 10), (FOURS, 5), (FOURS, 8), ((CARD[:6], CARD[6:]), 12)]
)
def test_one_swallowed_digit_of_a_card_is_told_by_the_room_it_took_and_marked(
    groups: tuple[str, ...], place: int
) -> None:
    number = parse_bank([spaced(groups, range(place, place + 1))])["card_number"]
    assert (number.value, number.doubtful, number.unsure) == (CARD, True, (place,))


def test_a_number_with_a_hole_is_doubted_though_its_check_digit_holds() -> None:
    whole = "621813953551242571"
    number = parse_bank([spaced((whole,), range(3, 5))])["card_number"]
    assert luhn(number.value)
    assert (number.doubtful, number.unsure) == (True, (2, 3))


def test_two_swallowed_digits_of_a_card_are_not_guessed() -> None:
    number = parse_bank([spaced((CARD,), range(10, 12))])["card_number"]
    assert (len(number.value), number.doubtful) == (17, True)
