"""Hours of service in Beijing time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from settlement.brokers import Broker, hours
from settlement.brokers.windows import Window
from settlement.clock import BEIJING

moments = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-01"), timezones=st.just(UTC)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def with_windows(broker: Broker, *windows: tuple[str, str, str]) -> Broker:
    acceptance = tuple(Window(days=days, opens=opens, closes=closes) for days, opens, closes in windows)
    return broker.model_copy(update={"hours": broker.hours.model_copy(update={"acceptance": acceptance})})


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T08:29:59", False),  # a Monday
        ("2026-11-23T08:30:00", True),
        ("2026-11-23T16:59:59", True),
        ("2026-11-23T17:00:00", False),
        ("2026-11-27T10:00:00", True),  # Friday
        ("2026-11-28T10:00:00", False),  # Saturday
        ("2026-11-29T10:00:00", False),
        ("2027-01-01T10:00:00", False),  # a Friday, and a holiday
        ("2027-02-08T10:00:00", False),
        ("2027-02-15T10:00:00", True),
    ],
)
def test_trading_days_leave_out_weekends_and_holidays(refusing: Broker, moment: str, is_open: bool) -> None:
    assert hours.is_open(refusing, at(moment)) is is_open


def test_a_moment_without_a_zone_is_universal_time(refusing: Broker) -> None:
    assert hours.is_open(refusing, datetime.fromisoformat("2026-11-23T00:30"))
    assert hours.is_open(refusing, datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    assert not hours.is_open(refusing, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@given(moments)
def test_the_demonstration_is_open_at_any_moment(queueing: Broker, moment: datetime) -> None:
    assert hours.is_open(queueing, moment)
    assert hours.next_open(queueing, moment) == moment


def test_a_night_reaches_into_the_next_morning(refusing: Broker) -> None:
    broker = with_windows(refusing, ("周五", "21:00", "02:30"))
    assert hours.is_open(broker, at("2026-11-27T23:00"))
    assert hours.is_open(broker, at("2026-11-28T02:29"))
    assert not hours.is_open(broker, at("2026-11-28T02:30"))
    assert not hours.is_open(broker, at("2026-11-27T02:00"))


def test_days_may_be_named_one_by_one_or_as_a_span(refusing: Broker) -> None:
    broker = with_windows(refusing, ("周一、周三", "09:00", "10:00"), ("星期五至星期六", "09:00", "10:00"))
    opened = [hours.is_open(broker, at(f"2026-11-{day}T09:30")) for day in range(23, 30)]
    assert opened == [True, False, True, False, True, True, False]


@pytest.mark.parametrize("days", ["", "周八", "周五至周一", "weekdays", "周一周二"])
def test_days_that_nobody_can_read_are_refused(days: str) -> None:
    with pytest.raises(ValidationError):
        Window(days=days, opens="09:00", closes="10:00")


@pytest.mark.parametrize(
    ("opens", "closes"), [("25:00", "26:00"), ("9", "10:00"), ("24:00", "24:00"), ("09:60", "10:00")]
)
def test_times_that_no_clock_shows_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(ValidationError):
        Window(days="每天", opens=opens, closes=closes)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T06:00", "2026-11-23T08:30"),
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T20:00", "2026-11-24T08:30"),
        ("2026-11-27T20:00", "2026-11-30T08:30"),
        ("2027-02-04T20:00", "2027-02-15T08:30"),
    ],
)
def test_the_next_opening_steps_over_nights_weekends_and_holidays(
    refusing: Broker, moment: str, opens: str
) -> None:
    assert hours.next_open(refusing, at(moment)) == at(opens)


def test_kinds_that_were_left_out_follow_the_acceptance_hours(refusing: Broker) -> None:
    assert refusing.hours.witness == ()
    assert hours.is_open(refusing, at("2026-11-23T10:00"), "witness")
    assert not hours.is_open(refusing, at("2026-11-23T12:00"), "human")
    assert hours.is_open(refusing, at("2026-11-23T17:15"), "review")


def test_hours_are_told_as_they_were_written(refusing: Broker) -> None:
    assert hours.describe(refusing) == "交易日 08:30–17:00"
    assert hours.describe(refusing, "human") == "交易日 08:30–11:30、交易日 13:00–17:00"


@given(moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(refusing: Broker, moment: datetime) -> None:
    opens = hours.next_open(refusing, moment)
    assert opens is not None
    assert hours.is_open(refusing, opens)
    if opens > moment:
        assert not hours.is_open(refusing, opens - timedelta(seconds=1))
