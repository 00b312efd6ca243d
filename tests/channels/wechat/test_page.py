"""From the chat to the page and back: the link lets in whom it was sent to, once, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from settlement.security.keys import Keyring
from settlement.security.origins import Origins
from settlement.security.sessions import Sessions
from settlement.settings import ROOT
from tests.channels.login import log_in
from tests.channels.test_privacy import everything
from tests.channels.wire import Asked, WireRasa, says
from tests.support.wechat.phone import BROWSER, Phone

DEVICE = {"card": "device_check", "minimum": {"android": "4.0"}}
HEADERS = {"X-Requested-With": "settlement-account"}


@pytest.fixture
def linked(phone: Phone, rasa: WireRasa) -> Phone:
    """A follower who was sent a link."""
    rasa.answer = lambda asked: says("请检测", card=DEVICE)
    assert "打开安全页面办理" in phone.say("开始")
    return phone


def conversation_at(phone: Phone) -> str:
    """The conversation that the phone's browser is in, as the page asks for it."""
    assert phone.browser is not None
    base = phone.wechat.callback.removesuffix("/wechat/callback")
    answer = phone.browser.post(f"{base}/api/conversations", headers=HEADERS)
    return str(answer.json()["conversation"])


def test_the_link_opens_the_same_conversation(linked: Phone, rasa: WireRasa) -> None:
    assert linked.open().status_code == 200
    assert conversation_at(linked) == rasa.asked[-1].sender


def test_the_link_works_once_and_then_the_cookie_does(linked: Phone, rasa: WireRasa) -> None:
    link = linked.link
    linked.open(link)
    assert linked.open(link).url.path == "/"
    other_browser = Phone(linked.wechat, linked.openid)
    answer = other_browser.open(link)
    assert answer.status_code == 410
    assert "已经用过或过期" in answer.text


def test_a_forwarded_link_shows_nothing_and_stays_good_for_its_owner(
    linked: Phone, new_phone: Callable[[], Phone], rasa: WireRasa
) -> None:
    stranger = new_phone()
    answer = stranger.open(linked.link)
    assert answer.status_code == 403
    assert "只有收到它的人自己能打开" in answer.text
    assert stranger.browser is not None
    assert "conversation" not in stranger.browser.cookies
    assert linked.open().status_code == 200


def test_looking_at_a_link_does_not_use_it_up(linked: Phone) -> None:
    assert httpx.get(linked.link, trust_env=False).status_code == 302
    assert linked.open().status_code == 200


def test_the_end_of_ones_own_way_cannot_be_given_to_another(linked: Phone) -> None:
    base = linked.wechat.callback.removesuffix("/callback")
    code = linked.wechat.api.code_for(linked.openid)
    answer = httpx.get(f"{base}/back", params={"code": code, "state": "x"}, trust_env=False)
    assert answer.status_code == 403


