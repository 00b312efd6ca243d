"""The page by ear and by keyboard: each new message is read out once, and no step needs a finger."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.channels.card_samples import SAMPLES
from tests.channels.cards_page import PHOTOS, page, played
from tests.channels.conftest import Gateway
from tests.channels.phone import browser, playwright, say
from tests.channels.wire import Answers, Asked, WireRasa, says

__all__ = ["browser", "page", "playwright"]
pytestmark = pytest.mark.browser

PHOTO = "front_00.jpg"
ROAD = [
    "身份证号", "图形码", "短信码", "身份证照片", "核对身份", "勾选", "签署", "确认签署", "汇总",
]  # fmt: skip
SCREEN_READER = """() => {
    const log = document.querySelector("[role=log]");
    window.heard = [];
    new MutationObserver((changes) => {
        if (log.getAttribute("aria-live") !== "polite") return;
        for (const { addedNodes } of changes) for (const node of addedNodes) {
            if (node.matches?.("article")) window.heard.push(node.querySelector(".Bubble")?.innerText ?? "");
        }
    }).observe(log, { childList: true, subtree: true });
}"""
NAME = (
    "one => one.getAttribute('aria-label') || one.innerText || one.labels?.[0]?.innerText || one.name || ''"
)


SAFARI = """() => addEventListener("mousedown", event => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    (button.closest("[tabindex]") ?? document.body).focus();
}, true)"""
"""There a tapped button gets no focus; what is around it does."""


async def in_focus(page: Page) -> str:
    """The name of what the keyboard is at."""
    return str(await page.evaluate(f"({NAME})(document.activeElement)"))


async def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Go on until that control is reached."""
    for _ in range(15):
        if name in await in_focus(page) and await page.evaluate("document.activeElement.tabIndex") >= 0:
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{key} did not come to {name}, but to {await in_focus(page)}")


async def is_asked(page: Page, name: str) -> None:
    """The question is open, and the keyboard has come to it by itself."""
    question = page.locator("article[data-live=true]", has_text=f"卡片：{name}")
    await expect(question).to_be_visible()
    await expect(question.and_(page.locator(":focus, :focus-within"))).to_have_count(1)


async def test_the_keyboard_alone_leads_through_login_photo_and_signing(page: Page, rasa: WireRasa) -> None:
    left = iter(ROAD)

    def answer(_: Asked) -> Answers:
        name = next(left, None)
        return played(SAMPLES[name], name) if name else says("到了")

    rasa.answer = answer
    await say(page, "开始")
    await expect(page.get_by_label("身份证号")).to_be_visible()
    await tab_to(page, "身份证号", "Shift+Tab")
    for name, typed in (("图形码", "11010519491231002X"), ("短信码", "ABCD"), ("身份证照片", "123456")):
        await page.keyboard.type(typed)
        await page.keyboard.press("Enter")
        await is_asked(page, name)
    await tab_to(page, "从相册选")
    async with page.expect_file_chooser() as choosing:
        await page.keyboard.press("Enter")
    await (await choosing.value).set_files(PHOTOS / PHOTO)
    await is_asked(page, "核对身份")
    await tab_to(page, "正确，下一步")
    await page.keyboard.press("Enter")
    await is_asked(page, "勾选")
    await tab_to(page, "我已阅读以上所有协议规则内容")
    await page.keyboard.press("Space")
    for name, button in (("签署", "签署协议"), ("确认签署", "确认签署"), ("汇总", "确定")):
        await is_asked(page, name)
        await tab_to(page, button)
        await page.keyboard.press("Enter")
    await expect(page.locator("article:focus")).to_contain_text("到了")


async def test_each_new_message_is_read_out_once_and_older_ones_are_not(
    browser: Browser, gateway: Gateway, page: Page
) -> None:
    await page.evaluate(SCREEN_READER)
    for words in ("甲", "乙", "丙"):
        await say(page, words)
        await expect(page.get_by_text(f"收到 {words}")).to_be_visible()
    heard = await page.evaluate("window.heard.filter(Boolean)")
    assert heard == ["甲", "收到 甲", "乙", "收到 乙", "丙", "收到 丙"]
    for number in range(22):
        await say(page, f"第{number}句")
        await expect(page.get_by_text(f"收到 第{number}句")).to_be_visible()
    await page.reload()
    older = page.get_by_role("button", name="查看更早的消息")
    await expect(older).to_be_visible()
    await page.evaluate(SCREEN_READER)
    before = await page.locator(".message").count()
    await older.click()
    await expect(page.locator(".message").nth(before)).to_be_attached()
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    assert await page.evaluate("window.heard") == []


async def test_a_tap_in_safari_also_leads_into_the_next_field(page: Page, rasa: WireRasa) -> None:
    road = iter(("确认公司", "身份证号"))

    def answer(_: Asked) -> Answers:
        name = next(road)
        return played(SAMPLES[name], name)

    rasa.answer = answer
    await page.evaluate(SAFARI)
    await say(page, "开始")
    await page.get_by_role("button", name="对，下一步").click()
    await is_asked(page, "身份证号")
    await expect(page.get_by_label("身份证号")).to_be_focused()
