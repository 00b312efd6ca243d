"""Asks Rasa, over its ``rest`` channel, and says plainly when there is no answer."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import httpx
import structlog

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
RETRY_PAUSE_SECONDS = 0.5

_NO_CONNECTION = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError
)  # fmt: skip


class NoAnswerError(Exception):
    """Rasa could not be reached, failed, took too long, or answered something that is not an answer."""


class Rasa:
    """A pool of connections to one Rasa, or to several single-worker ones (comma-separated URLs).

    Rasa's own workers lose events, so one conversation always goes to the same process.
    """

    def __init__(self, urls: str, token: str) -> None:
        self._urls = [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]
        self._token = token
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=30)
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, trust_env=False)

    def _url(self, conversation: str) -> str:
        chosen = int.from_bytes(hashlib.sha256(conversation.encode()).digest()[:4]) % len(self._urls)
        return f"{self._urls[chosen]}/webhooks/rest/webhook"

    async def ask(self, conversation: str, message: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn; Rasa's answers. A broken connection is tried once more. Raises ``NoAnswerError``."""
        try:
            return await self._post(conversation, message, metadata)
        except _NO_CONNECTION as error:
            log.warning("rasa_connection_failed", error=type(error).__name__)
        except httpx.HTTPError as error:
            raise NoAnswerError(type(error).__name__) from None
        await asyncio.sleep(RETRY_PAUSE_SECONDS)
        try:
            return await self._post(conversation, message, metadata)
        except httpx.HTTPError as error:
            raise NoAnswerError(type(error).__name__) from None

    async def _post(self, conversation: str, message: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self._client.post(
            self._url(conversation),
            params={"token": self._token} if self._token else None,
            json={"sender": conversation, "message": message, "metadata": metadata},
        )
        if answer.status_code != httpx.codes.OK:
            raise NoAnswerError(f"status {answer.status_code}")
        try:
            entries = answer.json()
        except ValueError:
            raise NoAnswerError("not JSON") from None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise NoAnswerError("not a list of answers")
        return entries

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
