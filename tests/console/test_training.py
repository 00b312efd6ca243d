"""The trainers' pages: what was not understood, what it should mean, a trial, and a change to review."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from console.parts import Parts
from console.training import changes, trial
from settlement import clock
from settlement.heard.stream import Hearing, Note
from tests.console.browser import Browser

OpenBrowser = Callable[[str], Awaitable[Browser]]


async def heard(house: Parts, text: str, **more: Any) -> None:
    """A turn as the action server notes it, collected."""
    facts = {"conversation": "c1", "message": f"m-{text}", "kind": "text", "outcome": "fallback", **more}
    await Hearing(house.redis, house.keyring).note(Note(at=clock.now(), text=text, **facts))
    await house.collector.run_once()


async def decide(browser: Browser, text: str, **fields: str) -> None:
    """Open the conversation around ``text`` and say what it should mean."""
    await browser.see("/training")
    link = re.search(rf'<a href="(/training/conversations/[^"#]+)[^"]*">{re.escape(text)}</a>', browser.page)
    assert link, f"{text} is not listed"
    await browser.see(link[1])
    form = re.search(r'action="(/training/conversations/[^"]+/means)"', browser.page)
    assert form
    await browser.send(form[1], **fields)


async def test_a_trainer_sees_trainers_pages_and_no_customers(house: Parts, at_screen: OpenBrowser) -> None:
    browser = await at_screen("trainer")
    assert "没有要看的话" in browser.page
    for path in ("/cases/20260101000001", "/brokers", "/brokers/0127/qr.png", "/cases/1/photos/2"):
        assert (await browser.see(path)).status_code == 403, path


@pytest.mark.parametrize("name", ["witness", "reviewer"])
async def test_others_have_no_training_pages(at_screen: OpenBrowser, name: str) -> None:
    browser = await at_screen(name)
    for path in ("/training", "/training/changes", "/training/figures", "/training/conversations/x"):
        assert (await browser.see(path)).status_code == 403, path
    assert (await browser.send("/training/changes/save")).status_code == 403


async def test_a_sentence_that_fell_back_is_listed_with_its_conversation(
    house: Parts, at_screen: OpenBrowser
) -> None:
    await heard(house, "先说一句", outcome="", intent="greet", confidence=0.95, said=["utter_greet"])
    await heard(house, "整张新卡绑上去<b>", intent="nlu_fallback", confidence=0.3)
    browser = await at_screen("trainer")
    assert "先说一句" not in browser.page
    assert "整张新卡绑上去&lt;b&gt;" in browser.page
    link = re.search(r'href="(/training/conversations/[^"#]+)', browser.page)
    assert link
    await browser.see(link[1])
    assert "先说一句" in browser.page
    assert "我是结算账户助手" in browser.page


async def test_the_right_meaning_becomes_a_change_and_the_sentence_leaves_the_list(
    house: Parts, at_screen: OpenBrowser
) -> None:
    await heard(house, "整张新卡绑上去")
    browser = await at_screen("trainer")
    await decide(browser, "整张新卡绑上去", sentence="整张新卡绑上去", target="modify_settlement_account")
    assert "没有要看的话" in browser.page
    [wish] = await house.review.wishes()
    assert (wish.sentence, wish.target) == ("整张新卡绑上去", "modify_settlement_account")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"sentence": "", "target": "greet"}, "请写出这句话"),
        ({"sentence": "我的手机13812345678", "target": "greet"}, "请删掉数字"),
        ({"sentence": "你好", "target": "no_such_intent"}, "请从列表里选"),
        ({"sentence": "你好", "target": "new", "name": "fee", "answer": "免费"}, "已经有了"),
        ({"sentence": "你好", "target": "new", "name": "weekend", "answer": ""}, "要写答案"),
    ],
)
async def test_what_cannot_be_trained_is_told_and_nothing_is_kept(
    house: Parts, at_screen: OpenBrowser, fields: dict[str, str], told: str
) -> None:
    await heard(house, "整张新卡绑上去")
    browser = await at_screen("trainer")
    await decide(browser, "整张新卡绑上去", **{"name": "", "answer": "", **fields})
    assert told in browser.page
    assert await house.review.wishes() == []


async def test_what_was_typed_is_still_there_after_a_slip(house: Parts, at_screen: OpenBrowser) -> None:
    await heard(house, "整张新卡绑上去")
    browser = await at_screen("trainer")
    slip = {"sentence": "周末出金", "target": "new", "name": "Bad Name", "answer": "请在工作日办理。"}
    await decide(browser, "整张新卡绑上去", **slip)
    assert 'value="周末出金"' in browser.page
    assert '<option value="new" selected>' in browser.page
    assert 'value="Bad Name"' in browser.page
    assert ">请在工作日办理。</textarea>" in browser.page


async def test_nothing_is_saved_that_was_not_tried(house: Parts, at_screen: OpenBrowser) -> None:
    await heard(house, "整张新卡绑上去")
    browser = await at_screen("trainer")
    await decide(browser, "整张新卡绑上去", sentence="整张新卡", target="modify_settlement_account")
    await browser.see("/training/changes")
    answer = await browser.send("/training/changes/save")
    assert answer.status_code == 409
    assert "请先试训练" in browser.page


async def test_a_trial_shows_what_would_change_and_then_may_be_saved(
    house: Parts, at_screen: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tools themselves are tried in tests/trainers; here, what the pages make of their words."""
    asked: dict[str, Any] = {}

    async def tool(command: str, words: dict[str, Any], patience: float, told: Any = None) -> dict[str, Any]:
        asked[command] = words
        if command == "save":
            return {"result": {"branch": "training/7", "patch": "/x/7.patch", "files": ["data/a.yml"]}}
        await told({"step": "training"})
        pair = {"sentence": "换卡咋整", "expected": "greet", "before": "greet", "after": "thanks"}
        wished = {
            "sentence": "整张新卡",
            "target": "t",
            "before": "nlu_fallback",
            "after": "t",
            "right": True,
        }
        return {"result": {"seconds": 9.1, "right_before": 300, "right_after": 299, "unseen": 324,
                           "mended": [], "worse": [pair], "wished": [wished], "recent": []}}  # fmt: skip

    monkeypatch.setattr(trial, "run", tool)
    monkeypatch.setattr(changes, "run", tool)
    await heard(house, "整张新卡绑上去")
    browser = await at_screen("trainer")
    await decide(browser, "整张新卡绑上去", sentence="整张新卡", target="modify_settlement_account")
    await browser.see("/training/changes")
    await browser.send("/training/changes/try")
    for _ in range(100):
        await browser.see("/training/changes")
        if "改坏" in browser.page:
            break
        await asyncio.sleep(0.05)
    assert "换卡咋整" in browser.page
    await browser.send("/training/changes/save")
    assert "git merge training/7" in browser.page
    assert asked["save"]["wishes"] == asked["try"]["wishes"]
    assert await house.review.wishes() == []


