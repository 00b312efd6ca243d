"""One-time links from a chat to the page: a ticket for one conversation of one user, kept hashed."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

from redis.asyncio import Redis

from settlement.redis import decoded

TICKET_SECONDS = 3600


@dataclass(frozen=True)
class Ticket:
    """Whom a link lets in, and where; ``user`` is a digest."""

    conversation: str
    user: str


class Links:
    """``path`` is the page's door of this platform, e.g. ``/wechat/open``."""

    def __init__(self, redis: Redis, public_url: str, path: str) -> None:
        self._redis = redis
        self._base = public_url.rstrip("/") + path

    async def issue(self, ticket: Ticket) -> str:
        """A new link; it works for an hour, once."""
        secret = secrets.token_urlsafe(16)
        content = json.dumps({"conversation": ticket.conversation, "user": ticket.user})
        await self._redis.set(_key(secret), content, ex=TICKET_SECONDS)
        return f"{self._base}/{secret}"

    async def look(self, secret: str) -> Ticket | None:
        """The ticket, without using it up: platforms look at links before people do."""
        return _ticket(await self._redis.get(_key(secret)))

    async def use(self, secret: str) -> Ticket | None:
        """The ticket, used up; None for whoever comes second."""
        return _ticket(await self._redis.getdel(_key(secret)))


def _ticket(raw: object) -> Ticket | None:
    return None if raw is None else Ticket(**json.loads(decoded(raw)))


def _key(secret: str) -> str:
    return f"messenger:ticket:{hashlib.sha256(secret.encode()).hexdigest()}"
