"""ID numbers (GB 11643). Numbers are published specimens, or made here with a check digit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import CustomerError
from settlement.identity import id_number

TODAY = date(2026, 11, 23)
SPECIMEN = "11010519491231002X"


def made(region: str = "110105", birth: str = "19900307", sequence: str = "123") -> str:
    first17 = region + birth + sequence
    return first17 + id_number.checksum(first17)


numbers = st.builds(
    lambda region, birth, sequence: made(f"{region}0105", birth.strftime("%Y%m%d"), f"{sequence:03}"),
    st.sampled_from(sorted(id_number.PROVINCES)),
    st.dates(date(1930, 1, 1), date(2008, 11, 23)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        (SPECIMEN, "女", date(1949, 12, 31)),
        ("440524188001010014", "男", date(1880, 1, 1)),
    ],
)
def test_published_numbers_carry_the_right_check_digit(number: str, sex: str, birth: date) -> None:
    assert id_number.checksum(number[:17]) == number[17]
    assert (id_number.IdNumber(number).sex, id_number.IdNumber(number).birth) == (sex, birth)


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-1949-1231-002x",
        "110105.19491231.002X",
        "11010519491231002叉",
        "11010519491231002×",
        "11010519491231002*",
        " 1101051949\u200b1231002X\n",
        "110105—19491231—002X",
        "110105\u300019491231\u3000002Ｘ",
    ],
)
def test_every_way_of_writing_a_number_is_one_number(written: str) -> None:
    assert id_number.parse(written, TODAY).value == SPECIMEN


def refused(text: str, today: date = TODAY) -> str:
    with pytest.raises(CustomerError) as caught:
        id_number.parse(text, today)
    assert not text or text not in repr(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_number_malformed"),
        ("你好", "id_number_malformed"),
        ("1101051949123100", "id_number_malformed"),
        ("1101051949123100201", "id_number_malformed"),
        ("X1010519491231002X", "id_number_malformed"),
        ("110105194912310021", "id_number_checksum"),
        ("110105491231002", "id_number_first_generation"),
        (made(birth="19900230"), "id_number_malformed"),
        (made(birth="19901301"), "id_number_malformed"),
        (made(birth="19000229"), "id_number_malformed"),
        (made(birth="18991231"), "id_number_malformed"),
        (made(birth="20261124"), "id_number_malformed"),
        (made(region="100105"), "id_number_malformed"),
        (made(region="990105"), "id_number_not_mainland"),
        (made(region="810000"), "id_number_not_mainland"),
        (made(region="820000"), "id_number_not_mainland"),
        (made(region="830000"), "id_number_not_mainland"),
        (made(region="911300"), "id_number_not_mainland"),
    ],
)
def test_what_is_not_a_number_of_a_resident_card_is_refused_by_its_reason(text: str, code: str) -> None:
    assert refused(text) == code


def test_digits_of_other_scripts_are_no_digits_of_a_card() -> None:
    assert refused("१10105194912310021") == "id_number_malformed"


def test_a_customer_is_of_age_on_the_eighteenth_birthday_and_not_a_day_before() -> None:
    text = made(birth="20081123")
    assert refused(text, date(2026, 11, 22)) == "id_number_minor"
    assert id_number.parse(text, date(2026, 11, 23)).age_on(TODAY) == 18


def test_who_was_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    text = made(birth="20080229")
    assert refused(text, date(2026, 2, 28)) == "id_number_minor"
    assert id_number.parse(text, date(2026, 3, 1))


def test_a_first_generation_number_lengthens_to_the_published_one() -> None:
    assert id_number.lengthen("110105491231002") == SPECIMEN


def test_a_number_does_not_show_itself_in_a_repr() -> None:
    assert "1949" not in repr(id_number.parse(SPECIMEN, TODAY))


def test_equal_numbers_are_equal_however_they_were_written() -> None:
    assert {id_number.parse(SPECIMEN, TODAY), id_number.parse(SPECIMEN.lower(), TODAY)} == {
        id_number.IdNumber(SPECIMEN)
    }


@given(numbers, st.data())
def test_no_single_wrong_character_passes(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(
        st.sampled_from("0123456789" + ("X" if place == 17 else "")).filter(lambda c: c != number[place])
    )
    with pytest.raises(CustomerError):
        id_number.parse(number[:place] + wrong + number[place + 1 :], TODAY)


@given(numbers)
def test_no_swap_of_neighbours_passes_as_the_same_person(number: str) -> None:
    for place in range(17):
        if number[place] != number[place + 1] and "X" not in number[place : place + 2]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert id_number.checksum(swapped[:17]) != swapped[17]


@given(
    numbers, st.lists(st.sampled_from([" ", "-", ".", "\u3000", "－", "\u200b"]), min_size=18, max_size=18)
)
def test_separators_anywhere_and_full_width_change_nothing(number: str, between: list[str]) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) + gap for c, gap in zip(number, between, strict=True))
    assert id_number.parse(wide, TODAY).value == number
    assert id_number.normalise(id_number.normalise(wide)) == number


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.integers(0, 36500))
def test_age_grows_by_one_within_any_year(birth: date, days: int) -> None:
    day = min(birth + timedelta(days=days), date(2100, 1, 1))
    assert 0 <= id_number.age_on(birth, day + timedelta(days=366)) - id_number.age_on(birth, day) <= 2
    assert id_number.age_on(birth, birth) == 0