async def test_a_trial_is_void_once_another_change_joins(house: Parts, at_screen: OpenBrowser) -> None:
    browser = await at_screen("trainer")
    [staff] = [one for one in await house.staff.all() if one.name == "trainer"]
    await house.review.wish(staff.id, "一", "greet")
    await house.redis.set(trial.KEY, '{"result": {}, "wishes": ["another"]}')
    await browser.see("/training/changes")
    assert "请再试一次" in browser.page
    assert (await browser.send("/training/changes/save")).status_code == 409


async def test_a_change_can_be_given_up(house: Parts, at_screen: OpenBrowser) -> None:
    browser = await at_screen("trainer")
    await heard(house, "整张新卡绑上去")
    await decide(browser, "整张新卡绑上去", sentence="整张新卡", target="modify_settlement_account")
    [wish] = await house.review.wishes()
    await browser.see("/training/changes")
    await browser.send(f"/training/changes/{wish.id}/drop")
    assert await house.review.wishes() == []
    await browser.see("/training")
    assert "整张新卡绑上去" in browser.page


async def test_figures_are_pictures_without_foreign_markup(house: Parts, at_screen: OpenBrowser) -> None:
    await heard(house, "要收费吗", outcome="", intent="faq", answer="faq/fee", confidence=0.9, asked="broker")
    await heard(house, "看不懂", asked="id_number", answer="faq/<script>")
    browser = await at_screen("trainer")
    await browser.see("/training/figures")
    assert browser.page.count("<svg") >= 3
    assert "100%" in browser.page
    assert "<script" not in browser.page


async def test_steps_and_figures_speak_chinese(house: Parts, at_screen: OpenBrowser) -> None:
    await heard(house, "整张新卡", asked="bank_card", step="bank_card", answer="faq/fee")
    browser = await at_screen("trainer")
    assert "银行卡照片" in browser.page
    await browser.see("/training/figures")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", browser.page)
    assert {"银行卡照片", "平均把握", "没听懂的比例"} <= set(texts)
    assert [text for text in texts if re.search("[a-z]", text)] == []


async def test_every_step_has_a_name_for_trainers() -> None:
    from console.training.catalogue import catalogue

    known = await catalogue()
    assert [step for step in known.order if known.step(step) == step] == []
    assert known.title("faq/fee") == "修改结算账户收费吗"
    assert [one.name for one in known.choices if "⟦" in one.title] == []
