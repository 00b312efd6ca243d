"""The conversation's cookie leaves over TLS alone in production."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sanic import HTTPResponse

from channels import guard


@pytest.mark.parametrize("production", [True, False])
def test_the_cookie_is_secure_in_production(production: bool) -> None:
    services = SimpleNamespace(settings=SimpleNamespace(production=production, embedders=()))
    request = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(services=services)))
    response = HTTPResponse()
    guard.set_cookie(request, response, "secret")  # type: ignore[arg-type]
    cookie = str(response.headers["set-cookie"])
    assert ("Secure" in cookie) == production
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
