"""The one way in which ports speak HTTP: a bearer token, timeouts, an idempotency key, JSON both ways."""

from __future__ import annotations

from typing import Any

import httpx

from settlement.errors import OperatorError
from settlement.ports.errors import PortRefused, PortUnavailable

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
RETRY_LATER = {408, 425, 429}


class JsonClient:
    """A pooled HTTP client for one outside system.

    ``name`` appears in errors and logs; ``url`` is the base address, which must be https in production
    since personal values travel over it.
    """

    def __init__(
        self,
        name: str,
        url: str,
        token: str,
        *,
        production: bool,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if not url or not token:
            raise OperatorError(f"{name}: the address and the token must both be set")
        if production and not url.startswith("https://"):
            raise OperatorError(f"{name}: the address must begin with https:// in production")
        self.name = name
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=TIMEOUT,
            transport=transport,
            follow_redirects=False,
        )

    async def post(self, path: str, body: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """POST ``body`` and return the JSON object that came back.

        Raises :class:`PortUnavailable` when a later try with the same ``key`` may succeed,
        :class:`PortRefused` otherwise. Neither carries anything of the request or the answer.
        """
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = await self._client.post(path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise PortUnavailable(f"{self.name}: no answer ({type(error).__name__})") from None
        if answer.status_code >= 500 or answer.status_code in RETRY_LATER:
            raise PortUnavailable(f"{self.name}: answered {answer.status_code}")
        if not answer.is_success:
            raise PortRefused(f"{self.name}: refused the call with {answer.status_code}")
        try:
            parsed = answer.json()
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise PortRefused(f"{self.name}: the answer is no JSON object")
        return parsed

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._client.aclose()
