"""A fuzzer makes requests out of docs/openapi.yml: no crash, no trace, no surprise, nothing lost."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import redis as blocking_redis
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from sanic import Sanic
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from channels import guard
from channels.app import create
from settlement.settings import ROOT, Settings
from tests.channels.conftest import Gateway
from tests.channels.customer import HEADERS, Customer

DESCRIPTION = ROOT / "docs/openapi.yml"
# The stream of events does not end, and a fuzzer would wait for its end.
SCHEMA = schemathesis.openapi.from_path(DESCRIPTION).exclude(path="/api/events")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
INSIDE = re.compile(r'Traceback|File "|sanic|\.py\b|redis|sqlalchemy|pydantic', re.IGNORECASE)


@SCHEMA.parametrize()
@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_any_request_gets_an_answer_that_is_described(
    case: schemathesis.Case, gateway: Gateway, customer: Customer, chosen: Settings
) -> None:
    with blocking_redis.Redis.from_url(chosen.redis_url) as redis:
        for key in redis.scan_iter("limit:*"):  # the fuzzer is to see more than “too often”
            redis.delete(key)
    if case.query and "wait" in case.query:
        case.query["wait"] = 0 if isinstance(case.query["wait"], int | float) else case.query["wait"]
    answer = case.call(
        base_url=gateway.url,
        headers=HEADERS,
        cookies={"conversation": customer.http.cookies["conversation"]},
        timeout=20,
    )
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400:
        assert not INSIDE.search(answer.text), answer.text


def test_after_all_that_the_conversation_goes_on(customer: Customer) -> None:
    assert [message["text"] for message in customer.say(text="还在吗")] == ["you said: 还在吗"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b'{"type": "text"}', b"[" * 50_000,
        b'{"type": "event", "cid": "12345678", "name": "case_result"}',
        b'{"type": "text", "cid": "12345678", "text": "' + b"x" * 2000 + b'"}',
        b'{"type": "text", "cid": "12345678", "text": "\\ud800"}',
        b'{"type": "text", "cid": "12345678", "text": "a", "metadata": {"button": true}}',
        b'{"type": "fields", "cid": "12345678", "fields": {"__proto__": "a"}}',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)  # fmt: skip
def test_a_body_that_is_no_message_is_a_bad_request(customer: Customer, body: bytes) -> None:
    answer = customer.http.post("/api/messages", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert not INSIDE.search(answer.text)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/api/messages", "/api/conversations"])
def test_other_methods_do_nothing(customer: Customer, method: str, path: str) -> None:
    answer = customer.http.request(method, path)
    assert answer.status_code in {400, 405}
    assert not INSIDE.search(answer.text)


def test_every_route_of_the_gateway_is_described(chosen: Settings) -> None:
    described = set()
    for path, operations in yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["paths"].items():
        described |= {(method.upper(), re.sub(r"\{[^}]*\}", "*", path)) for method in operations}
    Sanic.test_mode = True
    app = create(chosen)
    served = set()
    for route in app.router.routes:
        path = "/" + re.sub(r"<event:[^>]*>", "EVENT", route.path)
        path = re.sub(r"<captcha:[^>]*>", "*.png", path)
        for method in route.methods - {"HEAD"}:
            for event in ("opened", "end"):
                served.add((method, re.sub(r"<[^>]*>", "*", path.replace("EVENT", event))))
    pages = {("GET", "/"), ("GET", "/inbox"), ("GET", "/widget/*")}
    assert served - pages == described


@pytest.mark.parametrize(
    ("scheme", "production", "told"),
    [("https", True, True), ("https", False, True), ("http", True, True), ("http", False, False)],
)
def test_browsers_are_told_to_stay_on_tls(scheme: str, production: bool, told: bool) -> None:
    headers: dict[str, Any] = guard.headers_of(scheme, production=production)
    assert ("Strict-Transport-Security" in headers) == told


def test_nobody_may_frame_the_page(gateway: Gateway) -> None:
    headers = httpx.get(gateway.url, trust_env=False).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/api/history", "/api/poll", "/api/inbox", "/health"])
def test_nothing_that_is_said_is_kept_on_the_way(customer: Customer, path: str) -> None:
    assert customer.http.get(path).headers["cache-control"] == "no-store"
