"""Time: kept in UTC, shown in Beijing time. Deadlines follow the server's clock alone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def beijing(moment: datetime) -> datetime:
    """``moment`` in Beijing time; a moment without a zone is taken as UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(BEIJING)
