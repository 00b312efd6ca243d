"""Hours of service (O-12), counted in Beijing time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from settlement.brokers.schema import Broker
from settlement.brokers.variables import windows_text
from settlement.brokers.windows import Window
from settlement.clock import BEIJING, beijing

Kind = Literal["acceptance", "witness", "review", "human"]
# Two weeks reach over the longest row of holidays.
_LOOK_AHEAD_DAYS = 21


def windows(broker: Broker, kind: Kind = "acceptance") -> tuple[Window, ...]:
    """The windows of one kind; a kind that the company left out follows the acceptance hours."""
    own: tuple[Window, ...] = getattr(broker.hours, kind)
    return own or broker.hours.acceptance


def is_holiday(broker: Broker, day: date) -> bool:
    """Whether ``day`` is in the company's list of holidays."""
    return any(holiday.first <= day <= holiday.last for holiday in broker.hours.holidays)


def is_open(broker: Broker, moment: datetime, kind: Kind = "acceptance") -> bool:
    """Whether ``moment`` (any zone; UTC without one) is in the hours; the end is not."""
    local = beijing(moment)
    days = (local.date() - timedelta(days=1), local.date())
    return any(start <= local < end for day in days for start, end in _spans(broker, day, kind))


def next_open(broker: Broker, moment: datetime, kind: Kind = "acceptance") -> datetime | None:
    """When the hours begin next, Beijing time: ``moment`` itself when open; ``None`` beyond three weeks."""
    local = beijing(moment)
    if is_open(broker, moment, kind):
        return local
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        starts = [start for start, _ in _spans(broker, day, kind) if start > local]
        if starts:
            return min(starts)
    return None


def describe(broker: Broker, kind: Kind = "acceptance") -> str:
    """The hours as customers read them."""
    return windows_text(windows(broker, kind))


def _spans(broker: Broker, day: date, kind: Kind) -> list[tuple[datetime, datetime]]:
    spans = []
    for window in windows(broker, kind):
        if day.weekday() not in window.weekdays or (is_holiday(broker, day) and not window.holidays_too):
            continue
        start = datetime.combine(day, window.start, BEIJING)
        last_day = day + timedelta(days=1) if window.end is None or window.overnight else day
        spans.append((start, datetime.combine(last_day, window.end or time(), BEIJING)))
    return spans
