"""Validity of the card: expired refuses, odd periods are told to the reviewer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import CustomerError
from settlement.identity.validity import check_validity, parse_date

TODAY = date(2026, 11, 23)
BIRTH = date(1990, 3, 7)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-22",
        "2020.02.22",
        "2020.2.22",
        "20200222",
        "2020年2月22日",
        "２０２０．０２．２２",
        "2020/2/22",
    ],
)
def test_dates_are_read_as_cards_and_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2020, 2, 22)


@pytest.mark.parametrize("text", ["", "长期", "2020-02-30", "2020-13-01", "20-02-22", "2020", "昨天"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CustomerError) as caught:
        parse_date(text)
    assert caught.value.code == "validity_malformed"


@pytest.mark.parametrize(
    ("birth", "valid_from", "valid_until"),
    [
        (date(2009, 1, 1), "2024-05-01", "2029-05-01"),  # 15 at issue: five years
        (date(2003, 1, 1), "2024-05-01", "2034-05-01"),  # 21: ten
        (BIRTH, "2020-02-22", "2040-02-22"),  # 29: twenty
        (date(1960, 1, 1), "2011-05-13", "长期"),  # 51: for good
        (date(1960, 1, 1), "2011-05-13", "長期有效"),
        (date(2000, 3, 1), "2026-03-20", "2036-03-20"),  # applied for at 25, issued at 26
        (date(1990, 3, 7), "2020-02-29", "2040-02-28"),
    ],
)
def test_periods_that_fit_the_age_at_issue_leave_no_mark(
    birth: date, valid_from: str, valid_until: str
) -> None:
    assert check_validity(valid_from, valid_until, birth, TODAY) == []


@pytest.mark.parametrize(
    ("birth", "valid_from", "valid_until", "marks"),
    [
        (BIRTH, "2020-02-22", "2030-02-22", ["validity_not_by_age"]),
        (BIRTH, "2020-02-22", "长期", ["validity_not_by_age"]),
        (BIRTH, "2020-02-22", "2040-03-22", ["validity_not_by_age"]),
        (date(1950, 1, 1), "2003-05-01", "长期", ["validity_too_early"]),
    ],
)
def test_odd_periods_are_marked_and_not_refused(
    birth: date, valid_from: str, valid_until: str, marks: list[str]
) -> None:
    assert check_validity(valid_from, valid_until, birth, TODAY) == marks


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "code"),
    [
        ("2016-11-22", "2026-11-22", "id_card_expired"),
        ("2009-08-12", "2019-08-12", "id_card_expired"),
        ("2030-01-01", "2050-01-01", "validity_malformed"),
        ("2020-01-01", "2019-01-01", "validity_malformed"),
        ("2020-01-01", "2020-01-01", "validity_malformed"),
        ("1980-01-01", "长期", "validity_malformed"),
        ("2020-01-01", "很久", "validity_malformed"),
    ],
)
def test_expired_or_impossible_periods_are_refused(valid_from: str, valid_until: str, code: str) -> None:
    with pytest.raises(CustomerError) as caught:
        check_validity(valid_from, valid_until, BIRTH, TODAY)
    assert caught.value.code == code


def test_a_card_is_valid_on_its_last_day_and_from_its_first() -> None:
    birth = date(2003, 1, 1)
    assert check_validity("2016-11-23", "2026-11-23", birth, TODAY) is not None
    assert check_validity("2026-11-23", "2036-11-23", birth, TODAY) == []


@given(st.dates(date(1940, 1, 1), date(2008, 1, 1)), st.dates(date(2010, 1, 1), TODAY), st.integers(0, 30))
def test_no_readable_period_that_lasts_beyond_today_is_ever_refused(
    birth: date, start: date, years: int
) -> None:
    end = TODAY + timedelta(days=365 * years)
    if start < end:
        check_validity(start.isoformat(), end.isoformat(), birth, TODAY)
