"""The page's door for users of a chat platform, and the page that says why a link does not open."""

from __future__ import annotations

from html import escape

from sanic import HTTPResponse, Request
from sanic.response import html, redirect

from channels.guard import COOKIE, client_of, services, set_cookie
from channels.messenger.desk import Desk
from settlement.errors import CustomerError

_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p>{link}</main></body></html>"""


async def let_in(request: Request, desk: Desk, conversation: str) -> HTTPResponse:
    """Give this browser the conversation; the one before it is shut out."""
    try:
        cookie = await desk.sessions.renew_secret(conversation)
        await desk.sessions.arrive(await desk.sessions.get(conversation), client_of(request))
        await desk.sessions.touch(conversation)
    except CustomerError:
        return notice(desk, "used", 410)
    await desk.state.went_to_page(conversation)
    response = redirect("/")
    set_cookie(request, response, cookie)
    return response


async def has_session(request: Request) -> bool:
    """Whether this browser has a conversation already."""
    secret = request.cookies.get(COOKIE)
    return bool(secret and await services(request).sessions.by_secret(secret))


def notice(desk: Desk, name: str, status: int, link: str = "") -> HTTPResponse:
    """A page of ``texts.yml``, with a link to go on if there is one."""
    words = desk.texts.pages[name]
    onward = f'<p><a href="{escape(link)}">{escape(words.link)}</a></p>' if link else ""
    body = _PAGE.format(title=escape(words.title), text=escape(words.text), link=onward)
    return html(body, status=status)
