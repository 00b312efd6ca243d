"""Witness and review, driven through the pages."""

from __future__ import annotations

import asyncio
import io
import re
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, text

from console.parts import Parts
from settlement.brokers import qr
from settlement.cases.records import AuditEntry
from settlement.cases.service import Cases
from settlement.ocr.qr import read_qr
from tests.console.browser import Browser
from tests.console.conftest import OpenBrowser
from tests.console.submitting import CARD, Submitted, submit, submit_again

WITNESSED = ["recording", "person", "id_card", "intent"]
CHECKED = ["identity", "signature", "cards", "documents"]


@pytest.fixture
async def case(house: Parts, url: str) -> Submitted:
    return await submit(house)


async def state_of(house: Parts, case: Submitted) -> str:
    cases = Cases(house.database, house.brokers, house.keyring)
    return str((await cases.get(case.owner, case.case_no)).state)


async def audited(house: Parts, action: str) -> list[AuditEntry]:
    async with house.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq)
        return list(await session.scalars(query))


async def claimed(browser: Browser, case: Submitted) -> Browser:
    await browser.see(f"/cases/{case.case_no}")
    answer = await browser.send(f"/cases/{case.case_no}/claim")
    assert answer.status_code == 200, answer.text
    return browser


async def witnessed(at_screen: OpenBrowser, case: Submitted) -> None:
    browser = await claimed(await at_screen("witness"), case)
    await browser.send(f"/cases/{case.case_no}/witness-pass", checks=WITNESSED)


async def test_a_case_goes_from_witness_to_review_to_done(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    witness = await at_screen("witness")
    assert case.case_no in witness.page
    await claimed(witness, case)
    assert "见证清单" in witness.page
    await witness.send(f"/cases/{case.case_no}/witness-pass", checks=WITNESSED)
    assert await state_of(house, case) == "R_PENDING"
    reviewer = await at_screen("reviewer")
    assert case.case_no in reviewer.page
    await claimed(reviewer, case)
    await reviewer.send(f"/cases/{case.case_no}/approve", checks=CHECKED)
    async with asyncio.timeout(45):  # the background work registers it at the counter
        while await state_of(house, case) != "C_DONE":
            await asyncio.sleep(0.1)
    assert case.case_no in (await reviewer.see("/?stage=completed")).text
    await reviewer.see(f"/cases/{case.case_no}")
    assert reviewer.page.count("✓") == len(WITNESSED) + len(CHECKED)
    async with asyncio.timeout(45):  # …and delivers the results
        while True:
            texts = [one.text for one in await house.ports.sms.inbox()]  # type: ignore[attr-defined]
            if any("880127001" in text for text in texts):
                break
            await asyncio.sleep(0.1)


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


async def test_passing_needs_every_line_of_the_list(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await claimed(await at_screen("witness"), case)
    answer = await browser.send(f"/cases/{case.case_no}/witness-pass", checks=WITNESSED[:3])
    assert answer.status_code == 422
    assert "请逐项核对并勾选" in answer.text
    assert answer.text.count("checked") == 3
    assert await state_of(house, case) == "W_DOING"


async def test_turning_down_needs_reasons_and_tells_the_customer(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    await witnessed(at_screen, case)
    browser = await claimed(await at_screen("reviewer"), case)
    groups = re.findall(r"<legend>(\S+)</legend>", browser.page)
    assert groups[:2] == ["复核清单", "证件"]
    assert groups[-1] == "其他"
    answer = await browser.send(f"/cases/{case.case_no}/reject", remark="请重拍")
    assert answer.status_code == 409
    assert "请至少选一条原因" in answer.text
    assert "请重拍" in answer.text
    answer = await browser.send(f"/cases/{case.case_no}/reject", reasons=["C77"])
    assert "不在本公司的原因表里" in answer.text
    await browser.send(f"/cases/{case.case_no}/reject", reasons=["C01", "C26"], remark="<b>请重拍</b>")
    assert "复核未通过" in browser.page
    assert "<b>请重拍" not in browser.page
    view = await Cases(house.database, house.brokers, house.keyring).get(case.owner, case.case_no)
    assert (view.state, view.reasons) == ("R_REJECTED", ["C01", "C26"])
    assert "请重拍" in view.remark


async def test_a_witness_may_fail_a_case_with_a_reason(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await claimed(await at_screen("witness"), case)
    await browser.send(f"/cases/{case.case_no}/witness-fail", reasons=["C42"])
    assert await state_of(house, case) == "W_REJECTED"


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


async def test_each_role_does_its_own_work_only(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    reviewer = await at_screen("reviewer")
    await reviewer.see(f"/cases/{case.case_no}")
    assert "/claim" not in reviewer.page
    assert (await reviewer.send(f"/cases/{case.case_no}/claim")).status_code == 409
    await reviewer.see(f"/cases/{case.case_no}")
    assert (await reviewer.send(f"/cases/{case.case_no}/witness-pass", checks=WITNESSED)).status_code == 403
    admin = await at_screen("admin")
    await admin.see(f"/cases/{case.case_no}")
    assert (await admin.send(f"/cases/{case.case_no}/claim")).status_code == 403
    assert await state_of(house, case) == "W_PENDING"


async def test_a_decision_without_a_claim_is_refused(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await at_screen("witness")
    await browser.see(f"/cases/{case.case_no}")
    answer = await browser.send(f"/cases/{case.case_no}/witness-pass", checks=WITNESSED)
    assert answer.status_code == 409
    assert await state_of(house, case) == "W_PENDING"


async def test_a_case_that_was_given_up_says_so(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    browser = await at_screen("witness")
    await browser.see(f"/cases/{case.case_no}")
    await Cases(house.database, house.brokers, house.keyring).abandon(case.owner, case.case_no)
    answer = await browser.send(f"/cases/{case.case_no}/claim")
    assert answer.status_code == 409
    assert "已被客户放弃" in answer.text


async def test_an_administrator_may_put_a_claimed_case_back(
    house: Parts, at_screen: OpenBrowser, case: Submitted
) -> None:
    await claimed(await at_screen("witness"), case)
    admin = await at_screen("admin")
    await admin.see(f"/cases/{case.case_no}")
    assert "由 witness 处理中" in admin.page
    await admin.send(f"/cases/{case.case_no}/release")
    assert await state_of(house, case) == "W_PENDING"


@pytest.mark.parametrize("path", ["/cases/JS-XXXX-XXXX", "/cases/%2e%2e%2fetc", "/cases/1'--"])
async def test_an_unknown_case_is_not_found(at_screen: OpenBrowser, path: str) -> None:
    browser = await at_screen("reviewer")
    assert (await browser.see(path)).status_code == 404


async def test_companies_are_listed_with_their_codes(at_screen: OpenBrowser, house: Parts) -> None:
    browser = await at_screen("admin")
    await browser.see("/brokers")
    for broker in house.brokers.all():
        assert broker.name in browser.page
    answer = await browser.client.get("/brokers/0127/qr.png")
    assert answer.headers["content-type"] == "image/png"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    content = read_qr(np.asarray(picture, np.uint8))
    assert content
    assert qr.verify(content, house.keyring, house.brokers) == "0127"
    assert (await browser.client.get("/brokers/9999/qr.png")).status_code == 404
