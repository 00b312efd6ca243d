"""Every card in a real Chromium: readable, within reach and usable, in light, dark and large type."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from settlement.cards import MyBusinessCard
from tests.channels.card_samples import SAMPLES, Sample, case_row, choice
from tests.channels.cards_page import AXE, RULES, assistant, page, picture, played, show
from tests.channels.conftest import Gateway
from tests.channels.phone import browser, playwright
from tests.channels.wire import WireRasa, says

__all__ = ["browser", "page", "playwright"]

pytestmark = pytest.mark.browser

LEAST_TOUCH = 44  # CSS px, as Apple asks and WCAG 2.5.5 recommends
PHONES = [(390, 844), (320, 568)]
LOOKS = {"light": "?scheme=light", "dark": "?scheme=dark", "elder": "?scheme=light&display=elder"}

SMALL = """least => [...document.querySelectorAll(
        ".card button, .card input, .card summary, .card select, .card textarea, dialog[open] button")]
    .filter(one => !["file", "checkbox"].includes(one.type))
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("width", "height"), PHONES)
async def test_every_card_is_readable_and_within_reach(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None, look: str, width: int, height: int
) -> None:
    rasa.answer = assistant
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(gateway.url + "/" + LOOKS[look])
    await expect(page.get_by_text("您好，我是助手")).to_be_visible()
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong: dict[str, Any] = {}
    for name in SAMPLES:
        await show(page, name)
        found = await page.evaluate(RULES) + await page.evaluate(SMALL, LEAST_TOUCH)
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the phone")
        if found:
            wrong[name] = found
        await picture(page, f"{look}-{width}-{name}")
    await context.close()
    assert wrong == {}


async def test_an_id_number_is_covered_while_it_is_typed_and_a_slip_is_told_at_once(
    page: Page, rasa: WireRasa
) -> None:
    message = await show(page, "身份证号")
    field = message.get_by_label("身份证号")
    await field.press_sequentially("110105194912310021")
    await expect(message.locator(".covered-signs")).to_have_text("110105•••••••••••1")
    await message.get_by_role("button", name="显示").click()
    await expect(message.locator(".covered-signs")).to_have_text("110105194912310021")
    await field.press("Enter")
    await expect(message.get_by_text("可能输错了一位")).to_be_visible()
    assert rasa.asked[-1].message == "身份证号"
    await field.fill("11010519491231002x")
    await field.press("Enter")
    await expect(page.get_by_text("收到 /fill")).to_be_visible()
    await expect(page.get_by_text("110***********002X")).to_be_visible()
    assert "19491231" not in await page.content()
    await page.reload()
    await expect(page.get_by_text("110***********002X")).to_be_visible()


async def test_another_code_can_be_asked_for_only_after_the_wait_which_a_reload_does_not_begin_again(
    page: Page, rasa: WireRasa
) -> None:
    card = SAMPLES["短信码"].card.model_copy(update={"again_after": 9})
    rasa.answer = lambda asked: played(Sample(card, SAMPLES["短信码"].buttons), asked.message)
    await show(page, "等待")
    again = page.get_by_role("button", name="重新发送")
    await expect(again).to_be_disabled()
    await expect(again).to_contain_text(re.compile("[1-4] 秒后"), timeout=9000)
    await page.reload()
    await expect(again).to_be_enabled(timeout=7000)
    assert await page.locator("input[name=sms_code]").get_attribute("autocomplete") == "one-time-code"


async def test_a_bank_is_found_by_its_short_name_and_chosen_with_one_tap(page: Page, rasa: WireRasa) -> None:
    message = await show(page, "选银行")
    await message.get_by_label("查找银行").fill("建行")
    await expect(message.locator(".banks button")).to_have_count(1)
    await message.get_by_role("button", name="建设银行").click()
    await expect(page.get_by_text("收到 " + choice("bank", "CCB"))).to_be_visible()


