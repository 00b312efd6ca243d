"""The page's files leave with strict headers; text messages are shown where none is really sent."""

from __future__ import annotations

import re

import httpx
import pytest
from redis.asyncio import Redis

from settlement.ports.sms import LocalSms, Sms
from settlement.security.keys import Keyring
from settlement.settings import ROOT, Settings
from tests.channels.conftest import Gateway, running_gateway


@pytest.mark.parametrize(
    "path", ["/", "/widget/main.js", "/widget/style.css", "/api/history", "/health", "/no"]
)
def test_every_answer_has_the_headers_that_keep_a_page_safe(gateway: Gateway, path: str) -> None:
    headers = httpx.get(gateway.url + path, trust_env=False).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


def test_the_page_has_no_script_or_style_of_its_own_and_all_its_files_are_there(gateway: Gateway) -> None:
    for name in ("index.html", "inbox.html"):
        html = (ROOT / "widget" / name).read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
        for path in re.findall(r'(?:src|href)="([^"]+)"', html):
            assert httpx.get(gateway.url + path, trust_env=False).status_code == 200, path
    for script in (ROOT / "widget").glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', script.read_text("utf-8")):
            assert httpx.get(f"{gateway.url}/widget/{name}", trust_env=False).status_code == 200, name


def test_an_unchanged_file_is_not_sent_again(gateway: Gateway) -> None:
    first = httpx.get(f"{gateway.url}/widget/main.js", trust_env=False)
    again = httpx.get(
        f"{gateway.url}/widget/main.js", headers={"If-None-Match": first.headers["etag"]}, trust_env=False
    )
    assert (again.status_code, again.content) == (304, b"")


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
    with running_gateway(chosen, SMS="http", SMS_URL="http://127.0.0.1:9", SMS_TOKEN="x") as gateway:
        for path in ("/inbox", "/api/inbox"):
            assert httpx.get(gateway.url + path, trust_env=False).status_code == 404


def test_health_answers(gateway: Gateway) -> None:
    assert httpx.get(f"{gateway.url}/health", trust_env=False).json() == {"status": "ok"}
