"""Every card in a real Chromium: readable, within reach and usable, in light, dark and large type."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Locator, Page, Playwright, expect

from settlement.brokers import qr
from settlement.security.keys import Keyring
from settlement.settings import ROOT
from tests.channels.card_samples import SAMPLES, Sample, choice
from tests.channels.conftest import Gateway
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase
from tests.channels.test_browser import DEVICES, launched, opened, playwright, say
from tests.channels.wire import Answers, Asked, WireRasa, says
from tests.fixtures.render import jpeg, qr_photo

__all__ = ["playwright"]

pytestmark = pytest.mark.browser

PHOTOS = ROOT / "tests" / "fixtures" / "photos"
AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
LEAST_TOUCH = 44  # CSS px, as Apple asks and WCAG 2.5.5 recommends
PHONES = [(390, 844), (320, 568)]
LOOKS = {"light": "?scheme=light", "dark": "?scheme=dark", "elder": "?scheme=light&display=elder"}

RULES = """async () => {
    const found = await axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return found.violations.map(one => `${one.id}: ${one.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`);
}"""
SMALL = """least => [...document.querySelectorAll(
        ".card button, .card input, .card summary, .card select, .card textarea, dialog[open] button")]
    .filter(one => !["file", "checkbox"].includes(one.type))
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


def assistant(asked: Asked) -> Answers:
    """Each card by its name; anything else is repeated."""
    if asked.message.startswith("/hello"):
        return says("您好，我是助手")
    sample = SAMPLES.get(asked.message.split(" ")[0])
    return played(sample, asked.message) if sample else says(f"收到 {asked.message}")


def played(sample: Sample, text: str = "请看") -> Answers:
    """A sample as Rasa would answer it."""
    return says(f"卡片：{text}", buttons=sample.buttons, card=sample.card.model_dump(mode="json"))


@pytest_asyncio.fixture
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    async with launched(playwright, *DEVICES) as running:
        yield running


@pytest_asyncio.fixture
async def page(browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None) -> AsyncIterator[Page]:
    rasa.answer = assistant
    async with opened(browser, gateway) as ready:
        yield ready


async def show(page: Page, name: str) -> Locator:
    """Ask for a card and wait until it is the open question; returns its message."""
    await say(page, name)
    message = page.locator("article.assistant").filter(has_text=f"卡片：{name}").last
    await expect(message).to_be_visible()
    await expect(page.locator(".writing")).to_have_count(0)
    return message