async def test_records_name_the_account_of_the_chat_and_the_address_of_its_page(
    linked: Phone, rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    conversation, origins = rasa.asked[-1].sender, Origins(redis, keyring)
    chat = await origins.of(conversation)
    assert chat.account == keyring.digest(linked.openid, "messenger:wechat")[:32]
    assert (chat.address, chat.agent) == ("", "")
    await asyncio.to_thread(linked.open)
    assert linked.browser is not None
    base = linked.wechat.callback.removesuffix("/wechat/callback")
    said = {"type": "text", "cid": "origin-000001", "text": "你好"}
    answer = await asyncio.to_thread(linked.browser.post, f"{base}/api/messages", headers=HEADERS, json=said)
    assert answer.status_code == 202
    page = await origins.of(conversation)
    assert (page.account, page.address, page.agent) == (chat.account, "127.0.0.1", BROWSER)


async def test_the_page_of_a_logged_in_chat_is_logged_in_and_a_second_phone_is_not(
    linked: Phone, rasa: WireRasa, redis: Redis
) -> None:
    conversation, sessions = rasa.asked[-1].sender, Sessions(redis, 1800)
    await log_in(redis, conversation)
    await asyncio.to_thread(linked.open)
    assert (await sessions.get(conversation)).logged_in
    await asyncio.to_thread(linked.say, "再来")
    tablet = Phone(linked.wechat, linked.openid)
    await asyncio.to_thread(tablet.open, linked.link)
    assert tablet.browser is not None
    tablet.browser.headers["User-Agent"] = BROWSER + " iPad"
    await asyncio.to_thread(conversation_at, tablet)
    assert not (await sessions.get(conversation)).logged_in
    # The first browser's secret was replaced when the second one came.
    assert await asyncio.to_thread(conversation_at, linked) != conversation


def test_what_is_done_on_the_page_stays_there_until_the_chat_can_go_on(linked: Phone, rasa: WireRasa) -> None:
    linked.open()
    conversation_at(linked)
    base = linked.wechat.callback.removesuffix("/wechat/callback")

    def say(cid: str, text: str) -> None:
        assert linked.browser is not None
        message = {"type": "text", "cid": cid, "text": text}
        assert linked.browser.post(f"{base}/api/messages", json=message, headers=HEADERS).status_code == 202

    def answer(asked: Asked) -> list[dict[str, object]]:
        if asked.message == "one":
            return says("还要在页面上办", card=DEVICE)
        if asked.message == "two":
            return says("请发照片", card={"card": "photo", "kind": "id_front"})
        if asked.message == "four":
            return says("提交成功", card={"card": "result", "case_no": "C1", "outcome": "submitted"})
        return says("在页面上继续", card={"card": "photo", "kind": "id_back"})

    rasa.answer = answer
    before = len(linked.chat)
    for number in ("one", "two", "three", "four"):
        say(f"c{number}-00000000", number)
    linked.wait(lambda: any("提交成功" in heard.text for heard in linked.chat))
    said = "\n".join(heard.text for heard in linked.chat[before:])
    assert "还要在页面上办" not in said
    assert "请发照片" in said
    assert "在页面上继续" not in said
    assert "提交成功" in said


async def test_unbinding_needs_two_sentences_and_then_nothing_more_arrives(
    linked: Phone, rasa: WireRasa, redis: Redis
) -> None:
    conversation, sessions = rasa.asked[-1].sender, Sessions(redis, 1800)
    await log_in(redis, conversation)
    await asyncio.to_thread(linked.open)
    assert conversation in await sessions.conversations_of("c-1")
    assert "确认解除" in await asyncio.to_thread(linked.say, "解除绑定")
    assert (await sessions.get(conversation)).logged_in
    assert "已解除绑定" in await asyncio.to_thread(linked.say, "确认解除")
    assert not (await sessions.get(conversation)).logged_in
    assert conversation not in await sessions.conversations_of("c-1")
    assert await asyncio.to_thread(conversation_at, linked) != conversation


async def test_who_leaves_the_account_is_unbound(linked: Phone, rasa: WireRasa, redis: Redis) -> None:
    conversation, sessions = rasa.asked[-1].sender, Sessions(redis, 1800)
    await log_in(redis, conversation)
    await asyncio.to_thread(linked.leave)
    assert not (await sessions.get(conversation)).logged_in
    assert conversation not in await sessions.conversations_of("c-1")


async def test_the_openid_is_stored_sealed(linked: Phone, redis: Redis) -> None:
    assert linked.openid.encode() not in await everything(redis)


def test_a_photo_in_the_chat_is_fetched_and_becomes_an_upload(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says("收到")
    assert phone.photo(ROOT / "tests/fixtures/photos/signature.jpg") == "收到"
    asked = rasa.asked[-1]
    assert asked.message == "/upload"
    assert asked.metadata["upload"]["width"] > 100


def test_a_photo_that_the_platform_does_not_give_at_first_is_asked_for_again(
    phone: Phone, rasa: WireRasa
) -> None:
    rasa.answer = lambda asked: says("收到")
    phone.wechat.book.fault("/cgi-bin/media/get", 0)
    assert phone.photo(ROOT / "tests/fixtures/photos/signature.jpg") == "收到"
    assert phone.wechat.book.take_fault("/cgi-bin/media/get") is None  # it was met
    assert [asked.message for asked in rasa.asked].count("/upload") == 1


def test_a_photo_that_is_none_or_gone_is_answered_with_what_to_do(phone: Phone, tmp_path: Path) -> None:
    file = tmp_path / "fake.jpg"
    file.write_bytes(b"GIF89a not a photo")
    assert "只支持 JPG" in phone.photo(file)
    phone.send(phone.message("image", MediaId="gone"))
    assert "没有收到" in phone.wait_for("没有收到")
