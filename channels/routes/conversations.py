"""Beginning a conversation, and saying something in it."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response

from channels.guard import address_mark, client_of, origin_of, services, session_of, set_cookie
from channels.limits import MESSAGES
from channels.services import Services
from settlement import clock
from settlement.contract import InboundAdapter
from settlement.errors import CustomerError
from settlement.identity.broker_code import parse as parse_broker_code
from settlement.security.sessions import Session

blueprint = Blueprint("conversations", url_prefix="/api")

NEW_CONVERSATIONS = [(30, 60), (600, 3600)]
"""(times, seconds) for one network address, which a whole office may share."""


@blueprint.post("/conversations")
async def enter(request: Request) -> HTTPResponse:
    """Begin, or take up again, the conversation of this browser (R-019: idle for long means: greet anew)."""
    use = services(request)
    broker = _broker(request)
    try:
        session = await session_of(request)
    except CustomerError:
        return await _begin(request, use, broker)
    idle = (clock.now() - session.active_at).total_seconds() >= use.settings.login_idle_seconds
    session = await use.sessions.arrive(session, client_of(request))
    if idle or (broker and broker != session.broker):
        # The id says which return this is: two tabs that come back together are greeted once.
        cid = f"hello-{session.active_at.timestamp():.0f}-{broker or ''}"
        await use.sessions.touch(session.conversation)
        await _hello(use, session, cid, broker)
    return json_response({"conversation": session.conversation, "created": False})


async def _begin(request: Request, use: Services, broker: str | None) -> HTTPResponse:
    client = client_of(request)
    await use.limits.hit("conversations", address_mark(client), NEW_CONVERSATIONS)
    session, secret = await use.sessions.create("widget", client)
    await _hello(use, session, "hello-first", broker)
    response = json_response({"conversation": session.conversation, "created": True}, status=201)
    set_cookie(request, response, secret)
    return response


async def _hello(use: Services, session: Session, cid: str, broker: str | None) -> None:
    event: dict[str, Any] = {"type": "event", "name": "hello", "cid": cid}
    await use.inbox.append(session.conversation, {**event, "broker": broker} if broker else event)
    use.turns.nudge(session.conversation)


def _broker(request: Request) -> str | None:
    """The company that a QR link names; whether it exists is for the assistant to say (R-003)."""
    code = request.args.get("broker")
    try:
        return parse_broker_code(code) if code else None
    except CustomerError:
        return None


@blueprint.post("/messages")
async def say(request: Request) -> HTTPResponse:
    """Take one ``contract.Inbound``; the answer arrives in the outbox. A ``cid`` counts once."""
    use = services(request)
    session = await session_of(request)
    message = InboundAdapter.validate_json(request.body)
    if not await use.inbox.taken(session.conversation, message.cid):
        await use.limits.hit("messages", session.conversation, MESSAGES)
        await use.origins.by_page(session.conversation, origin_of(request))
        taken = await use.intake.take(session, message)
        await use.inbox.append(session.conversation, taken.entry, shown=taken.shown)
        await use.sessions.touch(session.conversation)
    use.turns.nudge(session.conversation)
    return json_response({"cid": message.cid}, status=202)
