"""WeCom's doors: the callback, and the way to the page.

A link of this platform cannot tell who opens it, so it lets nobody into a login: whoever comes logs in there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect, text

from channels.guard import services
from channels.messenger.door import has_session, let_in, notice
from channels.wechat import xml
from channels.wechat.crypto import NotGenuineError
from channels.wechat.envelope import check_fresh
from settlement.errors import CustomerError

if TYPE_CHECKING:
    from channels.wecom.channel import Wecom

log = structlog.get_logger(__name__)
blueprint = Blueprint("wecom", url_prefix="/wecom")


def channel(request: Request) -> Wecom:
    """The configured account; without one there is no such page."""
    found = services(request).wecom
    if found is None:
        raise CustomerError("not_found")
    return found


def _decrypted(request: Request, encrypt: str) -> bytes:
    timestamp, nonce = request.args.get("timestamp") or "", request.args.get("nonce") or ""
    check_fresh(timestamp)
    return channel(request).crypto.decrypt(request.args.get("msg_signature") or "", timestamp, nonce, encrypt)


@blueprint.get("/callback")
async def verify(request: Request) -> HTTPResponse:
    """The platform checks the address when it is configured; here the echo is encrypted."""
    try:
        return text(_decrypted(request, request.args.get("echostr") or "").decode())
    except (NotGenuineError, UnicodeDecodeError) as error:
        return _refused(error)


@blueprint.post("/callback")
async def receive(request: Request) -> HTTPResponse:
    """“There are messages”: they are pulled, so a repeated callback changes nothing."""
    try:
        outer = xml.read(request.body)
        fields = xml.read(_decrypted(request, outer.get("Encrypt", "")))
    except NotGenuineError as error:
        return _refused(error)
    if fields.get("Event") == "kf_msg_or_event" and fields.get("OpenKfId"):
        await channel(request).pulling.announce(fields["OpenKfId"], fields.get("Token", ""))
    return text("success")


def _refused(error: Exception) -> HTTPResponse:
    log.warning("wecom_request_refused", reason=type(error).__name__)
    return text("", status=403)


@blueprint.get("/open/<ticket:str>")
async def open_page(request: Request, ticket: str) -> HTTPResponse:
    """A link of the chat. Programs look at links, people follow them: only the next step uses it up."""
    desk = channel(request).desk
    if await desk.links.look(ticket) is None:
        return redirect("/") if await has_session(request) else notice(desk, "used", 410)
    return notice(desk, "enter", 200, link=f"/wecom/enter/{ticket}")


@blueprint.get("/enter/<ticket:str>")
async def enter(request: Request, ticket: str) -> HTTPResponse:
    """Into the conversation, logged out: the link may have been forwarded (R-092)."""
    desk = channel(request).desk
    found = await desk.links.use(ticket)
    if found is None:
        return redirect("/") if await has_session(request) else notice(desk, "used", 410)
    await desk.sessions.end_login(found.conversation)
    return await let_in(request, desk, found.conversation)
