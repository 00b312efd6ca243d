"""Whole conversations with personal values, then a search for each value in everything that is stored.

Values may be in the places that SECURITY.md lists as encrypted, and there they are not readable, so the
search has no exceptions: it must find nothing at all. (The local counter's seed is source text about invented
people and is not stored anew.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.conversations.player import PEOPLE, PHOTOS, Player
from tests.conversations.stack import Stack
from tests.security.places import everywhere, files
from tests.security.traces import FULL_WIDTH, Value, traces

pytestmark = pytest.mark.conversation

WRITER, PHOTOGRAPHER = "乔明涵", "白涵熙"
OTHER_ADDRESS = "辽宁省营口市鲅鱼圈区学院路298号3栋1单元1302室"
OTHER_NAME = "乔明晗"
TYPED_CARD, OTHER_PHONE = "6222020200112230013", "13912345678"
OTHER_ID = "12010119851107346X"
BROWSER = "Mozilla/5.0 (Linux; Android 15; BSP-4711) Gesehen/20.26"


def full_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def grouped(number: str, *lengths: int, by: str = " ") -> str:
    parts, at = [], 0
    for length in lengths:
        parts.append(number[at : at + length])
        at += length
    return by.join([*parts, number[at:]])


def typed_in_many_ways(stack: Stack) -> Iterator[Value]:
    """A customer who types everything, at the right and at the wrong moment, and gives up in the end."""
    stack.give_up_unfinished(WRITER)
    player = Player(stack, WRITER)
    player.customer.http.headers["User-Agent"] = BROWSER
    number, card = player.person["身份证号"], player.person["卡号"]
    phone = player.person["手机"]
    player.play({"说": f"我叫{WRITER}，身份证{grouped(number, 6, 8)}，电话{grouped(phone, 3, 4, by='-')}"})
    player.play({"说": f"换成这张卡 {full_width(grouped(TYPED_CARD, 4, 4, 4, 4))} 可以吗"})
    player.play({"说": f"打我另一个手机{full_width(OTHER_PHONE)}，我住{OTHER_ADDRESS}"})
    player.play({"办到": "id_number"})
    player.play({"填": {"id_number": OTHER_ID[:-1] + "1"}})
    player.play({"说": full_width(grouped(OTHER_ID.lower(), 6, 8, by="-")), "步骤": "account_type"})
    player.play({"说": "上一步", "步骤": "id_number"})
    player.play({"说": f"证件号码是{full_width(grouped(number, 6, 8))}", "步骤": "account_type"})
    player.play({"点": "自然人", "步骤": "captcha"})
    player.play({"图形码": "正确", "步骤": "sms_code"})
    code = player._sms_code()
    player.play({"说": "验证码是 " + " ".join(full_width(code)), "步骤": "case_no"})
    yield Value("an SMS code", code)
    player.play({"点": "操作"})
    player.play({"办到": "identity"})
    player.play({"说": f"姓名应该是{OTHER_NAME}", "步骤": "identity"})
    player.play({"说": f"地址应该是{OTHER_ADDRESS}", "步骤": "identity"})
    player.play({"办到": "bank_card"})
    player.play({"发": "blank.jpg", "当作": "bank_card", "步骤": "card_number"})
    refused = {"助手": "信用卡，不能通过", "步骤": "bank_card"}
    player.play({"填": {"card_number": player.person["信用卡号"]}, **refused})
    player.play({"点": "手动填写", "步骤": "card_number"})
    player.play({"说": f"卡号 {full_width(grouped(card, 6, 8))}", "步骤": "card_branch"})
    player.play({"说": "沈阳分行营业部", "步骤": "card_confirmed"})
    player.play({"点": "正确，新增这张卡", "步骤": "cards_complete"})
    player.play({"说": f"再加一张，卡号{TYPED_CARD}"})
    player.play({"说": "算了不办了", "按钮": "确定放弃"})
    player.play({"点": "确定放弃", "助手": "已为您放弃"})
    for what in ("身份证号", "手机", "卡号", "信用卡号"):
        yield Value(f"the writer's {what}", player.person[what])
    yield Value("the writer's name", WRITER)
    yield Value("the writer's registered card", "6214830123456021")


def photographed_and_rejected(stack: Stack) -> Iterator[Value]:
    """A customer who photographs and taps, is rejected, corrects, and is accepted."""
    stack.give_up_unfinished(PHOTOGRAPHER)
    player = Player(stack, PHOTOGRAPHER)
    player.customer.http.headers["User-Agent"] = BROWSER
    player.play({"办完": "全部", "助手": "提交成功", "状态": "W_PENDING"})
    player.play({"员工": "见证通过", "状态": "R_PENDING"})
    player.play({"员工": "打回 C25", "备注": "请写到支行", "状态": "R_REJECTED", "短信": "未通过"})
    player.play({"等": "请写到支行"})
    player.play({"说": "我的业务", "步骤": "case_no"})
    player.play({"点": "操作", "步骤": "id_number"})
    player.play({"说": full_width(grouped(player.person["身份证号"], 4, 4, 4, 4)), "步骤": "captcha"})
    player.play({"图形码": "错误", "步骤": "captcha"})
    player.play({"图形码": "正确", "步骤": "sms_code"})
    player.play({"短信码": "正确", "步骤": "case_no"})
    yield Value("an SMS code", player.person["旧短信"].split("验证码为")[1][:6])
    player.play({"点": "操作", "步骤": "cards_complete"})
    player.play({"点": "删除", "步骤": "bank_card"})
    player.play({"发": player.person["第二张"], "当作": "bank_card", "步骤": "card_branch"})
    player.play({"填": {"branch": "成都分行武侯支行"}, "步骤": "card_confirmed"})
    player.play({"办完": "全部", "状态": "W_PENDING"})
    player.play({"员工": "见证通过", "状态": "R_PENDING"})
    player.play({"员工": "复核通过", "状态": "C_DONE"})
    player.play({"等": "修改成功"})
    for what in ("身份证号", "手机"):
        yield Value(f"the photographer's {what}", player.person[what])
    yield Value("the photographer's name", PHOTOGRAPHER)
    yield Value("the photographer's registered card", "6222620123456789035")


def on_the_photos() -> Iterator[Value]:
    """What the people's photos show, whether or not it was read right."""
    used = {
        PEOPLE[person][photo] for person in (WRITER, PHOTOGRAPHER) for photo in ("正面", "银行卡", "第二张")
    }
    for photo in json.loads((PHOTOS / "truth.json").read_text(encoding="utf-8")):
        if photo["file"] in used:
            for name in ("name", "address", "id", "number"):
                if value := photo["truth"].get(name):
                    yield Value(f"{name} of {photo['file']}", value)