async def test_what_was_corrected_is_saved_before_anything_can_be_confirmed(
    page: Page, rasa: WireRasa
) -> None:
    message = await show(page, "核对银行卡")
    confirm = message.get_by_role("button", name="正确，新增这张卡")
    await expect(confirm).to_be_enabled()
    await message.get_by_label("开户网点").fill("北京分行")
    await expect(confirm).to_be_disabled()
    await message.get_by_role("button", name="保存修改").click()
    await expect(page.get_by_text("收到 /fill")).to_be_visible()
    assert rasa.asked[-1].metadata["fields"] == {"branch": "北京分行"}


async def test_doubtful_values_are_marked_for_eye_and_ear(page: Page) -> None:
    message = await show(page, "核对身份")
    address = message.get_by_label("住址")
    await expect(address).to_have_accessible_description("请仔细核对")
    await expect(message.get_by_label("有效期止")).to_have_accessible_description("没有识别出来，请填写")
    await expect(message.locator(".notice.warn")).to_contain_text("2 项")


async def test_the_tick_is_a_box_and_sends_the_button(page: Page) -> None:
    message = await show(page, "勾选")
    await message.get_by_role("checkbox", name="我已阅读以上所有协议规则内容").click()
    await expect(page.get_by_text("收到 " + choice("tick"))).to_be_visible()


async def test_each_case_has_its_own_buttons_and_what_is_over_is_folded(page: Page) -> None:
    message = await show(page, "业务")
    await expect(message.get_by_text("JS-ABCD-XXXX")).to_be_hidden()
    await message.get_by_text("已完成业务（2）").click()
    await expect(message.get_by_text("JS-ABCD-XXXX")).to_be_visible()
    await message.locator("li", has_text="JS-ABCD-EFGH").get_by_role("button", name="操作").click()
    await expect(page.get_by_text("收到 " + choice("operate", "JS-ABCD-EFGH"))).to_be_visible()


async def test_of_much_that_is_over_three_are_shown_and_the_rest_when_asked_for(
    page: Page, rasa: WireRasa
) -> None:
    over = [case_row(f"JS-ABCD-XXX{number}", "done", "办理成功") for number in range(8)]
    rasa.answer = lambda asked: played(Sample(MyBusinessCard(pending=[], completed=over)), asked.message)
    message = await show(page, "很多")
    await message.get_by_text("已完成业务（8）").click()
    await expect(message.locator(".cases li")).to_have_count(3)
    await message.get_by_role("button", name="查看更多（还有 5 笔）").click()
    await expect(message.locator(".cases li")).to_have_count(8)
    await expect(message.locator(".cases li").nth(3)).to_be_focused()
    await expect(message.get_by_role("button", name="查看更多")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 320])
async def test_short_values_that_belong_together_share_a_line(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    message = await show(page, "核对身份")

    async def top(label: str) -> float:
        box = await message.get_by_label(label, exact=True).bounding_box()
        assert box is not None
        return box["y"]

    assert await top("性别") == await top("民族")
    assert await top("有效期起") == await top("有效期止")
    assert await top("姓名") < await top("身份证号") < await top("性别")


async def test_the_field_of_a_question_is_in_view_with_its_button_however_much_was_said_before(
    page: Page, rasa: WireRasa
) -> None:
    before = await show(page, "确认公司")
    rasa.answer = lambda asked: says("说明\n" * 40) + played(SAMPLES["网点"], asked.message)
    await before.get_by_role("button", name="对，下一步").click()
    field, confirm = page.get_by_label("开户网点"), page.get_by_role("button", name="确定")
    await expect(field).to_be_focused()
    await expect(confirm).to_be_in_viewport(ratio=1)
    await page.set_viewport_size({"width": 390, "height": 440})  # the keyboard comes up
    await expect(field).to_be_in_viewport(ratio=1)
    await expect(confirm).to_be_in_viewport(ratio=1)
