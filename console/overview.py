"""The queues, and the list of companies."""

from __future__ import annotations

import asyncio

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw

from console.parts import parts
from console.render import page
from settlement.brokers import qr
from settlement.errors import CustomerError

pages = Blueprint("overview")

STAGES = ("witness", "review", "execution", "completed")
FIRST = {"witness": "witness", "reviewer": "review", "administrator": "review"}


@pages.get("/")
async def queues(request: Request) -> HTTPResponse:
    """The cases of one stage; the stage of one's own work when none is asked for."""
    house, staff = parts(request), request.ctx.staff
    companies = [one for one in house.brokers.all() if staff.broker in (None, one.code)]
    stage = request.args.get("stage", "")
    if stage not in STAGES:
        stage = FIRST.get(staff.role, "review")
    broker = request.args.get("broker", "")
    if broker not in {one.code for one in companies}:
        broker = ""
    return page(
        request,
        "queue.html",
        stages=STAGES,
        stage=stage,
        rows=await house.desk.queue(staff, stage, broker or None),
        brokers=companies,
        broker=broker,
        names={one.code: one.short_name for one in companies},
    )


@pages.get("/brokers")
async def brokers(request: Request) -> HTTPResponse:
    """The companies as they are configured, and what keeps newer files of theirs from being used."""
    house, staff = parts(request), request.ctx.staff
    companies = [one for one in house.brokers.all() if staff.broker in (None, one.code)]
    problems = house.brokers.problems if staff.role == "administrator" else {}
    return page(request, "brokers.html", brokers=companies, problems=problems)


@pages.get("/brokers/<code:str>/qr.png")
async def code(request: Request, code: str) -> HTTPResponse:
    """The company's QR code (R-001, R-003)."""
    house = parts(request)
    try:
        broker = house.brokers.get(code)
    except CustomerError:
        return page(request, "problem.html", status=404, problem="page_not_found", back="/brokers")
    picture = await asyncio.to_thread(qr.png, qr.issue(broker.code, house.keyring, broker.qr_token))
    return raw(picture, content_type="image/png")
