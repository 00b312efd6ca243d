"""The page in a real Chromium, as a phone of 390 × 844 shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.channels.conftest import Gateway
from tests.channels.phone import browser, opened, playwright, say
from tests.channels.wire import Answers, Asked, WireRasa, says

__all__ = ["browser", "playwright"]
pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def page(browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None) -> AsyncIterator[Page]:
    rasa.answer = assistant
    async with opened(browser, gateway) as ready:
        yield ready


CARDS = {
    "身份": says("请输入", card={"card": "input", "field": "id_number", "format": "id_number"}),
    "检测": says("请检测", card={"card": "device_check", "minimum": {"android": "4.0"}}),
    "照片": says("请拍照", card={"card": "photo", "kind": "id_back"}),
    "同意": says("同意吗？", buttons={"同意": "/agreed"}),
    "核对": says(
        "请核对",
        card={
            "card": "fields",
            "fields": [
                {"name": "name", "label": "姓名", "value": "张三", "editable": True},
                {"name": "branch", "label": "开户网点", "value": "错", "editable": True, "doubtful": True},
            ],
        },
    ),
}


def assistant(asked: Asked) -> Answers:
    if asked.message.startswith("/hello"):
        return says("您好，我是**助手** <img src=x onerror=alert(1)>", buttons={"开始": "/go"})
    return CARDS.get(asked.message) or says(f"收到 {asked.message}")


def last_of(rasa: WireRasa) -> Asked:
    return rasa.asked[-1]


async def test_words_go_out_and_the_answer_comes_in(page: Page) -> None:
    await say(page, "你好")
    await expect(page.get_by_text("收到 你好")).to_be_visible()
    await expect(page.locator(".writing")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_what_the_assistant_says_never_becomes_markup(page: Page) -> None:
    await expect(page.locator("strong", has_text="助手")).to_be_visible()
    await expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()


async def test_a_chip_counts_until_the_next_question(page: Page, rasa: WireRasa) -> None:
    await say(page, "同意")
    chip = page.get_by_role("button", name="同意")
    await chip.click()
    await expect(page.get_by_text("收到 /agreed")).to_be_visible()
    await expect(chip).to_have_count(0)


async def test_without_server_sent_events_the_page_polls(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = assistant
    async with opened(browser, gateway, block="**/api/events*") as page:
        await say(page, "你好")
        await expect(page.get_by_text("收到 你好")).to_be_visible(timeout=20_000)


async def test_a_message_that_could_not_be_sent_is_sent_once_later(page: Page, rasa: WireRasa) -> None:
    await page.context.set_offline(True)
    await say(page, "别丢")
    await expect(page.get_by_text("未发送")).to_be_visible()
    await expect(page.get_by_role("button", name="重试")).to_be_visible()
    await expect(page.get_by_text("网络已断开")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("收到 别丢")).to_be_visible(timeout=20_000)
    assert [asked.message for asked in rasa.asked].count("别丢") == 1


async def test_every_control_has_a_name(page: Page) -> None:
    for words in ("身份", "照片", "检测", "核对"):
        await say(page, words)
        await expect(page.locator(".writing")).to_have_count(0)
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, input")]
            .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label") || one.labels?.length
                || one.getAttribute("aria-hidden")))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


async def test_large_letters_are_remembered(page: Page) -> None:
    await page.get_by_role("button", name="大字版").click()
    await page.reload()
    await expect(page.locator("html[data-elder]")).to_have_count(1)
    await expect(page.get_by_role("button", name="标准版")).to_be_visible()
