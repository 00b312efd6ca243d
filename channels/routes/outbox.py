"""What the assistant says: server-sent events, long polling where those fail, and what was said before."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response

from channels.guard import services, session_of
from settlement.conversation.outbox import position
from settlement.errors import CustomerError

blueprint = Blueprint("outbox", url_prefix="/api")

PING_SECONDS = 15.0
STREAM_SECONDS = 15 * 60.0
"""A stream ends after this long and the browser connects anew, perhaps to another process."""
STREAMS_OF_ONE = 6
LONGEST_POLL_SECONDS = 25.0
HISTORY_LIMIT = 100


@blueprint.get("/events")
async def events(request: Request) -> None:
    """``id`` is the position, ``data`` a ``contract.Outbound``; a stream resumes by ``Last-Event-ID``."""
    use = services(request)
    session = await session_of(request)
    if use.news.listeners(session.conversation) >= STREAMS_OF_ONE:
        raise CustomerError("too_often", seconds=30)
    cursor = position(request.headers.get("last-event-id") or request.args.get("after"))
    response = await request.respond(
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
    await response.send("retry: 2000\n\n")
    loop = asyncio.get_running_loop()
    end = loop.time() + STREAM_SECONDS
    with use.news.listen(session.conversation) as grown:
        while loop.time() < end and not use.news.stopped:
            grown.clear()
            session = await use.sessions.get(session.conversation)
            entries = await use.delivery.after(session, cursor)
            for entry in entries:
                cursor = entry["id"]
                await response.send(f"id: {cursor}\ndata: {json.dumps(entry, ensure_ascii=False)}\n\n")
            if entries:
                continue
            try:
                await asyncio.wait_for(grown.wait(), PING_SECONDS)
            except TimeoutError:
                await response.send(": ping\n\n")
    await response.eof()


@blueprint.get("/poll")
async def poll(request: Request) -> HTTPResponse:
    """Entries after ``after``; waits up to ``wait`` seconds (25 at most) for the first one."""
    use = services(request)
    session = await session_of(request)
    cursor = position(request.args.get("after"))
    wait = min(_number(request, "wait", 0), LONGEST_POLL_SECONDS)
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    with use.news.listen(session.conversation) as grown:
        while True:
            grown.clear()
            entries = await use.delivery.after(await use.sessions.get(session.conversation), cursor)
            left = end - loop.time()
            if entries or left <= 0 or use.news.stopped:
                return json_response({"entries": entries, "last": entries[-1]["id"] if entries else cursor})
            try:
                await asyncio.wait_for(grown.wait(), left)
            except TimeoutError:
                continue


@blueprint.get("/history")
async def history(request: Request) -> HTTPResponse:
    """The last messages (``limit``, 100 at most; ``before`` pages back), and where to stream on from."""
    session = await session_of(request)
    limit = int(min(max(_number(request, "limit", 50), 1), HISTORY_LIMIT))
    before = request.args.get("before")
    past = await services(request).delivery.history(session, limit, position(before) if before else None)
    return json_response({**asdict(past), "logged_in": session.logged_in})


def _number(request: Request, name: str, default: float) -> float:
    try:
        number = float(request.args.get(name) or default)
    except ValueError:
        raise CustomerError("bad_request") from None
    if not 0 <= number < 1e6:
        raise CustomerError("bad_request")
    return number
