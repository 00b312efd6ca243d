"""Witness and review, driven through the pages."""

from __future__ import annotations

import asyncio
import re

import cv2
import numpy as np
import pytest

from console.parts import Parts
from settlement.brokers import qr
from settlement.cases.service import Cases
from settlement.ocr.qr import read_qr
from settlement.ports.sms import LocalSms
from tests.console.conftest import OpenBrowser
from tests.console.deciding import CHECKED, WITNESSED, claimed, state_of, witnessed
from tests.console.submitting import Submitted


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
    sms = house.ports.sms
    assert isinstance(sms, LocalSms)
    async with asyncio.timeout(45):  # …and delivers the results
        while True:
            texts = [one.text for one in await sms.inbox()]
            if any("880127001" in text for text in texts):
                break
            await asyncio.sleep(0.1)


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
