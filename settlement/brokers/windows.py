"""``hours.yml``: when a company works, by windows on days, and when nobody does."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from settlement.brokers.parts import Part, Text

_WEEKDAYS = "一二三四五六日"
_DAY = rf"(?:周|星期)([{_WEEKDAYS}])"
ALL_DAYS = frozenset(range(7))


class Window(Part):
    """Hours on some days, in Beijing time; ``to`` before ``from`` means the next morning.

    ``days`` is 每天 (holidays too), 交易日 (Monday to Friday without holidays), or weekdays such as
    周一至周五 or 周一、周三 (without holidays).
    """

    days: Text
    opens: Annotated[str, StringConstraints(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")] = Field(alias="from")
    closes: Annotated[str, StringConstraints(pattern=r"^(([01]?\d|2[0-3]):[0-5]\d|24:00)$")] = Field(
        alias="to"
    )

    @field_validator("days")
    @classmethod
    def readable(cls, days: str) -> str:
        """Refuse words for days that nobody can read."""
        days = re.sub(r"\s", "", days)
        _weekdays(days)
        return days

    @property
    def weekdays(self) -> frozenset[int]:
        """Monday is 0."""
        return _weekdays(self.days)

    @property
    def holidays_too(self) -> bool:
        """Whether holidays are worked."""
        return self.days == "每天"

    @property
    def start(self) -> time:
        """First moment, Beijing time."""
        hour, minute = self.opens.split(":")
        return time(int(hour), int(minute))

    @property
    def end(self) -> time | None:
        """First moment after; ``None`` is midnight at the day's end."""
        hour, minute = self.closes.split(":")
        return None if hour == "24" else time(int(hour), int(minute))

    @property
    def overnight(self) -> bool:
        """Whether the window ends on the next day."""
        return self.end is not None and self.end <= self.start


def _weekdays(days: str) -> frozenset[int]:
    if days == "每天":
        return ALL_DAYS
    if days in ("交易日", "工作日"):
        return frozenset(range(5))
    found: set[int] = set()
    for part in re.split(r"[、,，和]", days):
        span = re.fullmatch(rf"{_DAY}(?:(?:至|到|-|–|~){_DAY})?", part)
        if span is None:
            raise PydanticCustomError("days", "days", {"value": days})
        first = _WEEKDAYS.index(span[1])
        last = _WEEKDAYS.index(span[2]) if span[2] else first
        if last < first:
            raise PydanticCustomError("days", "days", {"value": days})
        found.update(range(first, last + 1))
    return frozenset(found)


class Holiday(Part):
    """Days without work, both ends included."""

    name: Text
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """The last day is not before the first."""
        if self.last < self.first:
            raise PydanticCustomError("holiday_order", "holiday_order")
        return self


class Hours(Part):
    """``hours.yml``."""

    acceptance: tuple[Window, ...] = Field(min_length=1)
    witness: tuple[Window, ...] = ()
    review: tuple[Window, ...] = ()
    human: tuple[Window, ...] = ()
    holidays: tuple[Holiday, ...] = ()
