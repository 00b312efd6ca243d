"""The platform's callback: who is let in, what is answered, and that nothing happens twice."""

from __future__ import annotations

import secrets
import time
from typing import Any

import httpx
import pytest

from channels.wechat import xml
from channels.wechat.crypto import signature
from tests.channels.wire import WireRasa, says
from tests.support.wechat.phone import Phone, WeChat


def post(wechat: WeChat, query: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.post(wechat.callback, params=query, content=body, trust_env=False, timeout=20)


def test_the_address_is_verified(wechat: WeChat) -> None:
    now, nonce = str(int(time.time())), "123"
    good = {"timestamp": now, "nonce": nonce, "echostr": "5837", "signature": ""}
    good["signature"] = signature(wechat.book.callback_token, now, nonce)
    assert httpx.get(wechat.callback, params=good, trust_env=False).text == "5837"
    bad = good | {"signature": "0" * 40}
    assert httpx.get(wechat.callback, params=bad, trust_env=False).status_code == 403


def test_a_text_is_answered_in_the_same_breath(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says("请选择：", buttons={"修改结算账户": "/choose", "我的业务": "/mine"})
    assert phone.say("你好") == "请选择：\n\n1. 修改结算账户\n2. 我的业务\n（回复序号即可）"
    assert phone.chat[-1].how == "passive"


@pytest.mark.parametrize("seconds", [-400, 400])
def test_a_stale_delivery_is_refused(phone: Phone, rasa: WireRasa, seconds: int) -> None:
    before = len(rasa.asked)
    query, body = phone.wechat.sealed(
        phone.message("text", Content="hello"), timestamp=int(time.time()) + seconds
    )
    assert post(phone.wechat, query, body).status_code == 403
    assert len(rasa.asked) == before


def test_a_delivery_that_is_repeated_is_answered_alike_and_counts_once(phone: Phone, rasa: WireRasa) -> None:
    fields = phone.message("text", Content="same")
    answers = [post(phone.wechat, *phone.wechat.sealed(fields)) for _ in range(3)]
    words = {_opened(phone.wechat, answer.text)["Content"] for answer in answers}
    assert words == {"you said: same"}
    assert [asked.message for asked in rasa.asked].count("same") == 1


def test_a_recorded_request_is_worth_nothing_with_another_body(phone: Phone) -> None:
    query, _ = phone.wechat.sealed(phone.message("text", Content="one"))
    _, other = phone.wechat.sealed(phone.message("text", Content="two"))
    assert post(phone.wechat, query, other).status_code == 403


def _opened(wechat: WeChat, text: str) -> dict[str, str]:
    reply = xml.read(text.encode())
    return xml.read(
        wechat.crypto.decrypt(reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"], reply["Encrypt"])
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"<xml></xml>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"\xff" * 100,
        b"<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType><Content>1</Content><MsgId>1</MsgId></xml>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><xml><Encrypt>&b;</Encrypt></xml>',
    ],
)  # fmt: skip
def test_a_malformed_body_is_a_403_and_no_more(wechat: WeChat, rasa: WireRasa, body: bytes) -> None:
    before = len(rasa.asked)
    now, nonce = str(int(time.time())), secrets.token_hex(4)
    query = {
        "timestamp": now, "nonce": nonce, "encrypt_type": "aes",
        "signature": signature(wechat.book.callback_token, now, nonce), "msg_signature": "0" * 40,
    }  # fmt: skip
    answer = post(wechat, query, body)
    assert (answer.status_code, answer.text) == (403, "")
    assert len(rasa.asked) == before


def test_too_much_is_refused_before_it_is_read(wechat: WeChat) -> None:
    assert post(wechat, {}, b"x" * 200_000).status_code == 413


@pytest.mark.parametrize(
    ("words", "answer"),
    [("voice", "听不懂语音"), ("location", "只能看懂文字和照片"), ("video", "只能看懂文字和照片")],
)
def test_what_we_cannot_read_is_answered_kindly(
    phone: Phone, rasa: WireRasa, words: str, answer: str
) -> None:
    before = len(rasa.asked)
    fields: dict[str, Any] = phone.message(words, MediaId="m", Label="x")
    phone.send(fields)
    assert answer in phone.read()
    assert len(rasa.asked) == before


def test_a_company_of_a_qr_code_reaches_the_greeting(new_phone: Any, rasa: WireRasa) -> None:
    phone = new_phone()
    assert phone.event("subscribe", "qrscene_0127") == 'you said: /hello{"broker": "0127"}'
    assert phone.event("SCAN", "0368") == 'you said: /hello{"broker": "0368"}'
    assert phone.event("SCAN", "drop table") == "you said: /hello"


def test_a_first_message_is_greeted_and_answered_in_one(new_phone: Any, rasa: WireRasa) -> None:
    assert new_phone().say("我要改卡") == "you said: /hello\n\nyou said: 我要改卡"


def test_a_menu_click_says_its_sentence(phone: Phone) -> None:
    assert phone.event("CLICK", "mine") == "you said: 我的业务"


def test_personal_numbers_never_reach_rasa(phone: Phone, rasa: WireRasa) -> None:
    phone.say("我的身份证号是310104198208235053")
    phone.say("/confirm_abandon")
    said = [asked.body for asked in rasa.asked]
    assert not any("310104198208235053" in body for body in said)
    assert rasa.asked[-1].message == "confirm_abandon"


def test_a_number_chooses_the_option_that_was_shown(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says(
        "?", buttons={"对": '/choose{"choice": "yes"}', "不对": '/choose{"choice": "no"}'}
    )
    phone.say("x")
    rasa.answer = lambda asked: says("好")
    phone.say("第二个")
    assert rasa.asked[-1].message == '/choose{"choice": "no"}'
    assert rasa.asked[-1].metadata["button"] is True
    phone.say("2")
    assert rasa.asked[-1].message == "2"


def test_a_consequential_choice_is_made_on_the_page_and_never_typed(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says(
        "确认签署吗？",
        buttons={"确认签署": '/choose{"choice": "sign_confirmed"}', "再看看": '/choose{"choice": "not_yet"}'},
    )
    heard = phone.say("签署")
    assert "确认签署\n" not in heard
    assert "打开安全页面" in heard
    assert "1. 再看看" in heard
    rasa.answer = lambda asked: says("好")
    for words in ("确认签署", "1. 确认签署"):
        phone.say(words)
        assert rasa.asked[-1].metadata.get("button") is None
        assert "/choose" not in rasa.asked[-1].message
