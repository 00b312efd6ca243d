"""Entering: one conversation a browser, greeted when new or back after long, closed to other sites."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from redis.asyncio import Redis

from settlement.security.sessions import Sessions
from tests.channels.conftest import Gateway
from tests.channels.customer import HEADERS, Customer
from tests.channels.login import log_in
from tests.channels.wire import WireRasa


def greetings(rasa: WireRasa, conversation: str) -> list[str]:
    said = [asked.message for asked in rasa.asked if asked.sender == conversation]
    return [message for message in said if message.startswith("/hello")]


def test_a_newcomer_is_greeted_once_and_recognised_later(
    newcomer: Callable[[], Customer], rasa: WireRasa
) -> None:
    customer = newcomer()
    assert customer.enter()["created"] is True
    assert customer.enter() == {"conversation": customer.conversation, "created": False}
    assert greetings(rasa, customer.conversation) == ["/hello"]


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(newcomer: Callable[[], Customer]) -> None:
    answer = newcomer().http.post("/api/conversations")
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert answer.json()["conversation"] not in cookie


def test_a_company_of_a_qr_link_comes_with_the_greeting(
    newcomer: Callable[[], Customer], rasa: WireRasa
) -> None:
    customer = newcomer()
    customer.enter(broker="0127")
    assert greetings(rasa, customer.conversation) == ['/hello{"broker": "0127"}']


def test_a_company_that_is_no_code_is_not_passed_on(newcomer: Callable[[], Customer], rasa: WireRasa) -> None:
    customer = newcomer()
    customer.enter(broker='"}/restart')
    assert greetings(rasa, customer.conversation) == ["/hello"]


async def idle_for(redis: Redis, conversation: str, seconds: int) -> None:
    session = await Sessions(redis, 1800).get(conversation)
    await redis.hset(f"session:{conversation}", "active", str(session.active_at.timestamp() - seconds))


async def test_who_comes_back_after_long_is_greeted_again_once(
    customer: Customer, rasa: WireRasa, redis: Redis
) -> None:
    await idle_for(redis, customer.conversation, 3600)
    customer.enter()
    customer.enter()
    customer.say(text="好")
    assert greetings(rasa, customer.conversation) == ["/hello", "/hello"]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "x"},
        {**HEADERS, "Origin": "https://evil.example"},
        {**HEADERS, "Origin": "null"},
        {**HEADERS, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_can_post_nothing(gateway: Gateway, rasa: WireRasa, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{gateway.url}/api/conversations", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (403, "csrf")
    assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_may_post(gateway: Gateway, redis_now: None) -> None:
    headers = {**HEADERS, "Origin": gateway.url, "Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(f"{gateway.url}/api/conversations", headers=headers, trust_env=False)
    assert answer.status_code == 201


@pytest.mark.parametrize("path", ["history", "poll", "events", "images/f_x", "captcha/x.png", "documents/x"])
def test_nothing_is_shown_without_a_conversation(gateway: Gateway, path: str) -> None:
    answer = httpx.get(f"{gateway.url}/api/{path}", trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (401, "session_unknown")
    assert answer.json()["message"]


async def test_another_browser_with_the_cookie_has_to_log_in_anew(
    customer: Customer, gateway: Gateway, redis: Redis, rasa: WireRasa
) -> None:
    await log_in(redis, customer.conversation)
    thief = customer.at(gateway.url)
    thief.http.headers["User-Agent"] = "another browser"
    thief.enter()
    assert not (await Sessions(redis, 1800).get(customer.conversation)).logged_in


async def test_a_device_check_is_kept_before_rasa_hears_of_it(
    customer: Customer, rasa: WireRasa, redis: Redis
) -> None:
    customer.say("device", camera=True, microphone=True, speaker=True, system="android", system_version="13")
    assert rasa.of(customer.conversation)[-1].message == "/device_checked"
    device = (await Sessions(redis, 1800).get(customer.conversation)).device
    assert device is not None
    assert (device.camera, device.system, device.system_version) == (True, "android", "13")


async def test_a_failed_device_check_is_kept_with_its_reason(
    customer: Customer, rasa: WireRasa, redis: Redis
) -> None:
    customer.say(
        "device", camera=False, microphone=False, speaker=False, system="ios", system_version="17.2",
        failure="not_allowed",
    )  # fmt: skip
    device = (await Sessions(redis, 1800).get(customer.conversation)).device
    assert device is not None
    assert (device.works, device.failure) == (False, "not_allowed")


def test_a_scanned_code_reaches_the_assistant_and_is_not_shown_as_words(
    customer: Customer, rasa: WireRasa
) -> None:
    content = "settlement-account:0127:1:" + "1234567890123456" * 2
    customer.say("fields", fields={"qr": content})
    assert rasa.of(customer.conversation)[-1].metadata["fields"] == {"qr": content}
    assert content not in str(customer.entries())
