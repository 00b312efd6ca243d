"""What was signed: the papers of a case with their check, its bundle, and any file that somebody brings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from sanic import Blueprint, HTTPResponse, Request, Sanic
from sanic.exceptions import PayloadTooLarge
from sanic.response import raw, redirect

from console.guard import only, post_field
from console.parts import Parts, parts
from console.render import page
from settlement.cases.desk_views import Staff
from settlement.cases.views import PaperView
from settlement.errors import CustomerError, OperatorError
from settlement.evidence import wording
from settlement.evidence.__main__ import verify
from settlement.evidence.bundle_verify import BundleReport
from settlement.evidence.verify import PdfReport, verify_pdf
from settlement.ports.errors import PortUnavailable

log = structlog.get_logger(__name__)
pages = Blueprint("evidence")

CHECK_PATH = "/evidence"
LARGEST_FILE = 32 * 1024 * 1024
CHECKS = [(30, 60), (500, 24 * 3600)]  # each takes a moment of CPU
COPIES = [(10, 60), (100, 24 * 3600)]  # papers hold whole numbers
ERRORS = (CustomerError, OperatorError, PortUnavailable)


def install(app: Sanic[Any, Any], usual: int) -> None:
    """Let files in on the page that checks them, and no more than ``usual`` bytes elsewhere."""
    app.config.REQUEST_MAX_SIZE = LARGEST_FILE

    @app.signal("http.routing.after")
    async def before_the_body(request: Request, **_: Any) -> None:
        if request.path == CHECK_PATH:
            return
        if request.stream is not None:
            request.stream.request_max_size = usual
        if int(request.headers.get("content-length") or 0) > usual:
            raise PayloadTooLarge("request too large")


@pages.get("/cases/<case_no:str>/evidence")
@only("reviewer", "administrator")
async def of_case(request: Request, case_no: str) -> HTTPResponse:
    """Every paper of a case, checked now."""
    house, staff = parts(request), request.ctx.staff
    try:
        await house.limits.hit("staff_evidence", staff.id, CHECKS)
        papers = await house.evidence.papers(staff, case_no)
        rows = [(paper, await _checked(house, staff, case_no, paper)) for paper in papers]
        acts = await house.evidence.acts(staff, case_no)
        hold = await house.holds.of(staff, case_no)
        gone = await house.holds.material_gone(staff, case_no)
    except ERRORS as error:
        return _problem(request, error, f"/cases/{case_no}")
    facts: dict[str, Any] = {
        "case_no": case_no, "rows": rows, "acts": acts, "hold": hold, "material_gone": gone, "words": wording,
    }  # fmt: skip
    return page(request, "evidence_case.html", **facts)


async def _checked(house: Parts, staff: Staff, case_no: str, paper: PaperView) -> PdfReport:
    content = await house.evidence.paper(staff, case_no, paper.id)
    return await asyncio.to_thread(lambda: verify_pdf(content, house.roots(), stored=paper.sha256))


@pages.get("/cases/<case_no:str>/papers/<paper:str>")
@only("reviewer", "administrator")
async def one_paper(request: Request, case_no: str, paper: str) -> HTTPResponse:
    """One paper, to keep; the copy goes on record."""
    make = partial(parts(request).evidence.paper, request.ctx.staff, case_no, paper)
    return await _copy(request, case_no, make, "application/pdf", f"{case_no}.pdf")


@pages.post("/cases/<case_no:str>/bundle")
@only("reviewer", "administrator")
async def bundle(request: Request, case_no: str) -> HTTPResponse:
    """The bundle of evidence, made now; that it was made goes on record."""
    make = partial(parts(request).evidence.bundle, request.ctx.staff, case_no)
    return await _copy(request, case_no, make, "application/zip", f"{case_no}.zip")


async def _copy(
    request: Request, case_no: str, make: Callable[[], Awaitable[bytes]], mime: str, name: str
) -> HTTPResponse:
    """What ``make`` makes, to take away, as often as ``COPIES`` allows."""
    try:
        await parts(request).limits.hit("staff_papers", request.ctx.staff.id, COPIES)
        content = await make()
    except ERRORS as error:
        return _problem(request, error, f"/cases/{case_no}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return raw(content, content_type=mime, headers=headers)


@pages.post("/cases/<case_no:str>/<change:hold|unhold>")
@only("administrator")
async def hold(request: Request, case_no: str, change: str) -> HTTPResponse:
    """Keep a case beyond its time, or no longer."""
    house, staff = parts(request), request.ctx.staff
    try:
        if change == "hold":
            await house.holds.place(staff, case_no, post_field(request, "reason"))
        else:
            await house.holds.lift(staff, case_no)
    except CustomerError as error:
        return _problem(request, error, f"/cases/{case_no}/evidence")
    return redirect(f"/cases/{case_no}/evidence", status=303)


@pages.get(CHECK_PATH)
async def form(request: Request) -> HTTPResponse:
    """Where a file is brought."""
    return page(request, "evidence.html", report=None, problem="", stored=None, name="", words=wording)


@pages.post(CHECK_PATH)
async def check(request: Request) -> HTTPResponse:
    """Check a signed paper or a bundle; nothing of it is kept."""
    house, staff = parts(request), request.ctx.staff
    files: Any = request.files
    found = files.get("file") if files else None
    data = found.body if found else b""
    try:
        await house.limits.hit("staff_evidence", staff.id, CHECKS)
        report = await asyncio.to_thread(lambda: verify(data, house.roots()))
    except ERRORS as error:
        return _problem(request, error, CHECK_PATH)
    problem = "" if report else "unknown_kind"
    stored = await house.evidence.stored(staff, report.sha256) if isinstance(report, PdfReport) else None
    return page(
        request, "evidence.html", status=422 if problem else 200, report=report, problem=problem,
        stored=stored, name=found.name[:80] if found else "", words=wording,
        bundle=isinstance(report, BundleReport),
    )  # fmt: skip


def _problem(request: Request, error: Exception, back: str) -> HTTPResponse:
    if isinstance(error, CustomerError):
        status = 429 if error.code == "too_often" else 404
        return page(request, "problem.html", status=status, problem=error.code, facts=error.facts, back=back)
    log.error("evidence_failed", error=type(error).__name__, problem=str(error))
    return page(request, "problem.html", status=503, problem="evidence_unavailable", facts={}, back=back)
