"""Every failure as ``{"error": code, "message": sentence}``, worded by ``domain.yml``; details are logged."""

from __future__ import annotations

import structlog
from pydantic import ValidationError
from sanic import HTTPResponse, Request
from sanic.exceptions import SanicException
from sanic.response import json as json_response

from channels.services import App
from channels.wording import Wording
from settlement.errors import CustomerError

log = structlog.get_logger(__name__)

STATUS = {
    "session_unknown": 401,
    "login_needed": 401,
    "csrf": 403,
    "not_found": 404,
    "upload_not_found": 404,
    "image_not_found": 404,
    "case_not_found": 404,
    "document_unknown": 404,
    "paper_not_found": 404,
    "captcha_expired": 404,
    "method_not_allowed": 405,
    "document_version_changed": 409,
    "document_not_read": 409,
    "step_not_ready": 409,
    "image_too_large": 413,
    "request_too_large": 413,
    "too_often": 429,
}
"""HTTP status by code; what is not here is a 400 from the core."""

_BY_STATUS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "request_too_large"}


def answer(
    wording: Wording, code: str, status: int, facts: dict[str, str | int] | None = None
) -> HTTPResponse:
    """A problem response."""
    body: dict[str, str] = {"error": code, "message": wording.error(code, facts)}
    headers = {"Cache-Control": "no-store"}
    if status == 429 and facts and "seconds" in facts:
        headers["Retry-After"] = str(facts["seconds"])
    return json_response(body, status=status, headers=headers)


def install(app: App) -> None:
    """Make every exception of ``app`` a problem response."""

    @app.exception(CustomerError)
    async def customer_error(request: Request, error: CustomerError) -> HTTPResponse:
        wording: Wording = request.app.ctx.services.wording
        return answer(wording, error.code, STATUS.get(error.code, 400), error.facts)

    @app.exception(ValidationError)
    async def not_valid(request: Request, error: ValidationError) -> HTTPResponse:
        return answer(request.app.ctx.services.wording, "bad_request", 400)

    @app.exception(Exception)
    async def anything_else(request: Request, error: Exception) -> HTTPResponse:
        wording: Wording = request.app.ctx.services.wording
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            log.error("request_failed", path=request.path, exc_info=error)
        return answer(wording, _BY_STATUS.get(status, "unavailable"), status)