def test_nothing_personal_is_left_where_it_can_be_read(stack: Stack) -> None:
    values = [*typed_in_many_ways(stack), *photographed_and_rejected(stack), *on_the_photos()]
    values += [
        Value("another address", OTHER_ADDRESS),
        Value("another name", OTHER_NAME),
        Value("a card typed in passing", TYPED_CARD),
        Value("a phone typed in passing", OTHER_PHONE),
        Value("an ID number typed by mistake", OTHER_ID),
        Value("the browser that the customers acted from", BROWSER),
    ]
    assert len(values) > 20
    places = list(everywhere(stack))
    assert sorted(set(traces(values, places))) == []
    searched = "\n".join(name for name, content in places if content)
    for place in ("rasa.db:events", "cases.db:cases", "logs/gateway", "logs/rasa", "logs/actions", ".aof",
                  "redis b'vault", "objects/", "LinearClassifier"):  # fmt: skip
        assert place in searched, f"{place} was not searched"


def test_stored_photos_are_no_pictures_to_who_reads_the_disk(stack: Stack) -> None:
    kept = [(name, content) for name, content in files(stack.state) if name.startswith("objects/")]
    assert [name for name, content in kept if b"\xff\xd8\xff" in content[:64] or b"JFIF" in content] == []


@pytest.mark.parametrize("value", ["210804199710149897", "6212268066751415335", "13800000002", "乔明涵"])
def test_the_search_finds_what_is_there(value: str) -> None:
    """A search that finds nothing must be known to find something."""
    import base64

    hidden = [
        value, grouped(value, 4, 4, 4, 4) if value.isdigit() else value, full_width(value),
        base64.b64encode(b"a" + value.encode() + b"bc").decode(),
        base64.b64encode(b"ab" + value.encode()).decode(), json.dumps({"text": value}),
    ]  # fmt: skip
    for form in hidden:
        assert list(traces([Value("it", value)], [("here", b"\x00{" + form.encode() + b"}")])), form
