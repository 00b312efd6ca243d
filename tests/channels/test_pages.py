"""The page's files leave with strict headers; text messages are shown where none is really sent."""

from __future__ import annotations

import re

import httpx
import pytest
from pydantic import ValidationError
from redis.asyncio import Redis

from channels.routes import pages
from settlement.errors import OperatorError
from settlement.ports.sms import LocalSms, Sms
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.channels.conftest import Gateway, running_gateway


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/widget/loader.js", "/widget/icon.svg", "/api/history", "/health", "/no"]
)
def test_every_answer_has_the_headers_that_keep_a_page_safe(gateway: Gateway, path: str) -> None:
    headers = httpx.get(gateway.url + path, trust_env=False).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/", "/inbox"])
def test_every_file_that_a_page_names_is_there(gateway: Gateway, path: str) -> None:
    html = httpx.get(gateway.url + path, trust_env=False).text
    named = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(named) >= 3
    for name in named:
        assert httpx.get(gateway.url + name, trust_env=False).status_code == 200, name


def test_an_unchanged_page_is_not_sent_again(gateway: Gateway) -> None:
    first = httpx.get(gateway.url, trust_env=False)
    assert first.headers["cache-control"] == "no-cache"
    again = httpx.get(gateway.url, headers={"If-None-Match": first.headers["etag"]}, trust_env=False)
    assert (again.status_code, again.content) == (304, b"")


def test_files_whose_name_holds_their_content_are_kept_for_good_and_sent_compressed(gateway: Gateway) -> None:
    html = httpx.get(gateway.url, trust_env=False).text
    names = re.findall(r'"(/widget/assets/[^"]+)"', html)
    assert names
    for name in names:
        answer = httpx.get(gateway.url + name, headers={"Accept-Encoding": "gzip"}, trust_env=False)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = httpx.get(gateway.url + name, headers={"Accept-Encoding": "identity"}, trust_env=False)
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content


def test_only_named_sites_may_frame_the_page_and_load_the_loader(chosen: Settings) -> None:
    friends = "https://www.example.com https://m.example.com:8443"
    with running_gateway(chosen, {"EMBED_ORIGINS": friends}) as gateway:
        page = httpx.get(gateway.url, trust_env=False).headers
        assert f"frame-ancestors {friends}" in page["content-security-policy"]
        assert "x-frame-options" not in page
        loader = httpx.get(f"{gateway.url}/widget/loader.js", trust_env=False).headers
        assert loader["cross-origin-resource-policy"] == "cross-origin"
        entered = httpx.post(
            f"{gateway.url}/api/conversations",
            headers={"X-Requested-With": "settlement-account"},
            trust_env=False,
        )
        cookie = entered.headers["set-cookie"].lower()
        # A frame of another site gets a cookie of its own only so.
        assert all(word in cookie for word in ("samesite=none", "secure", "partitioned", "httponly"))
        name, _, secret = entered.headers["set-cookie"].partition(";")[0].partition("=")
        again = httpx.get(
            f"{gateway.url}/api/history", headers={"Cookie": f"{name}={secret}"}, trust_env=False
        )
        assert again.status_code == 200


@pytest.mark.parametrize("wrong", ["*", "'self'", "example.com", "https://a.example; script-src *"])
def test_an_embedding_site_that_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="EMBED_ORIGINS"):
        Settings(embed_origins=wrong)


@pytest.mark.parametrize(
    "path", ["/widget/../pyproject.toml", "/widget/%2e%2e/pyproject.toml", "/widget//etc/passwd", "/widget/"]
)
def test_nothing_but_the_page_can_be_asked_for(gateway: Gateway, path: str) -> None:
    answer = httpx.get(gateway.url + path, trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_text_messages_are_readable_where_none_is_really_sent(
    gateway: Gateway, redis: Redis, keyring: Keyring
) -> None:
    await LocalSms(redis, keyring).send(Sms(id="t-1", phone="13800000001", text="验证码 135790"))
    assert httpx.get(f"{gateway.url}/inbox", trust_env=False).status_code == 200
    [newest, *_] = httpx.get(f"{gateway.url}/api/inbox", trust_env=False).json()
    assert (newest["phone"], newest["text"]) == ("13800000001", "验证码 135790")
    assert newest["at"].endswith("+08:00")


def test_there_is_no_such_page_where_text_messages_are_sent(chosen: Settings) -> None:
    sent = {"SMS": "http", "SMS_URL": "http://127.0.0.1:9", "SMS_TOKEN": "x"}
    with running_gateway(chosen, sent) as gateway:
        for path in ("/inbox", "/api/inbox"):
            assert httpx.get(gateway.url + path, trust_env=False).status_code == 404


def test_a_gateway_without_its_page_does_not_start() -> None:
    with pytest.raises(OperatorError, match="not built"):
        pages.require_built(["inbox.html"])


def test_health_answers(gateway: Gateway) -> None:
    assert httpx.get(f"{gateway.url}/health", trust_env=False).json() == {"status": "ok"}
