"""The device check's card: what works, and the ways in which a device can fail (R-012, R-022)."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, Playwright, expect

from tests.channels.cards_page import assistant, page, show
from tests.channels.conftest import Gateway
from tests.channels.phone import browser, launched, opened, playwright
from tests.channels.wire import WireRasa
from tests.support.chromium import DEVICES

__all__ = ["browser", "page", "playwright"]

pytestmark = pytest.mark.browser

BROKEN = """() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("busy", "NotReadableError"));
}"""


async def test_a_device_that_works_is_reported(page: Page, rasa: WireRasa) -> None:
    message = await show(page, "检测")
    await message.get_by_role("button", name="开始检测").click()
    await message.get_by_role("button", name="听到了", exact=True).click(timeout=15_000)
    await expect(page.get_by_text("收到 /device_checked")).to_be_visible()


@pytest.mark.parametrize(
    ("flags", "script", "told"),
    [
        ([*DEVICES[:1], "--deny-permission-prompts"], None, "没有得到允许"),
        ([DEVICES[1]], None, "没有找到这个设备"),
        (DEVICES, BROKEN, "正被其他应用占用"),
    ],
    ids=["refused", "missing", "busy"],
)
async def test_a_failed_device_says_what_to_do_and_is_reported_too(
    playwright: Playwright, gateway: Gateway, rasa: WireRasa, redis_now: None,
    flags: list[str], script: str | None, told: str,
) -> None:  # fmt: skip
    rasa.answer = assistant
    async with launched(playwright, *flags) as browser, opened(browser, gateway) as page:
        message = await show(page, "检测")
        if script:
            await page.evaluate(script)
        await message.get_by_role("button", name="开始检测").click()
        await expect(page.locator(".notice.bad")).to_contain_text(told)
        await expect(page.get_by_text("收到 /device_checked")).to_be_visible()
        await show(page, "检测")
        await expect(page.get_by_role("button", name="重新检测")).to_be_enabled()
        await expect(page.locator(".notice.bad").last).to_contain_text(told)


async def test_a_speaker_that_was_not_heard_is_no_pass(page: Page, rasa: WireRasa) -> None:
    message = await show(page, "检测")
    await message.get_by_role("button", name="开始检测").click()
    await message.get_by_role("button", name="没听到").click(timeout=15_000)
    await expect(page.locator(".notice.bad")).to_contain_text("调大媒体音量")
