"""Documents: the text to read, and the notes that it was opened and read to its end (R-031, R-050, R-053)."""

from __future__ import annotations

from functools import lru_cache

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response

from channels.guard import origin_of, services, session_of
from settlement.brokers.parts import Document
from settlement.cases.inputs import Owner, Source
from settlement.errors import CustomerError
from settlement.evidence.markdown import MARKDOWN
from settlement.security.sessions import Session

blueprint = Blueprint("documents", url_prefix="/api/documents")


@lru_cache(maxsize=128)
def _html(sha256: str, body: str) -> str:
    return str(MARKDOWN.render(body))


def _document(request: Request, session: Session, document: str) -> Document:
    """The company's current document; raises ``document_unknown``."""
    services(request).brokers.reload_if_changed()
    broker = services(request).brokers.get(session.broker) if session.broker else None
    found = broker.document(document) if broker else None
    if found is None:
        raise CustomerError("document_unknown")
    return found


@blueprint.get("/<document:str>")
async def read(request: Request, document: str) -> HTTPResponse:
    """One document of the conversation's company, as HTML."""
    found = _document(request, await session_of(request), document)
    return json_response(
        {
            "id": found.id,
            "title": found.title,
            "version": found.version,
            "sha256": found.sha256,
            "seconds": found.seconds,
            "kind": found.kind,
            "consent": found.consent.model_dump() if found.consent else None,
            "html": _html(found.sha256, found.body),
        }
    )


@blueprint.post("/<document:str>/<event:opened|end>")
async def note(request: Request, document: str, event: str) -> HTTPResponse:
    """Note on the customer's case, by the server's clock, that it was opened or its end was reached.

    The body may say which text the page showed, ``{"version": …, "sha256": …}``; else the current one counts.
    """
    use = services(request)
    session = await session_of(request)
    if not (session.logged_in and session.broker and session.customer and session.case_no):
        raise CustomerError("login_needed")
    found = _document(request, session, document)
    shown = request.json or {}
    if not isinstance(shown, dict):
        raise CustomerError("bad_request")
    which = (
        Owner(broker=session.broker, customer=session.customer),
        session.case_no,
        found.id,
        str(shown.get("version", found.version)),
        str(shown.get("sha256", found.sha256)),
    )
    if event == "opened":
        origin = origin_of(request)
        source = Source(channel=session.channel, conversation=session.conversation, origin=origin)
        await use.cases.open_document(*which, source=source)
    else:
        await use.cases.reach_end(*which)
    await use.sessions.touch(session.conversation)
    return json_response({"id": found.id, "noted": event})
