"""Photos of a case: short-lived addresses of one session, a watermark, an audit entry for every view."""

from __future__ import annotations

import asyncio
import hmac
import re
import time

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw

from console.parts import Parts, parts
from console.render import page
from console.sessions import StaffSession
from console.watermark import watermarked
from settlement import clock
from settlement.errors import CustomerError
from settlement.ports.objects import owner_context

pages = Blueprint("photos")

LIFE_SECONDS = 5 * 60
MOMENT = re.compile("[0-9]{1,12}")  # seconds; longer digits are nobody's moment, and Python refuses them
VIEWS = [(120, 60), (2000, 24 * 3600)]  # leafing through is work; carrying everything away is not


def address(house: Parts, session: StaffSession, case_no: str, file_id: str) -> str:
    """Where this session sees this photo, for five minutes."""
    until = int(time.time()) + LIFE_SECONDS
    signature = _signature(house, session, case_no, file_id, until)
    return f"/cases/{case_no}/photos/{file_id}?until={until}&signature={signature}"


@pages.get("/cases/<case_no:str>/photos/<file_id:str>")
async def photo(request: Request, case_no: str, file_id: str) -> HTTPResponse:
    """The photo with who is looking drawn across it."""
    house, session, staff = parts(request), request.ctx.session, request.ctx.staff
    until = request.args.get("until", "")
    signature = request.args.get("signature", "")
    if not MOMENT.fullmatch(until) or int(until) < time.time():
        return _absent(request, 410)
    expected = _signature(house, session, case_no, file_id, int(until))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return _absent(request, 404)
    try:
        await house.limits.hit("staff_photos", staff.id, VIEWS)
        image = await house.desk.image(staff, case_no, file_id)  # checks the case and writes the audit entry
        jpeg = await house.ports.objects.get(file_id, context=owner_context(image.broker, image.customer))
    except CustomerError as error:
        if error.code == "too_often":
            return page(request, "problem.html", status=429, problem="too_often", back=f"/cases/{case_no}")
        return _absent(request, 404)
    marked = await asyncio.to_thread(
        watermarked, jpeg, name=staff.name, staff=staff.id[:8], case_no=case_no, moment=clock.now()
    )
    return raw(marked, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _signature(house: Parts, session: StaffSession, case_no: str, file_id: str, until: int) -> str:
    return house.keyring.digest(f"{session.key}\n{case_no}\n{file_id}\n{until}", "console.photo")


def _absent(request: Request, status: int) -> HTTPResponse:
    return page(request, "problem.html", status=status, problem="image_not_found", back="/")
