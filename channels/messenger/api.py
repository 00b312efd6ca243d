"""Calls to a platform's API: a token in the address, errors inside a 200, one retry with a new token."""

from __future__ import annotations

from typing import Any

import httpx
import structlog

from channels.messenger.access import AccessToken
from channels.messenger.platform import MediaGoneError, PlatformError, WindowClosedError

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
MEDIA_TIMEOUT = httpx.Timeout(20.0, connect=3.0)
MOST_MEDIA_BYTES = 12 * 1024 * 1024

TOKEN_REFUSED = {40001, 40014, 42001}
WINDOW_CLOSED = {45015, 45047, 48002, 95001, 95018}
"""Reply window over, quota of the window used up, refused by the user; WeCom: count limit, session over."""
MEDIA_GONE = {40004, 40007, 41006}

Json = dict[str, Any]


def client(address: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A pool of connections to one platform; proxies of the environment are not asked."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    return httpx.AsyncClient(
        base_url=address, timeout=TIMEOUT, limits=limits, transport=transport, trust_env=False
    )


async def ask(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> Json:
    """One call without a token; the JSON answer. Raises ``PlatformError`` for any errcode but 0."""
    return _checked(path, await _sent(http, method, path, **request))


class Api:
    """Calls with the account's token. Nothing of an address is logged but its path: it holds the token."""

    def __init__(self, http: httpx.AsyncClient, token: AccessToken) -> None:
        self._http = http
        self._token = token

    async def post(self, path: str, body: Json, **request: Any) -> Json:
        """POST JSON (in UTF-8, not escaped: the platform shows escapes as they are)."""
        return await self.call("POST", path, json=body, **request)

    async def call(self, method: str, path: str, **request: Any) -> Json:
        """One call; a refused token is renewed and the call repeated once."""
        token = await self._token.get()
        try:
            return await self._once(method, path, token, request)
        except PlatformError as error:
            if error.code not in TOKEN_REFUSED:
                raise
        return await self._once(method, path, await self._token.instead_of(token), request)

    async def _once(self, method: str, path: str, token: str, request: Json) -> Json:
        sent = await _sent(self._http, method, path, token=token, **request)
        return _checked(path, sent)

    async def keep_picture(self, png: bytes) -> str:
        """Give the platform a picture to send; the id that it has there for three days."""
        files = {"media": ("picture.png", png, "image/png")}
        kept = await self.call("POST", "/cgi-bin/media/upload", params={"type": "image"}, files=files)
        return str(kept.get("media_id") or "")

    async def media(self, media: str) -> bytes:
        """A file that a user sent: bytes on success, JSON with an errcode otherwise."""
        token = await self._token.get()
        for last in (False, True):
            try:
                return await self._media(media, token)
            except PlatformError as error:
                if last or error.code not in TOKEN_REFUSED:
                    raise
                token = await self._token.instead_of(token)
        raise AssertionError("unreachable")

    async def _media(self, media: str, token: str) -> bytes:
        path, params = "/cgi-bin/media/get", {"access_token": token, "media_id": media}
        content = bytearray()
        try:
            async with self._http.stream("GET", path, params=params, timeout=MEDIA_TIMEOUT) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise PlatformError(0)
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > MOST_MEDIA_BYTES:
                        raise MediaGoneError(40006)
                kind = answer.headers.get("content-type", "")
        except httpx.HTTPError as error:
            raise _silent(path, error) from None
        if "json" in kind or "text/plain" in kind:
            _checked(path, httpx.Response(200, content=bytes(content)))
            raise PlatformError(0)
        return bytes(content)


async def _sent(
    http: httpx.AsyncClient, method: str, path: str, *, token: str | None = None, **request: Any
) -> httpx.Response:
    params = {**request.pop("params", {}), **({"access_token": token} if token else {})}
    try:
        answer = await http.request(method, path, params=params, **request)
    except httpx.HTTPError as error:
        raise _silent(path, error) from None
    if answer.status_code != httpx.codes.OK:
        log.warning("platform_failed", path=path, status=answer.status_code)
        raise PlatformError(0)
    return answer


def _silent(path: str, error: Exception) -> PlatformError:
    log.warning("platform_gave_no_answer", path=path, error=type(error).__name__)
    return PlatformError(0)


def _checked(path: str, answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError:
        raise PlatformError(0) from None
    if not isinstance(found, dict):
        raise PlatformError(0)
    try:
        code = int(found.get("errcode") or 0)
    except (TypeError, ValueError):
        raise PlatformError(0) from None
    if code == 0:
        return found
    log.warning("platform_refused", path=path, errcode=code)
    if code in WINDOW_CLOSED:
        raise WindowClosedError(code)
    raise MediaGoneError(code) if code in MEDIA_GONE else PlatformError(code)
