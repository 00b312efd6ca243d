"""The Official Account's doors: the platform's callback, and the way from the chat to the page and back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect, text

from channels.guard import services
from channels.messenger.door import has_session, let_in, notice
from channels.messenger.links import Ticket
from channels.messenger.platform import PlatformError
from channels.wechat.crypto import NotGenuineError
from channels.wechat.messages import said
from settlement.errors import CustomerError

if TYPE_CHECKING:
    from channels.wechat.channel import Wechat

log = structlog.get_logger(__name__)
blueprint = Blueprint("wechat", url_prefix="/wechat")

ANSWER_SECONDS = 3.8
"""The platform waits five seconds; what is not ready by then is sent on our own account."""
STATE_COOKIE = "wechat_state"
STATE_SECONDS = 600
ANYBODY = "anybody"
"""State of a browser that comes without a ticket, from the account's menu or a template message."""


def channel(request: Request) -> Wechat:
    """The configured account; without one there is no such page."""
    found = services(request).wechat
    if found is None:
        raise CustomerError("not_found")
    return found


def _query(request: Request) -> dict[str, str]:
    return {name: str(values[0]) for name, values in request.args.items()}


@blueprint.get("/callback")
async def verify(request: Request) -> HTTPResponse:
    """The platform checks the address when it is configured."""
    try:
        return text(channel(request).envelope.echo(_query(request)))
    except NotGenuineError as error:
        return _refused(error)


@blueprint.post("/callback")
async def receive(request: Request) -> HTTPResponse:
    """One message or event; answered within four seconds, with its reply or with ``success``."""
    wechat = channel(request)
    try:
        fields = await wechat.envelope.open(_query(request), request.body)
    except NotGenuineError as error:
        return _refused(error)
    message = said(fields, wechat.desk.texts)
    reply = await wechat.desk.answer(message, ANSWER_SECONDS) if message else ""
    if not reply:
        return text("success")
    return text(wechat.envelope.reply(fields, reply), content_type="application/xml; charset=utf-8")


def _refused(error: NotGenuineError) -> HTTPResponse:
    log.warning("wechat_request_refused", reason=str(error))
    return text("", status=403)


# ── from the chat to the page ──────────────────────────────────────────────────────────────────────


@blueprint.get("/open/<ticket:str>")
async def open_page(request: Request, ticket: str) -> HTTPResponse:
    """A link of the chat: ask WeChat who opens it. Nothing is used up yet: platforms look at links."""
    wechat = channel(request)
    if await wechat.desk.links.look(ticket) is None:
        # The same browser again: its cookie, not the link, opens the page.
        return redirect("/") if await has_session(request) else notice(wechat.desk, "used", 410)
    return _to_platform(request, wechat, ticket)


@blueprint.get("/enter")
async def enter(request: Request) -> HTTPResponse:
    """From the account's menu or a template message: whoever opens it gets their own conversation."""
    return _to_platform(request, channel(request), ANYBODY)


def _to_platform(request: Request, wechat: Wechat, ticket: str) -> HTTPResponse:
    state = secrets.token_hex(16)
    response = redirect(wechat.account.authorise_address(state))
    # Binds the way back to this browser: nobody can send another person to the end of their own way.
    response.add_cookie(
        STATE_COOKIE,
        f"{state}.{ticket}",
        path="/wechat",
        httponly=True,
        samesite="Lax",
        secure=services(request).settings.production,
        max_age=STATE_SECONDS,
    )
    return response


@blueprint.get("/back")
async def back(request: Request) -> HTTPResponse:
    """WeChat's answer: the openid decides. Another person than the link was sent to sees nothing (R-092)."""
    wechat, desk = channel(request), channel(request).desk
    state, _, secret = (request.cookies.get(STATE_COOKIE) or "").partition(".")
    code, given = request.args.get("code"), request.args.get("state") or ""
    if not (state and secret and code and secrets.compare_digest(state.encode(), given.encode())):
        return notice(wechat.desk, "wechat", 403)
    try:
        user = await wechat.account.who(code)
    except PlatformError:
        return notice(wechat.desk, "failed", 502)
    if not user:
        return notice(wechat.desk, "failed", 502)
    digest = desk.people.digest(user)
    if secret == ANYBODY:
        ticket: Ticket | None = Ticket(await desk.people.arrive(user), digest)
    else:
        ticket = await desk.links.look(secret)
        if ticket is not None and ticket.user != digest:
            return notice(wechat.desk, "other", 403)
        ticket = await desk.links.use(secret)
    if ticket is None:
        return notice(wechat.desk, "used", 410)
    response = await let_in(request, desk, ticket.conversation)
    response.delete_cookie(STATE_COOKIE, path="/wechat")
    return response
