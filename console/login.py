"""Logging in and out."""

from __future__ import annotations

import hmac
import secrets

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from console.guard import COOKIE, address_of, post_field
from console.parts import parts
from console.render import page
from console.sessions import OLDEST
from settlement.errors import CustomerError

pages = Blueprint("login")

FORM_COOKIE = "login_form"  # the form's own token, since there is no session yet
BY_NAME = [(10, 15 * 60)]
BY_ADDRESS = [(60, 15 * 60)]


@pages.get("/login")
async def form(request: Request) -> HTTPResponse:
    """The form."""
    if request.ctx.session is not None:
        return redirect("/", status=303)
    return _form(request)


@pages.post("/login")
async def enter(request: Request) -> HTTPResponse:
    """Check name and password; every try counts against the name and the address."""
    house = parts(request)
    token = request.cookies.get(FORM_COOKIE) or ""
    if not token or not hmac.compare_digest(post_field(request, "csrf").encode(), token.encode()):
        return _form(request, problem="form_expired", status=403)
    name = post_field(request, "name")[:60]
    try:
        await house.limits.hit("staff_login", house.keyring.digest(name, "staff_login"), BY_NAME)
        await house.limits.hit(
            "staff_login_from", house.keyring.digest(address_of(request), "staff_login"), BY_ADDRESS
        )
    except CustomerError:
        return _form(request, problem="too_often", status=429)
    password = post_field(request, "password", strip=False)[:200]
    staff = await house.staff.check(name, password, address=address_of(request))
    if staff is None:
        return _form(request, problem="login_failed", status=401)
    _, secret = await house.sessions.create(staff.id)
    answer = redirect("/", status=303)
    answer.add_cookie(
        COOKIE,
        secret,
        httponly=True,
        samesite="Strict",
        secure=house.settings.production,
        path="/",
        max_age=int(OLDEST.total_seconds()),
    )
    answer.delete_cookie(FORM_COOKIE, path="/login")
    return answer


@pages.post("/logout")
async def leave(request: Request) -> HTTPResponse:
    """End the session."""
    await parts(request).sessions.end(request.ctx.session)
    answer = redirect("/login", status=303)
    answer.delete_cookie(COOKIE)
    return answer


def _form(request: Request, *, problem: str = "", status: int = 200) -> HTTPResponse:
    # A form open in another tab goes on working.
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    answer = page(request, "login.html", status=status, problem=problem, token=token)
    answer.add_cookie(
        FORM_COOKIE,
        token,
        httponly=True,
        samesite="Strict",
        secure=parts(request).settings.production,
        path="/login",
        max_age=3600,
    )
    return answer
