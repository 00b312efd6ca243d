"""The console as a Sanic application."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import BaseHTTPResponse, json

from console import cases, evidence, login, overview, photos
from console.guard import let_in
from console.parts import Parts
from console.render import HEADERS, page
from console.training import PAGES as TRAINING
from settlement.background import repeat
from settlement.stopping import stop_all

log = structlog.get_logger(__name__)

STATIC = Path(__file__).parent / "static"
HOUSEKEEPING_SECONDS = 30.0
HEARING_SECONDS = 2.0
FORGETTING_SECONDS = 3600.0
ARCHIVE_SECONDS = 3600.0
LARGEST_REQUEST = 64 * 1024  # forms; files come in on one page (console/evidence.py)


def create_app(house: Parts, *, name: str = "console") -> Sanic[Any, Any]:
    """The application around ``house``. Its server's stop closes what ``house`` holds."""
    app = Sanic(name, configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,
        FALLBACK_ERROR_FORMAT="text",
        REQUEST_MAX_SIZE=LARGEST_REQUEST,
        REQUEST_TIMEOUT=30,
        RESPONSE_TIMEOUT=60,
        KEEP_ALIVE_TIMEOUT=30,
        MOTD=False,
        ACCESS_LOG=False,
    )
    app.ctx.parts = house
    app.static("/static", STATIC, name="static")
    for blueprint in (login.pages, overview.pages, cases.pages, photos.pages, evidence.pages, *TRAINING):
        app.blueprint(blueprint)
    evidence.install(app, LARGEST_REQUEST)
    app.register_middleware(let_in, "request")
    app.register_middleware(_close_up, "response")
    app.exception(Exception)(_failed)
    app.add_route(_health, "/health")
    app.after_server_start(_begin_work)
    app.before_server_stop(_end_work)
    return app


async def _health(_: Request) -> HTTPResponse:
    return json({"status": "ok"})


async def _close_up(_: Request, response: BaseHTTPResponse) -> HTTPResponse | None:
    for header, value in HEADERS.items():
        response.headers.setdefault(header, value)
    return None


async def _failed(request: Request, error: Exception) -> HTTPResponse:
    """A page instead of a stack; what happened is logged by kind alone."""
    if isinstance(error, SanicException) and error.status_code < 500:
        return page(request, "problem.html", status=error.status_code, problem="page_not_found", back="/")
    log.error("page_failed", path=request.route.path if request.route else "", error=type(error).__name__)
    return page(request, "problem.html", status=500, problem="unavailable", back="/")


async def _begin_work(app: Sanic[Any, Any]) -> None:
    house: Parts = app.ctx.parts
    app.ctx.work = [
        asyncio.create_task(repeat("execution", house.executor.run_once)),
        asyncio.create_task(repeat("dispatch", house.dispatcher.run_once)),
        asyncio.create_task(repeat("housekeeping", house.housekeeping.run_once, pause=HOUSEKEEPING_SECONDS)),
        asyncio.create_task(repeat("uploads", partial(_forget_uploads, house), pause=HOUSEKEEPING_SECONDS)),
        asyncio.create_task(repeat("archive", house.renewal.run_once, pause=ARCHIVE_SECONDS)),
        asyncio.create_task(repeat("heard", house.collector.run_once, pause=HEARING_SECONDS)),
        asyncio.create_task(repeat("heard_old", house.collector.forget_old, pause=FORGETTING_SECONDS)),
    ]


async def _forget_uploads(house: Parts) -> int:
    return await house.uploads.forget_old(house.ports.objects)


async def _end_work(app: Sanic[Any, Any]) -> None:
    await stop_all(app.ctx.work)
    await app.ctx.parts.close()
