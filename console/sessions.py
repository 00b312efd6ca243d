"""Staff sessions: an opaque cookie, kept in Redis, ended by idleness, by age and by logging out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from pydantic import BaseModel
from redis.asyncio import Redis

from settlement import clock

IDLE = timedelta(minutes=30)
OLDEST = timedelta(hours=10)


class StaffSession(BaseModel):
    """Who is logged in. ``key`` names the session in Redis and in signed addresses; it opens nothing."""

    key: str
    staff: str
    csrf: str
    begun_at: datetime


class StaffSessions:
    """Only a hash of the cookie's value is kept, so that reading Redis gives nobody a session."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def create(self, staff: str) -> tuple[StaffSession, str]:
        """A session for the staff member with id ``staff``, and the secret for the cookie."""
        secret = secrets.token_urlsafe(32)
        session = StaffSession(
            key=_key(secret), staff=staff, csrf=secrets.token_urlsafe(24), begun_at=clock.now()
        )
        await self._redis.set(session.key, session.model_dump_json(), ex=IDLE)
        return session, secret

    async def by_secret(self, secret: str | None) -> StaffSession | None:
        """The living session of a cookie; asking keeps it alive for another 30 minutes."""
        if not secret:
            return None
        stored = await self._redis.getex(_key(secret), ex=IDLE)
        if stored is None:
            return None
        session = StaffSession.model_validate_json(stored)
        if clock.now() - session.begun_at > OLDEST:
            await self.end(session)
            return None
        return session

    async def end(self, session: StaffSession) -> None:
        """Log out."""
        await self._redis.delete(session.key)


def _key(secret: str) -> str:
    return f"console:session:{hashlib.sha256(secret.encode()).hexdigest()}"
