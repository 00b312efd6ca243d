"""Text messages to customers (R-060, R-063)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from settlement import clock
from settlement.ports.errors import PortRefused
from settlement.ports.http import JsonClient
from settlement.security.keys import Keyring

INBOX = "sms:inbox"
INBOX_LENGTH = 200
SENT_SECONDS = 24 * 3600


class Sms(BaseModel):
    """One message. ``id`` is the idempotency key: a second ``send`` with it sends nothing."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, max_length=100)
    phone: str = Field(repr=False)
    text: str = Field(repr=False, max_length=500)


class ReceivedSms(BaseModel):
    """One message as the local inbox page shows it; ``at`` is UTC."""

    id: str
    phone: str = Field(repr=False)
    text: str = Field(repr=False)
    at: datetime


class SmsSender(Protocol):
    """Hands a message to whoever delivers it."""

    async def send(self, message: Sms) -> str:
        """Send once per ``message.id`` and return the provider's id.

        Raises ``PortUnavailable`` when a later try may succeed, ``PortRefused`` otherwise.
        """
        ...

    async def close(self) -> None:
        """Give up connections."""
        ...


class LocalSms:
    """Keeps the messages for the inbox page instead of sending them; sealed, the newest 200 only."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis = redis
        self._keyring = keyring

    async def send(self, message: Sms) -> str:
        """Put ``message`` into the inbox, once per id."""
        provider_id = f"local-{secrets.token_hex(8)}"
        sent = f"sms:sent:{message.id}"
        if not await self._redis.set(sent, provider_id, nx=True, ex=SENT_SECONDS):
            earlier = await self._redis.get(sent)
            return earlier.decode() if isinstance(earlier, bytes) else provider_id
        entry = ReceivedSms(id=message.id, phone=message.phone, text=message.text, at=clock.now())
        async with self._redis.pipeline(transaction=True) as batch:
            batch.lpush(INBOX, self._keyring.seal(entry.model_dump_json().encode(), INBOX))
            batch.ltrim(INBOX, 0, INBOX_LENGTH - 1)
            await batch.execute()
        return provider_id

    async def inbox(self) -> list[ReceivedSms]:
        """All kept messages, the newest first."""
        stored = await self._redis.lrange(INBOX, 0, -1)
        sealed = [one for one in stored if isinstance(one, bytes)]
        return [ReceivedSms.model_validate_json(self._keyring.unseal(one, INBOX)) for one in sealed]

    async def close(self) -> None:
        """Nothing to close: the Redis connection belongs to the caller."""


class HttpSms:
    """A provider behind ``POST {SMS_URL}/v1/messages`` (docs/counter-system.md)."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    async def send(self, message: Sms) -> str:
        """Hand ``message`` to the provider."""
        body = {"phone": message.phone, "text": message.text}
        answer = await self._client.post("v1/messages", body, key=message.id)
        provider_id = answer.get("id")
        if not isinstance(provider_id, str) or not provider_id:
            raise PortRefused(f"{self._client.name}: the answer has no id")
        return provider_id

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._client.close()
