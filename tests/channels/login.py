"""Logs a conversation in and out behind the gateway's back, as the action server does."""

from __future__ import annotations

from redis.asyncio import Redis

from settlement import clock
from settlement.security.sessions import Sessions


async def log_in(redis: Redis, conversation: str, *, ended: bool = False) -> None:
    """Log somebody in, or out again when ``ended``."""
    sessions = Sessions(redis, 1800)
    session = await sessions.get(conversation)
    session.customer, session.broker = (None, "0127") if ended else ("c-1", "0127")
    session.login_at = None if ended else clock.now()
    await sessions.save(session)
