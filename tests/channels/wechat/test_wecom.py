"""WeCom customer service: pulled by cursor, answered on our own account, the same texts and numbers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from redis.asyncio import Redis

from settlement.security.sessions import Sessions
from settlement.settings import ROOT, Settings
from tests.channels.conftest import running_gateway
from tests.channels.login import log_in
from tests.channels.wire import WireRasa, says
from tests.support.wechat.wecom import Visitor, WeCom

DEVICE = {"card": "device_check", "minimum": {"android": "4.0"}}


@pytest.fixture(scope="module")
def company(chosen: Settings) -> Iterator[WeCom]:
    company = WeCom()
    with running_gateway(chosen, company.environment) as running:
        company.callback = f"{running.url}/wecom/callback"
        yield company
    company.stop()


@pytest.fixture
def visitor(company: WeCom, rasa: WireRasa, redis_now: None) -> Visitor:
    visitor = Visitor(company)
    visitor.enter()
    return visitor


def test_the_address_is_verified_with_an_encrypted_echo(company: WeCom) -> None:
    assert company.verify().text == "1616140317555161061"
    assert httpx.get(company.callback, params={"echostr": "x"}, trust_env=False).status_code == 403


def test_entering_is_greeted_with_the_code_that_the_platform_gave(company: WeCom, visitor: Visitor) -> None:
    assert Visitor(company).enter("0127") == 'you said: /hello{"broker": "0127"}'


def test_options_are_a_menu_to_tap_and_numbers_to_type(visitor: Visitor, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says("哪个？", buttons={"甲": '/choose{"choice": "a"}', "乙": "/b"})
    assert visitor.say("x") == "哪个？\n1. 甲\n2. 乙\n（回复序号即可）"
    visitor.tap("甲")
    assert rasa.asked[-1].message == '/choose{"choice": "a"}'
    visitor.say("选2")
    assert rasa.asked[-1].message == "/b"


def test_many_messages_are_taken_once_each_and_in_order(visitor: Visitor, rasa: WireRasa) -> None:
    for number in range(7):
        visitor.add("text", text={"content": f"第{number}句话"})
    visitor.add("event", event={})
    visitor.say("完")
    for _ in range(3):
        visitor.wecom.announce()
    end = time.monotonic() + 20
    while "完" not in [asked.message for asked in rasa.asked] and time.monotonic() < end:
        time.sleep(0.1)
    said = [asked.message for asked in rasa.asked if asked.message.startswith(("第", "完"))]
    assert said == [*(f"第{number}句话" for number in range(7)), "完"]


def test_a_photo_is_fetched(visitor: Visitor, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says("收到")
    assert visitor.photo((ROOT / "tests/fixtures/photos/signature.jpg").read_bytes()) == "收到"
    assert rasa.asked[-1].message == "/upload"


def test_a_token_that_became_void_is_renewed(visitor: Visitor) -> None:
    visitor.say("eins")
    visitor.wecom.token = "another"
    assert visitor.say("zwei") == "you said: zwei"


def test_a_message_that_was_taken_without_an_answer_is_not_shown_twice(visitor: Visitor) -> None:
    visitor.wecom.silent_after = 1
    visitor.say("eins")
    assert visitor.say("zwei") == "you said: zwei"
    assert [heard.text for heard in visitor.chat].count("you said: eins") == 1


def test_the_answers_to_a_first_entry_are_not_shown_twice_either(company: WeCom, redis_now: None) -> None:
    company.silent_after = 1
    visitor = Visitor(company)
    visitor.enter()
    visitor.say("eins")
    assert [heard.text for heard in visitor.chat] == ["you said: /hello", "you said: eins"]


def test_a_company_s_code_counts_for_whoever_comes_again(visitor: Visitor) -> None:
    visitor.say("x")
    assert visitor.enter("0368", again=True) == 'you said: /hello{"broker": "0368"}'


async def test_what_did_not_arrive_because_the_chat_is_closed_closes_our_count_as_well(
    visitor: Visitor, redis: Redis
) -> None:
    earlier = set(await redis.keys("messenger:quota:wecom:*:words"))
    await asyncio.to_thread(visitor.say, "x")
    [window] = set(await redis.keys("messenger:quota:wecom:*:words")) - earlier
    visitor.happens("msg_send_fail", fail_msgid="m", fail_type=4)
    visitor.wecom.announce()
    end = time.monotonic() + 20
    while await redis.exists(window) and time.monotonic() < end:
        await asyncio.sleep(0.1)
    assert not await redis.exists(window)


async def test_a_link_leads_to_the_conversation_but_into_no_login(
    visitor: Visitor, rasa: WireRasa, redis: Redis
) -> None:
    rasa.answer = lambda asked: says("请检测", card=DEVICE)
    heard = await asyncio.to_thread(visitor.say, "开始")
    assert "打开安全页面办理" in heard
    assert "<a" not in heard  # this platform would show it as it is written
    link = visitor.chat[-1].link
    conversation, sessions = rasa.asked[-1].sender, Sessions(redis, 1800)
    await log_in(redis, conversation)
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(link)
        assert (await sessions.get(conversation)).logged_in  # looking at it changes nothing
        onward = re.search(r'href="([^"]+)"', page.text)
        assert onward
        base = visitor.wecom.callback.removesuffix("/wecom/callback")
        assert (await browser.get(base + onward[1])).status_code == 302
        assert not (await sessions.get(conversation)).logged_in
        assert "conversation" in browser.cookies
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.get(link)).status_code == 410
