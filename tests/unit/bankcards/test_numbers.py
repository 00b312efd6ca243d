"""Card numbers: spelling and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.bankcards import numbers

digits = st.text("0123456789", min_size=13, max_size=20)


@pytest.mark.parametrize(
    "written",
    [
        "6212 2680 6675 1415 335",
        "6212-2680-6675-1415-335",
        "６２１２２６８０６６７５１４１５３３５",
        "6212\u30002680\u200b66751415335\n",
        "6212.2680.6675.1415.335",
        "6212—2680—6675—1415—335",
    ],
)
def test_every_way_of_writing_is_one_number(written: str) -> None:
    assert numbers.normalise(written) == "6212268066751415335"


def test_letters_stay_so_that_they_are_noticed() -> None:
    assert numbers.normalise("6212O26") == "6212O26"


@pytest.mark.parametrize("number", ["79927398713", "4111111111111111", "6212268066751415335"])
def test_numbers_that_check(number: str) -> None:
    assert numbers.luhn(number)


@pytest.mark.parametrize("number", ["", "79927398710", "6212268066751415336", "6212x", "６２１２", "٤١١١"])
def test_what_does_not_check(number: str) -> None:
    assert not numbers.luhn(number)


@given(digits)
def test_exactly_one_last_digit_checks(body: str) -> None:
    assert sum(numbers.luhn(body + digit) for digit in "0123456789") == 1


@given(digits, st.data())
def test_no_single_wrong_digit_checks(body: str, data: st.DataObject) -> None:
    number = next(body + digit for digit in "0123456789" if numbers.luhn(body + digit))
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[place]))
    assert not numbers.luhn(number[:place] + wrong + number[place + 1 :])


@given(digits, st.integers(1, 6), st.sampled_from([" ", "-", "\u3000", "－", ".", "\u00a0"]))
def test_any_grouping_is_the_same_number(number: str, size: int, gap: str) -> None:
    grouped = gap.join(number[start : start + size] for start in range(0, len(number), size))
    assert numbers.normalise(grouped) == number
