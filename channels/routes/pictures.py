"""Pictures: photos that a customer sends and looks at again, and the captcha."""

from __future__ import annotations

from typing import get_args

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import raw

from channels.guard import services, session_of
from channels.limits import UPLOADS
from channels.services import Services
from settlement.cards import PhotoName
from settlement.cases.inputs import Owner
from settlement.errors import CustomerError
from settlement.ports.objects import owner_context
from settlement.security.sessions import Session

blueprint = Blueprint("pictures", url_prefix="/api")

KINDS = frozenset(get_args(PhotoName))


@blueprint.post("/uploads")
async def upload(request: Request) -> HTTPResponse:
    """Store a photo: multipart ``file``, optionally ``kind``. Only its re-encoded picture is kept (R-033)."""
    use = services(request)
    session = await session_of(request)
    await use.limits.hit("uploads", session.conversation, UPLOADS)
    file = request.files.get("file") if request.files else None
    kind = request.form.get("kind") if request.form else None
    if file is None or (kind and kind not in KINDS):
        raise CustomerError("bad_request")
    stored = await use.photos.store(session, file.body, kind or None)
    await use.sessions.touch(session.conversation)
    return json_response({"upload": stored.id, "width": stored.width, "height": stored.height}, status=201)


@blueprint.get("/images/<image:str>")
async def show(request: Request, image: str) -> HTTPResponse:
    """A photo of this conversation, or of a case of the customer who is logged in; else it is not found."""
    use = services(request)
    session = await session_of(request)
    try:
        own = await use.uploads.get(session.conversation, image)
    except CustomerError:
        return _picture(await _of_a_case(use, session, image), "image/jpeg")
    if own.private and not session.logged_in:
        raise CustomerError("image_not_found")
    return _picture(await use.ports.objects.get(image, context=session.conversation), "image/jpeg")


async def _of_a_case(use: Services, session: Session, image: str) -> bytes:
    if not (session.logged_in and session.broker and session.customer):
        raise CustomerError("image_not_found")
    owner = Owner(broker=session.broker, customer=session.customer)
    found = await use.cases.image(owner, image)
    context = owner_context(owner.broker, owner.customer)
    return await use.ports.objects.get(found.file_id, context=context)


@blueprint.get("/captcha/<captcha:ext=png>")
async def captcha(request: Request, captcha: str, ext: str) -> HTTPResponse:
    """The picture of a captcha of this conversation (R-017)."""
    use = services(request)
    session = await session_of(request)
    return _picture(await use.captchas.image(session.conversation, captcha), "image/png")


def _picture(content: bytes, mime: str) -> HTTPResponse:
    return raw(content, content_type=mime, headers={"Cache-Control": "private, no-store"})
