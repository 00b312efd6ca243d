"""What the customer signed: listed and handed over at any time, to whom it belongs (R-056)."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import raw

from channels.guard import services, session_of
from settlement.cases.inputs import Owner
from settlement.clock import beijing
from settlement.errors import CustomerError
from settlement.ports.objects import owner_context

blueprint = Blueprint("signed", url_prefix="/api/signed")

# A browser shows a PDF by a plugin of its own, which the page's policy would keep out.
_PDF_POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


async def _owner(request: Request) -> Owner:
    session = await session_of(request)
    if not (session.logged_in and session.broker and session.customer):
        raise CustomerError("login_needed")
    await services(request).sessions.touch(session.conversation)
    return Owner(broker=session.broker, customer=session.customer)


@blueprint.get("/")
async def listed(request: Request) -> HTTPResponse:
    """All papers of the customer, the newest first; times are Beijing times."""
    papers = await services(request).cases.papers(await _owner(request))
    return json_response(
        {
            "papers": [
                {
                    "id": one.id,
                    "case_no": one.case_no,
                    "signed_at": beijing(one.signed_at).isoformat(timespec="seconds"),
                    "state": "valid" if one.valid else "void",
                    "size": one.size,
                }
                for one in papers
            ]
        }
    )


@blueprint.get("/<paper:str>")
async def paper(request: Request, paper: str) -> HTTPResponse:
    """One paper as it was signed: to look at, or with ``?download=1`` to keep."""
    owner = await _owner(request)
    found = await services(request).cases.paper(owner, paper)
    content = await services(request).ports.objects.get(
        found.file_id, context=owner_context(owner.broker, owner.customer)
    )
    way = "attachment" if request.args.get("download") else "inline"
    return raw(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{way}; filename="{found.case_no}.pdf"',
            "Content-Security-Policy": _PDF_POLICY,
        },
    )
