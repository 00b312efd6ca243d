"""Validity of a resident identity card (居民身份证法 art. 5): 5, 10 or 20 years by age, or for good."""

from __future__ import annotations

import re
from datetime import date

from settlement.errors import CustomerError
from settlement.identity.digits import half_width
from settlement.identity.id_number import age_on

LONG_TERM = "长期"
# A card issued when young runs on at the next age; issue dates are some days after the application.
_GRACE_DAYS = 92
# The second generation began in 2004.
EARLIEST = date(2004, 1, 1)


def parse_date(text: str) -> date:
    """``2020.02.22``, ``2020-2-22``, ``2020年2月22日`` or ``20200222``; CustomerError validity_malformed."""
    value = re.sub(r"\s", "", half_width(text))
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", value) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", value
    )
    if match is None:
        raise CustomerError("validity_malformed")
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise CustomerError("validity_malformed") from None


def is_long_term(text: str) -> bool:
    """Whether ``text`` is 长期 (长期有效 and the traditional 長期 too)."""
    return re.sub(r"\s", "", text).replace("長", "长").removesuffix("有效") == LONG_TERM


def expected_years(age_at_issue: int) -> int | None:
    """Years by age at issue; ``None`` is for good."""
    if age_at_issue < 16:
        return 5
    if age_at_issue <= 25:
        return 10
    return 20 if age_at_issue <= 45 else None


def check_validity(valid_from: str, valid_until: str, birth: date, today: date) -> list[str]:
    """Review marks of a card that is valid on ``today`` (Beijing date); its last day still counts.

    ``CustomerError``: ``id_card_expired``, ``validity_malformed`` (unreadable, or in the wrong order).
    Marks: ``validity_not_by_age``, ``validity_too_early`` — for the reviewer, never a refusal.
    """
    start = parse_date(valid_from)
    if start > today or start < birth:
        raise CustomerError("validity_malformed")
    end = None if is_long_term(valid_until) else parse_date(valid_until)
    if end is not None:
        if end <= start:
            raise CustomerError("validity_malformed")
        if end < today:
            raise CustomerError("id_card_expired")
    marks = [] if _fits(start, end, birth) else ["validity_not_by_age"]
    return [*marks, "validity_too_early"] if start < EARLIEST else marks


def _fits(start: date, end: date | None, birth: date) -> bool:
    ages = {age_on(birth, start), age_on(birth, date.fromordinal(start.toordinal() - _GRACE_DAYS))}
    years = {expected_years(age) for age in ages}
    if end is None:
        return None in years
    # The end is the same day of the year; a card of 29 February ends on 28 February or 1 March.
    return any(number is not None and abs((end - _plus_years(start, number)).days) <= 1 for number in years)


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
