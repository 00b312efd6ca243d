"""The page in a real Chromium, as a phone of 390 × 844 shows it."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from tests.channels.conftest import Gateway
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase
from tests.channels.wire import Answers, Asked, WireRasa, says

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ID_NUMBER = "11010519491231002X"


@pytest_asyncio.fixture
async def playwright() -> AsyncIterator[Playwright]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed to try the page")
        pytest.skip("no Chromium on this machine: the page was not tried")
    async with async_playwright() as running:
        yield running


@asynccontextmanager
async def launched(playwright: Playwright, *flags: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        await browser.close()


@pytest_asyncio.fixture
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    async with launched(playwright, *DEVICES) as running:
        yield running


@pytest_asyncio.fixture
async def page(browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None) -> AsyncIterator[Page]:
    """The page, opened by a newcomer; fails the test when anything went wrong inside it."""
    rasa.answer = assistant
    async with opened(browser, gateway) as ready:
        yield ready


@asynccontextmanager
async def opened(browser: Browser, gateway: Gateway, *, block: str | None = None) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    if block:
        await page.route(block, lambda route: route.abort())
    await page.goto(gateway.url)
    await expect(page.get_by_text("您好，我是")).to_be_visible()
    yield page
    await context.close()
    assert wrong == []


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


async def say(page: Page, words: str) -> None:
    await page.get_by_label("输入消息").fill(words)
    await page.get_by_label("输入消息").press("Enter")


def last_of(rasa: WireRasa) -> Asked:
    return rasa.asked[-1]


async def test_words_go_out_and_the_answer_comes_in(page: Page) -> None:
    await say(page, "你好")
    await expect(page.get_by_text("收到 你好")).to_be_visible()
    await expect(page.locator(".typing")).to_have_count(0)
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


async def test_a_number_typed_into_a_card_is_seen_masked_afterwards(page: Page, rasa: WireRasa) -> None:
    await say(page, "身份")
    await page.get_by_label("身份证号").fill(ID_NUMBER)
    await page.get_by_role("button", name="确定").click()
    await expect(page.get_by_text("110***********002X")).to_be_visible()
    assert ID_NUMBER not in await page.content()
    assert await page.get_by_label("身份证号").input_value() == ""
    await page.reload()
    await expect(page.get_by_text("110***********002X")).to_be_visible()


async def test_only_what_was_changed_is_sent(page: Page, rasa: WireRasa) -> None:
    await say(page, "核对")
    await page.get_by_label("开户网点").fill("北京分行")
    await page.get_by_role("button", name="保存修改").click()
    await expect(page.get_by_text("收到 /fill")).to_be_visible()
    assert last_of(rasa).metadata["fields"] == {"branch": "北京分行"}


async def test_camera_microphone_and_speaker_are_tried_one_by_one(page: Page, rasa: WireRasa) -> None:
    await say(page, "检测")
    await page.get_by_role("button", name="开始检测").click()
    await page.get_by_role("button", name="听到了", exact=True).click(timeout=15_000)
    await expect(page.get_by_text("收到 /device_checked")).to_be_visible()
    await expect(page.locator(".parts .ok")).to_have_count(3)


async def test_a_refused_camera_is_explained_and_can_be_tried_again(
    playwright: Playwright, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = assistant
    async with (
        launched(playwright, "--deny-permission-prompts") as browser,
        opened(browser, gateway) as page,
    ):
        await say(page, "检测")
        await page.get_by_role("button", name="开始检测").click()
        await expect(page.locator(".message-line.bad")).to_be_visible()
        assert (await page.locator(".message-line.bad").inner_text()).strip()
        await expect(page.get_by_role("button", name="重新检测")).to_be_enabled()
        assert not [asked for asked in rasa.asked if asked.message == "/device_checked"]


async def test_a_photo_is_sent_with_the_kind_that_was_asked_for(page: Page, rasa: WireRasa) -> None:
    out = io.BytesIO()
    Image.effect_noise((640, 400), 60).convert("RGB").save(out, "JPEG")
    await say(page, "照片")
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="从相册选").click()
    await (await choosing.value).set_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    await expect(page.get_by_text("收到 /upload")).to_be_visible()
    assert last_of(rasa).metadata["upload"]["kind"] == "id_back"
    await page.reload()
    sent = page.locator("img.sent")
    await expect(sent).to_have_count(1)
    await expect(sent).to_have_js_property("complete", True)


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
    await page.context.set_offline(False)
    await page.get_by_role("button", name="重试").click()
    await expect(page.get_by_text("收到 别丢")).to_be_visible(timeout=20_000)
    assert [asked.message for asked in rasa.asked].count("别丢") == 1


async def test_a_document_is_read_to_its_end_before_it_counts(
    browser: Browser, gateway: Gateway, of_case: OfCase, customer: Customer, rasa: WireRasa
) -> None:
    letter = "certificate_letter"
    found = customer.http.get(f"/api/documents/{letter}").json()
    card = {
        "card": "document", "document": letter, "title": found["title"], "seconds": found["seconds"],
        "document_version": found["version"], "sha256": found["sha256"],
    }  # fmt: skip
    rasa.answer = lambda asked: says("请阅读", card=card)
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, user_agent=customer.http.headers["User-Agent"]
    )
    secret = customer.http.cookies["conversation"]
    await context.add_cookies([{"name": "conversation", "value": secret, "url": gateway.url}])
    page = await context.new_page()
    await page.goto(gateway.url)
    await say(page, "文件")
    await page.get_by_role("button", name="阅读", exact=True).click()
    done = page.get_by_role("button", name="已读完")
    await expect(page.locator(".reader .body p").first).to_be_visible()
    await expect(done).to_be_disabled()
    await page.locator(".reader .body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    await expect(page.locator(".reader .hint")).to_contain_text("还需阅读")
    await expect(done).to_be_disabled()
    await expect(done).to_be_enabled(timeout=(found["seconds"] + 5) * 1000)
    await done.click()
    await expect(page.get_by_role("button", name="再看一遍")).to_be_visible()
    await context.close()


async def test_every_control_has_a_name(page: Page) -> None:
    for words in ("身份", "照片", "检测", "核对"):
        await say(page, words)
        await expect(page.locator(".typing")).to_have_count(0)
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, input")]
            .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label") || one.labels?.length
                || one.getAttribute("aria-hidden")))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


async def test_large_letters_are_remembered(page: Page) -> None:
    await page.get_by_role("button", name="大字").click()
    await page.reload()
    await expect(page.locator("html.large")).to_have_count(1)
