"""The text form of every card, the rewording for a chat, and the 2048 bytes of a message."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import pytest

from channels.messenger.render import MOST_BYTES, page_need, render
from channels.messenger.texts import texts
from settlement.cards import Card, CardAdapter
from settlement.settings import ROOT

T = texts()
FIELD = {"name": "name", "label": "姓名", "value": "张三"}
BANK_CARD = {"seq": "1", "bank": "农业银行", "tail": "8003", "branch": "徐汇支行", "action": "新增"}
ROW = {
    "case_no": "C1", "business": "修改结算账户", "state": "D_PHOTO", "status": "待提交",
    "opened": "2026-01-01 09:00",
    "updated": "2026-01-02 09:00", "can_operate": True, "can_abandon": True,
}  # fmt: skip
DOCUMENT = {
    "card": "document",
    "document": "d",
    "title": "客户须知",
    "document_version": "1",
    "sha256": "0",
    "seconds": 5,
}

# Each card, and what a chat must show of it beside its message's words ("" where those say it all).
CARDS: dict[str, tuple[dict[str, Any], str]] = {
    "broker": ({"code": "0127", "name": "海岳"}, ""),
    "device_check": ({"minimum": {}}, "打开安全页面办理"),
    "input": ({"field": "id_number", "format": "id_number"}, "打开安全页面填写"),
    "captcha": ({"captcha": "c1"}, ""),
    "photo": ({"kind": "id_front"}, "＋"),
    "fields": (
        {"fields": [FIELD, {**FIELD, "doubtful": True}, {**FIELD, "value": ""}]},
        "姓名：张三（请核对）",
    ),
    "document": (DOCUMENT, "打开安全页面办理"),
    "checklist": ({"documents": [{**DOCUMENT, "agreed": True}]}, "《客户须知》✓ 已同意"),
    "bank_list": (
        {"banks": [{"code": "CCB", "name": "建设银行"}, {"code": "ABC", "name": "农业银行"}]},
        "建设银行、农业银行",
    ),
    "bank_cards": ({"cards": [BANK_CARD]}, "第 1 张：农业银行，尾号 8003，徐汇支行（新增）"),
    "summary": ({"fields": [FIELD], "cards": [BANK_CARD], "documents": ["客户须知"]}, "协议：《客户须知》"),
    "my_business": (
        {"pending": [ROW], "completed": [ROW]},
        "【已完成】修改结算账户 C1：待提交（2026-01-02 09:00）",
    ),
    "progress": ({"steps": []}, ""),
    "result": ({"case_no": "C1", "outcome": "submitted"}, ""),
}


@cache
def words_for_customers() -> str:
    """Every file whose sentences a customer may read."""
    files = [ROOT / "domain.yml", *(ROOT / "data/faq").glob("*.yml"), *(ROOT / "brokers").glob("*/texts.yml")]
    return "\n".join(file.read_text("utf-8") for file in files)


def message(**content: Any) -> dict[str, Any]:
    return {"text": "请看", "card": None, "buttons": [], **content}


def test_every_card_of_the_contract_has_its_line_here() -> None:
    union = get_args(Card)[0]
    assert {model.model_fields["card"].default for model in get_args(union)} == set(CARDS)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_reads_as_text(name: str) -> None:
    values, shown = CARDS[name]
    card = CardAdapter.validate_python({**values, "card": name}).model_dump(mode="json")
    messages = [message(card=card)]
    link = "https://a.example/l" if page_need(messages, T) else None
    rendered = render(messages, T, link)
    words = "\n".join(rendered.texts)
    assert words.startswith("请看")
    assert shown in words
    assert "{" not in words
    assert rendered.captchas == (["c1"] if name == "captcha" else [])


def test_a_list_of_banks_to_choose_from_is_said_once_as_options() -> None:
    card = CardAdapter.validate_python({"card": "bank_list", "banks": [{"code": "CCB", "name": "建设银行"}]})
    button = {"id": "button-01", "title": "建设银行", "choice": "bank"}
    rendered = render([message(card=card.model_dump(mode="json"), buttons=[button])], T, None)
    assert "\n".join(rendered.texts).count("建设银行") == 1


@pytest.mark.parametrize("phrase", T.phrases, ids=lambda phrase: phrase.at[:12])
def test_each_rewording_still_meets_words_that_customers_read(phrase: Any) -> None:
    """Whoever changes a sentence that speaks of buttons changes ``at`` in texts.yml as well."""
    assert phrase.at in words_for_customers()


def test_nobody_in_a_chat_is_told_to_click_what_only_the_page_has() -> None:
    """Buttons of the page, unless the sentence says that they are there."""
    told = T.in_chat(words_for_customers())
    for button in ("操作", "放弃", "换一张", "上一步", "下一步", "×"):
        assert f"点“{button}”" not in told
    for line in told.splitlines():
        if "点“开始检测”" in line or "点“同意”" in line:
            assert "页面" in line or "打开《" in line, line


def test_options_belong_to_the_last_question_and_consequential_ones_get_no_number() -> None:
    first = message(buttons=[{"id": "button-01", "title": "旧", "choice": "yes"}])
    last = message(
        text="签吗",
        buttons=[
            {"id": "button-02", "title": "签署协议", "choice": "sign"},
            {"id": "button-03", "title": "再看看", "choice": "not_yet"},
        ],
    )
    rendered = render([first, last], T, "https://a.example/l")
    assert [option.title for option in rendered.options] == ["再看看"]
    assert "https://a.example/l" in rendered.texts[-1]


def test_only_options_have_numbers_so_that_a_number_means_one_thing() -> None:
    notice = message(text="请注意：\n1. 带好证件\n2. 不要反光。受理单 12. 号")
    question = message(
        text="怎么填？", buttons=[{"id": "button-01", "title": "手动填写", "choice": "manual"}]
    )
    shown = render([notice, question], T, None).texts[0]
    assert "带好证件" in shown
    assert "受理单 12. 号" in shown
    assert [line for line in shown.splitlines() if line[:1].isdigit()] == ["1. 手动填写"]


def test_the_same_bubble_twice_is_said_once() -> None:
    assert render([message(), message(text="别的"), message()], T, None).texts == ["别的\n\n请看"]


def test_words_of_a_customer_cannot_become_a_link() -> None:
    field = {**FIELD, "value": '<a href="https://evil.example">点我</a>'}
    card = CardAdapter.validate_python({"card": "fields", "fields": [field]}).model_dump(mode="json")
    assert "<a" not in render([message(card=card)], T, None).texts[0]


@pytest.mark.parametrize("words", ["字" * 5000, "一行\n" * 2000, "一段\n\n" * 2000, "短"])
def test_no_piece_is_longer_than_a_message_may_be_and_nothing_is_lost(words: str) -> None:
    pieces = render([message(text=words)], T, None).texts
    assert all(len(piece.encode()) <= MOST_BYTES for piece in pieces)
    assert "".join(pieces).replace("\n", "") == words.replace("\n", "")