async def picture(page: Page, name: str) -> None:
    """A picture of the screen when SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.wait_for_timeout(250)
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


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
    assert "19491231" not in await page.locator("main").inner_text()


async def test_another_code_can_be_asked_for_only_after_the_wait_which_a_reload_does_not_begin_again(
    page: Page, rasa: WireRasa
) -> None:
    card = SAMPLES["短信码"].card.model_copy(update={"again_after": 4})
    rasa.answer = lambda asked: played(Sample(card, SAMPLES["短信码"].buttons), asked.message)
    await show(page, "等待")
    again = page.get_by_role("button", name="重新发送")
    await expect(again).to_be_disabled()
    await expect(again).to_contain_text("秒后")
    await page.wait_for_timeout(2500)
    await page.reload()
    await expect(again).to_be_enabled(timeout=3000)
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


# ── device check ───────────────────────────────────────────────────────────────────────────────────────

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


# ── photos and codes ───────────────────────────────────────────────────────────────────────────────────


async def pick(page: Page, message: Locator, file: Path) -> None:
    async with page.expect_file_chooser() as choosing:
        await message.get_by_role("button", name="从相册").click()
    await (await choosing.value).set_files(file)


async def test_a_good_photo_goes_out_at_once(page: Page, rasa: WireRasa) -> None:
    await pick(page, await show(page, "身份证照片"), PHOTOS / "front_00.jpg")
    await expect(page.get_by_text("收到 /upload")).to_be_visible()
    assert rasa.asked[-1].metadata["upload"]["kind"] == "id_front"


async def test_a_blurred_photo_is_shown_with_the_reason_and_may_be_used_all_the_same(
    page: Page, rasa: WireRasa
) -> None:
    message = await show(page, "身份证照片")
    await pick(page, message, PHOTOS / "blurred.jpg")
    await expect(message.get_by_text("照片有些模糊")).to_be_visible()
    await expect(message.get_by_role("button", name="重拍")).to_be_focused()
    assert rasa.asked[-1].message == "身份证照片"
    await picture(page, "blurred")
    await message.get_by_role("button", name="仍然使用这张").click()
    await expect(page.get_by_text("收到 /upload")).to_be_visible()


async def test_readable_photos_are_not_doubted(page: Page, rasa: WireRasa) -> None:
    good = [
        path
        for path in sorted(PHOTOS.glob("*.jpg"))
        if re.match(r"(front|back|bank)_\d\d|signature", path.stem)
    ]
    for photo in good:
        kind = "签名照片" if photo.stem == "signature" else "银行卡照片"
        before = len(rasa.asked)
        await pick(page, await show(page, f"{kind} {photo.stem}"), photo)
        await expect(page.get_by_text("收到 /upload")).to_have_count(before // 2 + 1)


def filmed(folder: Path, scene: Image.Image) -> str:
    """The Chromium flag that makes its fake camera show ``scene``."""
    film = folder / "film.mjpeg"
    film.write_bytes(jpeg(scene) * 4)
    return f"--use-file-for-fake-video-capture={film}"


async def test_a_card_held_into_the_guide_is_taken_with_one_tap(
    playwright: Playwright, gateway: Gateway, rasa: WireRasa, redis_now: None, tmp_path: Path
) -> None:
    card = Image.open(PHOTOS / "front_00.jpg").crop((0, 560, 960, 1210)).resize((880, 596))
    scene = Image.new("RGB", (1080, 1920), (120, 110, 100))
    scene.paste(card, (100, 550))
    rasa.answer = assistant
    async with (
        launched(playwright, *DEVICES, filmed(tmp_path, scene)) as browser,
        opened(browser, gateway) as page,
    ):
        message = await show(page, "身份证照片")
        await message.get_by_role("button", name="拍照").click()
        camera = page.get_by_role("dialog", name="身份证正面")
        await expect(camera.get_by_text("拿稳再拍")).to_be_visible()
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        assert await page.evaluate(RULES) == []
        await picture(page, "camera")
        await camera.get_by_role("button", name="拍照").click()
        await expect(page.get_by_text("收到 /upload")).to_be_visible()
        taken = rasa.asked[-1].metadata["upload"]
        assert taken["kind"] == "id_front"
        assert (
            1.3 < taken["width"] / taken["height"] < 1.9
        )  # the card with some room around, not the whole scene


async def test_a_camera_that_is_refused_leaves_album_and_system_camera(
    playwright: Playwright, gateway: Gateway, rasa: WireRasa, redis_now: None
) -> None:
    rasa.answer = assistant
    async with (
        launched(playwright, DEVICES[0], "--deny-permission-prompts") as browser,
        opened(browser, gateway) as page,
    ):
        message = await show(page, "身份证照片")
        await message.get_by_role("button", name="拍照").click()
        await expect(message.get_by_role("alert")).to_contain_text("没有得到允许")
        async with page.expect_file_chooser() as choosing:
            await message.get_by_role("button", name="改用系统相机").click()
        await (await choosing.value).set_files(PHOTOS / "front_00.jpg")
        await expect(page.get_by_text("收到 /upload")).to_be_visible()


async def test_our_code_is_read_from_a_photo_on_the_phone(
    page: Page, rasa: WireRasa, keyring: Keyring, tmp_path: Path
) -> None:
    content = qr.issue("0127", keyring)
    photo = tmp_path / "qr.jpg"
    photo.write_bytes(jpeg(qr_photo(content)))
    await pick(page, await show(page, "选公司"), photo)
    await expect(page.get_by_text("收到 /fill")).to_be_visible()
    assert rasa.asked[-1].metadata["fields"] == {"qr": content}
    assert content not in await page.locator("main").inner_text()


async def test_our_code_is_read_as_soon_as_the_camera_sees_it(
    playwright: Playwright,
    gateway: Gateway,
    rasa: WireRasa,
    redis_now: None,
    keyring: Keyring,
    tmp_path: Path,
) -> None:
    content = qr.issue("0127", keyring)
    rasa.answer = assistant
    async with (
        launched(playwright, *DEVICES, filmed(tmp_path, qr_photo(content))) as browser,
        opened(browser, gateway) as page,
    ):
        message = await show(page, "选公司")
        await message.get_by_role("button", name="扫一扫").click()
        await expect(page.get_by_text("收到 /fill")).to_be_visible()
        assert rasa.asked[-1].metadata["fields"] == {"qr": content}


async def test_a_picture_without_a_code_is_left_to_the_server(page: Page, rasa: WireRasa) -> None:
    await pick(page, await show(page, "选公司"), PHOTOS / "blank.jpg")
    await expect(page.get_by_text("收到 /upload")).to_be_visible()
    assert rasa.asked[-1].metadata["upload"]["kind"] == "qr"


# ── documents ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_document_opens_its_agreement_after_end_and_time_and_goes_on_where_it_was_left(
    browser: Browser, gateway: Gateway, of_case: OfCase, customer: Customer, rasa: WireRasa
) -> None:
    letter = "certificate_letter"
    found = customer.http.get(f"/api/documents/{letter}").json()
    card = {
        "card": "document", "document": letter, "title": found["title"], "seconds": found["seconds"],
        "document_version": found["version"], "sha256": found["sha256"],
    }  # fmt: skip
    buttons = {"我已阅读并同意": choice("agree", letter), "不同意": choice("disagree")}
    rasa.answer = lambda asked: (
        says("请阅读", card=card, buttons=buttons)
        if asked.message == "文件"
        else says(f"收到 {asked.message}")
    )
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, user_agent=customer.http.headers["User-Agent"]
    )
    secret = customer.http.cookies["conversation"]
    await context.add_cookies([{"name": "conversation", "value": secret, "url": gateway.url}])
    page = await context.new_page()
    await page.goto(gateway.url)
    await say(page, "文件")
    await page.get_by_role("button", name="阅读", exact=True).click()
    reader = page.get_by_role("dialog", name=found["title"])
    agree = reader.get_by_role("button", name="同意", exact=True)
    await expect(reader.locator(".reader-body p").first).to_be_visible()
    await expect(agree).to_be_disabled()
    await expect(reader.get_by_role("status")).to_contain_text("还需阅读")
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    assert await page.evaluate(RULES) == []
    await picture(page, "reader")
    await reader.locator(".reader-body").evaluate("body => body.scrollTo(0, 200)")
    await page.wait_for_timeout(700)
    await page.keyboard.press("Escape")
    await page.reload()
    await page.get_by_role("button", name="阅读", exact=True).click()
    body = reader.locator(".reader-body")
    await expect(body.locator("p").first).to_be_visible()
    assert abs(await body.evaluate("body => body.scrollTop") - 200) < 40
    await body.evaluate("body => body.scrollTo(0, body.scrollHeight)")
    await expect(agree).to_be_enabled(timeout=(found["seconds"] + 5) * 1000)
    await agree.click()
    await expect(page.get_by_text("收到 " + choice("agree", letter))).to_be_visible()
    await of_case.cases.agree_document(
        of_case.owner,
        of_case.case_no,
        letter,
        found["version"],
        found["sha256"],
        channel="widget",
        conversation=customer.conversation,
    )  # fmt: skip  (raises when the server does not know of the reading)
    await context.close()
