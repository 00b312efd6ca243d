"""Pages from templates, with the headers that keep them to themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import HTTPResponse, Request
from sanic.response import html

from settlement import clock

TEMPLATES = Path(__file__).parent / "templates"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: that would turn the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def _beijing(moment: datetime | str | None) -> str:
    """A moment (or its ISO text, as snapshots hold it) as staff read it, in Beijing time."""
    if not moment:
        return "—"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{clock.beijing(moment):%Y-%m-%d %H:%M:%S}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["beijing"] = _beijing
    return environment


_ENVIRONMENT = _environment()


def wording(template: str, table: str) -> dict[str, str]:
    """A table of words that a template of words sets, for what is not drawn by a template."""
    words: dict[str, str] = getattr(_ENVIRONMENT.get_template(template).module, table)
    return words


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTTPResponse:
    """``template`` filled; every page knows who is logged in and the token of its forms."""
    session = getattr(request.ctx, "session", None)
    body = _ENVIRONMENT.get_template(template).render(
        staff=getattr(request.ctx, "staff", None),
        csrf=session.csrf if session else "",
        path=request.path,
        **facts,
    )
    return html(body, status=status, headers={"Cache-Control": "no-store"})
