"""A fuzzer makes requests out of docs/openapi.yml: no crash, no trace, no surprise, nothing lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import redis as blocking_redis
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from redis.asyncio import Redis
from sanic import Sanic
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from channels import guard
from channels.app import create
from settlement.cases.states import State
from settlement.settings import ROOT, Settings
from tests.channels.conftest import Gateway
from tests.channels.customer import HEADERS, Customer
from tests.channels.login import log_in
from tests.channels.of_case import OfCase

DESCRIPTION = ROOT / "docs/openapi.yml"
# The stream of events does not end, and a fuzzer would wait for its end.
SCHEMA = schemathesis.openapi.from_path(DESCRIPTION).exclude(path="/api/events")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
INSIDE = re.compile(r'Traceback|File "|sanic|\.py\b|redis|sqlalchemy|pydantic', re.IGNORECASE)


Case = schemathesis.Case[APIOperation[Any, Any, Any, Any]]
FUZZED = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module", autouse=True)
def earlier(gateway: Gateway, chosen: Settings) -> Iterator[Customer]:
    """A customer who logged in and said something before any of this began."""
    someone = Customer(gateway.url)
    someone.enter()
    asyncio.run(_log_in(chosen, someone.conversation))
    someone.say(text="我先来的")
    yield someone
    someone.http.close()


async def _log_in(chosen: Settings, conversation: str) -> None:
    redis = Redis.from_url(chosen.redis_url)
    await log_in(redis, conversation)
    await redis.aclose()


@SCHEMA.parametrize()
@FUZZED
def test_any_request_gets_an_answer_that_is_described(
    case: Case, gateway: Gateway, customer: Customer, chosen: Settings
) -> None:
    fuzz(case, gateway, customer, chosen)


@SCHEMA.parametrize()
@FUZZED
async def test_any_request_of_a_customer_at_work_on_a_case_gets_one_too(
    case: Case, gateway: Gateway, customer: Customer, of_case: OfCase, chosen: Settings
) -> None:
    if "document" in case.path_parameters and len(case.path_parameters["document"]) % 2:
        [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
        case.path_parameters["document"] = first.id
    await asyncio.to_thread(fuzz, case, gateway, customer, chosen)
    assert (await of_case.cases.get(of_case.owner, of_case.case_no)).state == State.D_PHOTO


def fuzz(case: Case, gateway: Gateway, customer: Customer, chosen: Settings) -> None:
    """One request of this customer; the answer is one that the description knows."""
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


def test_after_all_that_an_earlier_conversation_goes_on(earlier: Customer, redis_now: None) -> None:
    history = earlier.http.get("/api/history").json()
    assert history["logged_in"]
    assert "you said: 我先来的" in [entry.get("text") for entry in history["entries"]]
    assert [message["text"] for message in earlier.say(text="还在吗")] == ["you said: 还在吗"]


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
    # The platforms' own protocols (docs/wechat.md); test_xml_fuzzed.py and tests/channels/wechat try those.
    platforms = {one for one in served if one[1].startswith(("/wechat/", "/wecom/"))}
    assert served - pages - platforms == described


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
