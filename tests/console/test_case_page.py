"""What the page of a case shows: the snapshot, its photos and earlier attempts, each look on record."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from sqlalchemy import text

from console.parts import Parts
from tests.console.conftest import OpenBrowser
from tests.console.deciding import audited, claimed
from tests.console.submitting import CARD, Submitted, submit_again


async def test_the_page_shows_the_snapshot_with_its_differences(
    at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await at_screen("witness")
    await browser.see(f"/cases/{case.case_no}")
    assert "顾英<mark>显</mark>" in browser.page
    assert "顾英<mark>昱</mark>" in browser.page
    assert "卡号经客户改动" in browser.page
    assert "中国建设银行" in browser.page  # registered already
    assert len(browser.images()) == 4
    assert "提交" in browser.page


async def test_numbers_are_starred_out_until_a_purpose_is_given(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}")
    plain = re.sub(r"</?mark>", "", browser.page)
    assert case.id_number not in plain
    assert CARD not in plain
    assert "13800000001" not in plain
    assert "310104********5053" in plain
    answer = await browser.send(f"/cases/{case.case_no}/reveal", purpose="")
    assert answer.status_code == 422
    assert not await audited(house, "reveal_numbers")
    await browser.send(f"/cases/{case.case_no}/reveal", purpose="compare_photo")
    plain = re.sub(r"</?mark>", "", browser.page)
    assert case.id_number in plain
    assert CARD in plain
    assert [entry.detail["purpose"] for entry in await audited(house, "reveal_numbers")] == ["compare_photo"]


async def test_a_photo_is_marked_and_each_look_is_on_record(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}")
    address = browser.images()[0]
    for _ in range(2):
        answer = await browser.client.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        shown = Image.open(io.BytesIO(answer.content)).convert("RGB")
        assert len(set(shown.resize((64, 40)).get_flattened_data())) > 20  # no longer one plain colour
    assert len(await audited(house, "view_photo")) == 2


async def test_a_photos_address_serves_one_session_one_photo_five_minutes(
    at_screen: OpenBrowser, case: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}")
    first, second = browser.images()[:2]
    other = await at_screen("witness")
    assert (await other.client.get(first)).status_code == 404
    signature = parse_qs(urlsplit(first).query)["signature"][0]
    stolen = re.sub(r"signature=\w+", f"signature={signature}", second)
    assert (await browser.client.get(stolen)).status_code == 404
    later = re.sub(r"until=(\d+)", lambda m: f"until={int(m[1]) + 600}", first)
    assert (await browser.client.get(later)).status_code == 404
    assert (await browser.client.get(first.split("?")[0])).status_code == 410
    monkeypatch.setattr("console.photos.LIFE_SECONDS", -1)
    await browser.see(f"/cases/{case.case_no}")
    assert (await browser.client.get(browser.images()[0])).status_code == 410


async def test_an_earlier_attempt_can_be_looked_at_beside_the_new_one(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await claimed(await at_screen("witness"), case)
    await browser.send(f"/cases/{case.case_no}/witness-fail", reasons=["C42"])
    await submit_again(house, case)
    await browser.see(f"/cases/{case.case_no}")
    assert "第 2 次提交" in browser.page
    assert "不是最新的一次" not in browser.page
    await browser.see(f"/cases/{case.case_no}?attempt=1")
    assert "第 1 次提交" in browser.page
    assert "不是最新的一次" in browser.page


async def test_a_snapshot_that_was_tampered_with_is_cried_out(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    async with house.database.session() as session:
        for name in await session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'case_submissions'")
        ):
            await session.execute(text(f'DROP TRIGGER "{name}"'))
        await session.execute(
            text("UPDATE case_submissions SET snapshot_sha256 = :other"), {"other": "0" * 64}
        )
    browser = await at_screen("witness")
    await browser.see(f"/cases/{case.case_no}")
    assert "可能被改动过" in browser.page


async def test_leafing_through_everybody_is_stopped(at_screen: OpenBrowser, case: Submitted) -> None:
    browser = await at_screen("witness")
    statuses = [(await browser.see(f"/cases/{case.case_no}")).status_code for _ in range(61)]
    assert statuses.count(200) == 60
    assert statuses[-1] == 429
