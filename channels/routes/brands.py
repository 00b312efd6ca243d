"""How the page looks for the company that a conversation is about."""

from __future__ import annotations

import asyncio
import hashlib

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw
from sanic.response import json as json_response

from channels.guard import services, session_of
from settlement.errors import CustomerError

blueprint = Blueprint("brands", url_prefix="/api")

_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}


@blueprint.get("/brand")
async def brand(request: Request) -> HTTPResponse:
    """Name, colour and logo of this conversation's company; null before one was chosen."""
    session = await session_of(request)
    brokers = services(request).brokers
    brokers.reload_if_changed()
    if not session.broker:
        return json_response({"brand": None})
    broker = brokers.get(session.broker)
    return json_response(
        {
            "brand": {
                "code": broker.code,
                "name": broker.name,
                "short_name": broker.short_name,
                "colour": broker.brand.colour or None,
                "logo": f"/api/brands/{broker.code}/logo" if broker.brand.logo else None,
            }
        }
    )


@blueprint.get("/brands/<code:str>/logo")
async def logo(request: Request, code: str) -> HTTPResponse:
    """A company's picture. It is no secret, and asked for again each time: trainers may replace it."""
    path = services(request).brokers.logo(code)
    if path is None:
        raise CustomerError("not_found")
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise CustomerError("not_found") from None
    headers = {"Cache-Control": "no-cache", "ETag": f'"{hashlib.sha256(content).hexdigest()[:20]}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return empty(status=304, headers=headers)
    return raw(content, content_type=_TYPES[path.suffix], headers=headers)
