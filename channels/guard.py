"""The door: who may send what, how big, and with which headers everything leaves (compliance §5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request

from channels.services import App, Services
from settlement.conversation.keys import KEEP_SECONDS
from settlement.errors import CustomerError
from settlement.security.origins import Origin, seen_at
from settlement.security.sessions import Session, client_mark

COOKIE = "conversation"
COOKIE_SECONDS = KEEP_SECONDS
REQUESTED_WITH = "settlement-account"

JSON_BYTES = 64 * 1024
UPLOAD_BYTES = 12 * 1024 * 1024
UPLOAD_PATH = "/api/uploads"
SIGNED_PATHS = {"/wechat/callback", "/wecom/callback"}
"""What is posted here is signed by a platform; no browser has a part in it."""

# The second decoder of QR codes is WebAssembly of our own origin.
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {ancestors}"
)
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def headers_of(scheme: str, *, production: bool, embedders: Sequence[str] = ()) -> dict[str, str]:
    """What every answer carries; HSTS where TLS is spoken, and always in production, behind any proxy.

    ``embedders`` are the origins that may show the page in a frame.
    """
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    headers["Content-Security-Policy"] = _POLICY.format(ancestors=" ".join(embedders) or "'none'")
    if not embedders:  # the older header knows no list
        headers["X-Frame-Options"] = "DENY"
    if production or scheme in {"https", "wss"}:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def services(request: Request) -> Services:
    """The services of this process."""
    found: Services = request.app.ctx.services
    return found


async def session_of(request: Request) -> Session:
    """The conversation that the cookie opens; raises ``session_unknown``."""
    secret = request.cookies.get(COOKIE)
    session = await services(request).sessions.by_secret(secret) if secret else None
    if session is None:
        raise CustomerError("session_unknown")
    return session


def address_of(request: Request) -> str:
    """The customer's network address; behind proxies set ``SANIC_PROXIES_COUNT`` (or a real-IP header)."""
    return request.remote_addr or request.ip or ""


def client_of(request: Request) -> str:
    """The mark of the customer's address and browser, for ``Sessions``."""
    return client_mark(services(request).keyring, address_of(request), request.headers.get("user-agent", ""))


def origin_of(request: Request) -> Origin:
    """Where the customer acts from, for the records of consents and signatures."""
    return seen_at(address_of(request), request.headers.get("user-agent", ""))


def address_mark(client: str) -> str:
    """The part of a client's mark that stands for its network address."""
    return client.partition(".")[0]


def set_cookie(request: Request, response: HTTPResponse, secret: str) -> None:
    """Give the browser its conversation; scripts cannot read it, other sites cannot send it with a POST.

    In a frame of another site the browser keeps it apart by that site, and ``_check_origin`` alone guards.
    """
    chosen = services(request).settings
    framed = bool(chosen.embedders)
    response.add_cookie(
        COOKIE,
        secret,
        httponly=True,
        samesite="None" if framed else "Lax",
        secure=framed or chosen.production,
        partitioned=framed,
        host_prefix=framed,  # the name that browsers ask of a partitioned cookie; it is read under either
        max_age=COOKIE_SECONDS,
    )


def _check_origin(request: Request) -> None:
    """Only our own page may change anything: no other site can set the header, nor forge ``Origin``."""
    if request.headers.get("x-requested-with") != REQUESTED_WITH:
        raise CustomerError("csrf")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CustomerError("csrf")
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise CustomerError("csrf")


def install(app: App) -> None:
    """Put the door in front of ``app``."""

    @app.signal("http.routing.after")
    async def before_the_body(request: Request, **_: Any) -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if request.path not in SIGNED_PATHS:
            _check_origin(request)
        limit = UPLOAD_BYTES if request.path == UPLOAD_PATH else JSON_BYTES
        if request.stream is not None:
            request.stream.request_max_size = limit
        if int(request.headers.get("content-length") or 0) > limit:
            raise CustomerError("request_too_large")

    @app.on_response  # type: ignore[untyped-decorator]  # Sanic leaves this decorator untyped
    async def headers(request: Request, response: HTTPResponse) -> None:
        chosen = services(request).settings
        for name, value in headers_of(
            request.scheme, production=chosen.production, embedders=chosen.embedders
        ).items():
            response.headers.setdefault(name, value)
