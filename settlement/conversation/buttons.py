"""Buttons: an opaque id stands for a payload, in one conversation, until its next turn is answered.

Nothing that a customer types becomes a command; a command comes from an id that we issued (R-094).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable

from pydantic import BaseModel
from redis.asyncio import Redis

from settlement.conversation import keys
from settlement.redis import decoded


class IssuedButton(BaseModel):
    """A button as it was issued; ``payload`` never leaves the server."""

    id: str
    title: str
    payload: str


def issue(title: str, payload: str) -> IssuedButton:
    """A new button; it counts once the turn that shows it is recorded (``Inbox.answer``)."""
    return IssuedButton(id=secrets.token_urlsafe(9), title=title, payload=payload)


def stored(buttons: Iterable[IssuedButton]) -> dict[str, str]:
    """The hash that replaces the conversation's buttons."""
    return {
        button.id: json.dumps({"title": button.title, "payload": button.payload}, ensure_ascii=False)
        for button in buttons
    }


class Buttons:
    """Looks buttons up; they are replaced, and so used up, by the answer to a turn."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def find(self, conversation: str, button: str) -> IssuedButton | None:
        """The button, or None when it was never this conversation's or its time is over."""
        raw = await self._redis.hget(keys.buttons(conversation), button)
        return None if raw is None else IssuedButton(id=button, **json.loads(raw))

    async def current(self, conversation: str) -> list[IssuedButton]:
        """Every button that counts now, in the order of issue."""
        found = await self._redis.hgetall(keys.buttons(conversation))
        return [IssuedButton(id=decoded(name), **json.loads(raw)) for name, raw in found.items()]
