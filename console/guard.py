"""Who may see a page at all: a living session, our own forms only, the right role."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request
from sanic.response import redirect

from console.parts import parts
from console.render import page

COOKIE = "staff"
FOR_TRAINERS = ("/training", "/logout")
OPEN = ("/login", "/health", "/static/")
Handler = Callable[..., Awaitable[HTTPResponse]]


def post_field(request: Request, name: str, *, strip: bool = True) -> str:
    """One field of a posted form, without the spaces around it unless they count."""
    form = request.form
    value = str(form.get(name, "")) if form else ""
    return value.strip() if strip else value


def address_of(request: Request) -> str:
    """The network address; behind proxies set ``SANIC_PROXIES_COUNT``, or all staff share one."""
    return request.remote_addr or request.ip


def same_origin(request: Request) -> bool:
    """Whether a browser says that this came from our own page; a client that says nothing is no browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def let_in(request: Request) -> HTTPResponse | None:
    """Before every request: find the session, refuse what is not ours."""
    request.ctx.session = request.ctx.staff = None
    if request.path.startswith("/static/") or request.path == "/health":
        return None
    house = parts(request)
    house.brokers.reload_if_changed()
    session = await house.sessions.by_secret(request.cookies.get(COOKIE))
    if session is not None:
        # Asked anew each time, so that somebody who left is out at once.
        staff = await house.staff.get(session.staff)
        if staff is None:
            await house.sessions.end(session)
        else:
            request.ctx.session, request.ctx.staff = session, staff
    if request.method == "POST" and not same_origin(request):
        return page(request, "problem.html", status=403, problem="form_expired", back="/")
    if request.path == "/login":
        return None
    if request.ctx.session is None:
        return redirect("/login", status=303)
    if request.ctx.staff.role == "trainer" and not request.path.startswith(FOR_TRAINERS):
        # Everything else shows customers, or will one day: a page is closed to trainers unless it is listed.
        if request.path == "/":
            return redirect("/training", status=303)
        return page(request, "problem.html", status=403, problem="wrong_role", back="/training")
    if request.method == "POST":
        given = post_field(request, "csrf")
        if not hmac.compare_digest(given.encode(), request.ctx.session.csrf.encode()):
            return page(request, "problem.html", status=403, problem="form_expired", back=request.path)
    return None


def only(*roles: str) -> Callable[[Handler], Handler]:
    """Let in staff of these roles alone."""

    def guarded(handler: Handler) -> Handler:
        @wraps(handler)
        async def guard(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse:
            if request.ctx.staff.role not in roles:
                return page(request, "problem.html", status=403, problem="wrong_role", back="/")
            return await handler(request, *args, **kwargs)

        return guard

    return guarded
