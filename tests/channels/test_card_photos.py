"""Photos and QR codes, from the album and from a camera that shows what the test holds before it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, Playwright, expect

from settlement.brokers import qr
from settlement.security.keys import Keyring
from tests.channels.cards_page import AXE, PHOTOS, RULES, assistant, page, picture, show
from tests.channels.conftest import Gateway
from tests.channels.phone import browser, launched, opened, playwright
from tests.channels.wire import WireRasa
from tests.fixtures.render import jpeg, qr_photo
from tests.support.chromium import DEVICES

__all__ = ["browser", "page", "playwright"]

pytestmark = pytest.mark.browser


async def pick(page: Page, message: Locator, file: Path) -> None:
    async with page.expect_file_chooser() as choosing:
        await message.get_by_role("button", name="从相册").click()
    await (await choosing.value).set_files(file)


async def test_a_good_photo_goes_out_at_once(page: Page, rasa: WireRasa) -> None:
    await pick(page, await show(page, "身份证照片"), PHOTOS / "front_00.jpg")
    await expect(page.get_by_text("收到 /upload")).to_be_visible()
    assert rasa.asked[-1].metadata["upload"]["kind"] == "id_front"
    await page.reload()
    sent = page.locator(".customer .photo img")
    await expect(sent).to_have_count(1)
    await expect(sent).to_have_js_property("complete", True)


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


async def test_a_format_that_the_phone_can_read_is_sent_as_one_that_the_server_takes(
    page: Page, rasa: WireRasa, tmp_path: Path
) -> None:
    photo = tmp_path / "front.avif"  # Chromium shows AVIF, as Safari shows HEIC; the server takes neither
    with Image.open(PHOTOS / "front_00.jpg") as front:
        front.save(photo, quality=80)
    await pick(page, await show(page, "身份证照片"), photo)
    await expect(page.get_by_text("收到 /upload")).to_be_visible()
    assert rasa.asked[-1].metadata["upload"]["kind"] == "id_front"


async def test_a_heic_that_the_browser_cannot_read_is_answered_with_what_to_set(
    page: Page, rasa: WireRasa, tmp_path: Path
) -> None:
    photo = tmp_path / "front.heic"
    photo.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 400)
    await pick(page, await show(page, "身份证照片"), photo)
    await expect(page.get_by_text("兼容性最佳").first).to_be_visible()
    await picture(page, "heic")
    assert rasa.asked[-1].message == "身份证照片"


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
