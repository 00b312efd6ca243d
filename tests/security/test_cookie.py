"""The conversation's cookie leaves over TLS alone in production."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from sanic import HTTPResponse, Request

from channels import guard


@pytest.mark.parametrize("production", [True, False])
def test_the_cookie_is_secure_in_production(production: bool) -> None:
    services = SimpleNamespace(settings=SimpleNamespace(production=production, embedders=()))
    request = cast(Request, SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(services=services))))
    response = HTTPResponse()
    guard.set_cookie(request, response, "secret")
    cookie = str(response.headers["set-cookie"])
    assert ("Secure" in cookie) == production
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
