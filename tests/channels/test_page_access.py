"""The shell of the page for everybody: keyboard, screen reader, large type, dark, small phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.page import MODULES
from settlement.settings import ROOT
from tests.channels.conftest import Gateway
from tests.channels.phone import browser, playwright, say
from tests.channels.test_browser import assistant
from tests.channels.wire import Answers, Asked, WireRasa, says

__all__ = ["browser", "playwright"]
pytestmark = pytest.mark.browser

PHOTO = ROOT / "tests" / "fixtures" / "photos" / "front_00.jpg"
AXE = MODULES / "axe-core/axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STEPS = [
    {"name": "part_broker", "title": "选择期货公司与业务", "state": "done"},
    {"name": "part_photos", "title": "上传照片与责任书", "state": "now"},
    {"name": "part_bank", "title": "银期绑定", "state": "later"},
]


def with_steps(asked: Asked) -> Answers:
    return [*assistant(asked), {"custom": {"progress": STEPS}}]


@asynccontextmanager
async def opened(browser: Browser, gateway: Gateway, query: str = "", **device: Any) -> AsyncIterator[Page]:
    context = await browser.new_context(
        **{"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **device}
    )
    page = await context.new_page()
    await page.goto(gateway.url + query)
    await expect(page.get_by_text("您好，我是")).to_be_visible()
    yield page
    await context.close()


async def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and the elements that break it."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", STANDARD
    )
    assert len(found["passes"]) > 15
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("display", ["standard", "elder"])
@pytest.mark.parametrize("size", [(390, 844), (320, 568)])
async def test_axe_finds_nothing_in_the_shell(
    browser: Browser,
    gateway: Gateway,
    rasa: WireRasa,
    redis_now: None,
    scheme: str,
    display: str,
    size: tuple[int, int],
) -> None:
    rasa.answer = with_steps
    viewport = {"width": size[0], "height": size[1]}
    async with opened(browser, gateway, f"?display={display}&scheme={scheme}", viewport=viewport) as page:
        await say(page, "同意")
        await expect(page.get_by_role("button", name="同意")).to_be_enabled()
        await page.locator(".steps-line").click()
        assert await violations(page) == []
        await page.locator(".steps-line").click()
        await page.context.set_offline(True)
        await say(page, "没有网络")
        await expect(page.locator(".fate.failed")).to_be_visible(timeout=20_000)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]


async def test_a_finger_meets_every_control(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = with_steps
    async with opened(browser, gateway, viewport={"width": 320, "height": 568}) as page:
        await say(page, "同意")
        await expect(page.get_by_role("button", name="同意")).to_be_enabled()
        await page.get_by_label("输入消息").fill("字")
        small = await page.evaluate(
            """() => [...document.querySelectorAll("button, textarea")]
                .map((one) => [one.className, one.getBoundingClientRect()])
                .filter(([, box]) => box.height && (box.height < 38 || box.width < 44))
                .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
        )
        assert small == []


async def test_the_keyboard_alone_leads_through_a_question(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = with_steps
    async with opened(browser, gateway) as page:

        async def tab_to(name: str) -> None:
            for _ in range(30):
                await page.keyboard.press("Tab")
                shown = "(e => e.getAttribute('aria-label') || e.innerText || e.placeholder || '')"
                if name in await page.evaluate(f"{shown}(document.activeElement)"):
                    return
            raise AssertionError(f"Tab never came to {name}")

        await tab_to("上传照片")
        await page.keyboard.press("Enter")
        await expect(page.locator(".Step[aria-current=step]")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(".Step")).to_have_count(0)
        await tab_to("开始")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("收到 /go")).to_be_visible()
        # The pressed button is gone; whoever used it goes on at the answer, not at the top of the page.
        await expect(page.locator(".message.assistant:focus")).to_contain_text("收到 /go")
        await tab_to("我的业务")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("收到 我的业务")).to_be_visible()
        await tab_to("输入消息")
        await page.keyboard.type("键盘")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("收到 键盘")).to_be_visible()
        await page.keyboard.type("按钮")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await expect(page.get_by_text("收到 按钮")).to_be_visible()


# As Chromium and Firefox say it, and as Safari does, to which the composing is over by then.
@pytest.mark.parametrize("said", ["isComposing: true", "isComposing: false, keyCode: 229"])
async def test_enter_while_characters_are_chosen_sends_nothing(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None, said: str
) -> None:
    rasa.answer = assistant
    async with opened(browser, gateway) as page:
        field = page.get_by_label("输入消息")
        await field.fill("nihao")
        await field.evaluate(
            f"""field => field.dispatchEvent(new KeyboardEvent("keydown",
                {{key: "Enter", {said}, bubbles: true, cancelable: true}}))"""
        )
        assert await field.input_value() == "nihao"
        await field.fill("你好")
        await field.press("Enter")
        await expect(page.get_by_text("收到 你好")).to_be_visible()
        assert [asked for asked in rasa.asked if asked.message == "nihao"] == []


async def test_whoever_wants_no_motion_gets_none(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = lambda asked: says("您好，我是助手")
    async with opened(browser, gateway, reduced_motion="reduce") as page:
        dot = '<i class="Typing-dot"></i>'
        await page.locator(".messages").evaluate(
            "(list, dot) => list.insertAdjacentHTML('beforeend', dot)", dot
        )
        duration = await page.locator(".Typing-dot").last.evaluate(
            "dot => getComputedStyle(dot).animationDuration"
        )
        assert float(duration.removesuffix("s")) < 0.001


async def test_new_words_are_read_out_and_old_ones_are_not_repeated(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = assistant
    async with opened(browser, gateway) as page:
        log = page.get_by_role("log")
        await expect(log).to_have_attribute("aria-live", "polite")
        first = await log.locator("article").first.element_handle()
        await say(page, "再说一句")
        await expect(page.get_by_text("收到 再说一句")).to_be_visible()
        assert first is not None
        # A screen reader reads what is added: the first message must still be the same element.
        assert await first.evaluate("node => node.isConnected")


async def test_nothing_moves_while_a_photo_loads(
    browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = assistant
    async with opened(browser, gateway) as page:
        await page.evaluate(
            """() => { window.moved = 0; new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
            }).observe({type: "layout-shift", buffered: true}); }"""
        )
        await page.locator("input[type=file]").first.set_input_files(PHOTO)
        photo = page.locator(".message.customer .photo img")
        await expect(photo).to_be_visible()
        box = await photo.bounding_box()
        assert box is not None
        assert (round(box["width"]), round(box["height"])) == (176, 112)
        await expect(page.get_by_text("收到 /upload")).to_be_visible()
        await photo.evaluate("picture => picture.decode()")
        await page.evaluate(
            "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        assert await page.evaluate("window.moved") < 0.1  # what Core Web Vitals call good
