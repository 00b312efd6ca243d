"""One case: what was submitted, and the decision on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from console import photos
from console.case_view import shown
from console.guard import only, post_field
from console.parts import Parts, parts
from console.render import page
from settlement.brokers.schema import Broker, RejectReason
from settlement.cases.desk_views import AttemptView, CaseDetail
from settlement.cases.states import TRANSITIONS, Event, State
from settlement.errors import CustomerError

pages = Blueprint("cases")

PURPOSES = {"compare_photo", "call_customer", "counter", "complaint"}
WITNESS_CHECKS = {"recording", "person", "id_card", "intent"}
REVIEW_CHECKS = {"identity", "signature", "cards", "documents"}
CLAIMING = {"witness": Event.WITNESS_CLAIM, "reviewer": Event.REVIEW_CLAIM}
CLAIMS = {role: row.source for role, event in CLAIMING.items() for row in TRANSITIONS if row.event is event}
MOST_REMARK = 300
VIEWS = [(60, 60), (1500, 24 * 3600)]  # work, but no leafing through everybody


@pages.get("/cases/<case_no:str>")
async def detail(request: Request, case_no: str) -> HTTPResponse:
    """The case with numbers starred out."""
    return await _detail(request, case_no)


@pages.post("/cases/<case_no:str>/reveal")
async def reveal(request: Request, case_no: str) -> HTTPResponse:
    """The case with whole numbers, once, for a purpose that goes on record."""
    purpose = post_field(request, "purpose")
    if purpose not in PURPOSES:
        return await _detail(request, case_no, problem="purpose_required", status=422)
    house = parts(request)
    try:
        await house.desk.reveal(request.ctx.staff, case_no, purpose)
    except CustomerError as error:
        return await _detail(request, case_no, error=error, status=409)
    return await _detail(request, case_no, whole=True)


@pages.post("/cases/<case_no:str>/claim")
@only("witness", "reviewer")
async def claim(request: Request, case_no: str) -> HTTPResponse:
    """Take the case."""
    return await _do(request, case_no, parts(request).desk.claim(request.ctx.staff, case_no))


@pages.post("/cases/<case_no:str>/release")
async def release(request: Request, case_no: str) -> HTTPResponse:
    """Put the case back."""
    return await _do(request, case_no, parts(request).desk.release(request.ctx.staff, case_no))


@pages.post("/cases/<case_no:str>/witness-pass")
@only("witness")
async def witness_pass(request: Request, case_no: str) -> HTTPResponse:
    """T08."""
    return await _accept(request, case_no, WITNESS_CHECKS, parts(request).desk.witness_pass)


@pages.post("/cases/<case_no:str>/approve")
@only("reviewer")
async def approve(request: Request, case_no: str) -> HTTPResponse:
    """T12."""
    return await _accept(request, case_no, REVIEW_CHECKS, parts(request).desk.approve)


@pages.post("/cases/<case_no:str>/witness-fail")
@only("witness")
async def witness_fail(request: Request, case_no: str) -> HTTPResponse:
    """T09."""
    return await _turn_down(request, case_no, parts(request).desk.witness_fail)


@pages.post("/cases/<case_no:str>/reject")
@only("reviewer")
async def reject(request: Request, case_no: str) -> HTTPResponse:
    """T13."""
    return await _turn_down(request, case_no, parts(request).desk.reject)


async def _accept(
    request: Request, case_no: str, checks: set[str], decide: Callable[..., Awaitable[None]]
) -> HTTPResponse:
    """Decide for the customer: every line of the list is ticked."""
    if not checks <= set(_many(request, "checks")):
        return await _detail(request, case_no, problem="checklist_required", status=422)
    return await _do(request, case_no, decide(request.ctx.staff, case_no, checks=sorted(checks)))


async def _turn_down(request: Request, case_no: str, decide: Callable[..., Awaitable[None]]) -> HTTPResponse:
    """Decide against: with reasons."""
    reasons, remark = _many(request, "reasons"), post_field(request, "remark")[:MOST_REMARK]
    return await _do(request, case_no, decide(request.ctx.staff, case_no, reasons=reasons, remark=remark))


async def _do(request: Request, case_no: str, action: Awaitable[object]) -> HTTPResponse:
    """Carry out ``action`` and return to the case, with what was filled in when it was refused."""
    try:
        await action
    except CustomerError as error:
        return await _detail(request, case_no, error=error, status=409)
    return redirect(f"/cases/{case_no}", status=303)


async def _detail(
    request: Request,
    case_no: str,
    *,
    whole: bool = False,
    problem: str = "",
    error: CustomerError | None = None,
    status: int = 200,
) -> HTTPResponse:
    """The page of a case, showing the attempt that ``?attempt=`` names, or the latest."""
    house, staff = parts(request), request.ctx.staff
    try:
        await house.limits.hit("staff_cases", staff.id, VIEWS)
        case = await house.desk.detail(staff, case_no)
    except CustomerError as refusal:
        status = 404 if refusal.code == "case_not_found" else 429
        return page(request, "problem.html", status=status, problem=refusal.code, facts={}, back="/")
    asked = request.args.get("attempt", "")
    attempt = next((one for one in case.attempts if str(one.attempt) == asked), case.attempts[-1])
    broker = _company(house, case, attempt)
    return page(
        request,
        "case.html",
        status=status,
        case=case,
        attempt=attempt,
        broker=broker,
        shown=shown(
            attempt.snapshot,
            broker,
            lambda file_id: photos.address(house, request.ctx.session, case_no, file_id),
            whole=whole,
        ),
        whole=whole,
        reasons=_choices(broker, case),
        may_claim=CLAIMS.get(staff.role) == case.state,
        problem=error.code if error else problem,
        facts=error.facts if error else {},
        chosen=_many(request, "reasons"),
        checked=_many(request, "checks"),
        remark=post_field(request, "remark")[:MOST_REMARK],
    )


def _company(house: Parts, case: CaseDetail, attempt: AttemptView) -> Broker:
    """The company as it was when this attempt was submitted."""
    return house.brokers.at_version(case.broker, attempt.snapshot["broker_version"])


def _choices(broker: Broker, case: CaseDetail) -> dict[str, list[RejectReason]]:
    """The reasons that may be given now, by group; groups stand as their first codes do."""
    stage = {State.W_DOING: "witness", State.R_DOING: "review"}.get(case.state)
    groups: dict[str, list[RejectReason]] = {}
    for _, reason in sorted(broker.reject_reasons.items()):
        if reason.active and reason.stage in (stage, "any"):
            groups.setdefault(reason.group, []).append(reason)
    return groups


def _many(request: Request, name: str) -> list[str]:
    form: Any = request.form
    return [str(one) for one in form.getlist(name, [])] if form else []
