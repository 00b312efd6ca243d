"""The pages on what was signed."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from console.parts import Parts
from settlement import clock
from settlement.cases.desk_views import Staff
from settlement.cases.material import SignatureRecord
from settlement.cases.models import Case
from settlement.cases.records import AuditEntry, MaterialRemoval
from settlement.evidence.press import Press
from tests.console.browser import CSRF, Browser
from tests.console.conftest import OpenBrowser
from tests.console.submitting import HOME, Submitted, submit


@pytest.fixture
async def case(house: Parts, url: str) -> Submitted:
    """Signed by a real press."""
    doors = house.ports
    press = Press(doors.objects, doors.authority, doors.timestamper, house.roots)
    return await submit(house, press=press)


async def bring(browser: Browser, name: str, content: bytes) -> str:
    """Upload a file on the page that checks files."""
    await browser.see("/evidence")
    token = CSRF.search(browser.page)
    assert token
    answer = await browser.client.post("/evidence", data={"csrf": token[1]}, files={"file": (name, content)})
    return answer.text


async def actions(house: Parts, case: Submitted) -> list[str]:
    async with house.database.reading() as session:
        found = await session.scalars(select(AuditEntry.action).where(AuditEntry.object == case.case_no))
        return list(found)


async def test_a_reviewer_sees_the_papers_checked_and_takes_the_bundle(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}")
    assert f'href="/cases/{case.case_no}/evidence"' in browser.page
    await browser.see(f"/cases/{case.case_no}/evidence")
    assert "核验通过" in browser.page
    assert browser.page.count("时间戳证明") == 3
    zipped = await browser.send(f"/cases/{case.case_no}/bundle")
    assert zipped.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(BytesIO(zipped.content)).namelist()
    assert {"manifest.json", "papers/1.pdf", "SHA256SUMS"} <= set(names)
    assert "核验通过" in await bring(browser, "case.zip", zipped.content)
    assert {"view_evidence", "view_paper", "make_bundle"} <= set(await actions(house, case))


async def test_a_reviewer_sees_where_the_customer_signed_from_and_the_browsers_name_is_only_text(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}/evidence")
    assert HOME.address in browser.page
    assert "&lt;script&gt;" in browser.page
    assert "<script>" not in browser.page
    assert "view_acts" in await actions(house, case)


async def test_an_administrator_holds_a_case_and_lets_it_go_and_a_reviewer_only_sees_it(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    browser, place = await at_screen("admin"), f"/cases/{case.case_no}/evidence"
    await browser.see(place)
    assert "没有暂缓销毁" in browser.page
    await browser.send(f"/cases/{case.case_no}/hold", reason=" ")
    assert "请写明原因" in browser.page
    await browser.see(place)
    await browser.send(f"/cases/{case.case_no}/hold", reason="<i>诉讼</i>")
    await browser.see(place)
    assert "原因：&lt;i&gt;诉讼&lt;/i&gt;" in browser.page
    reviewer = await at_screen("reviewer")
    await reviewer.see(place)
    assert "诉讼" in reviewer.page
    assert "解除暂缓销毁" not in reviewer.page
    assert (await reviewer.send(f"/cases/{case.case_no}/unhold")).status_code == 403
    await browser.see(place)
    await browser.send(f"/cases/{case.case_no}/unhold")
    await browser.see(place)
    assert "没有暂缓销毁" in browser.page
    assert {"place_hold", "lift_hold"} <= set(await actions(house, case))


async def test_an_administrator_is_told_when_a_hold_comes_too_late_for_a_drafts_material(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    browser, place = await at_screen("admin"), f"/cases/{case.case_no}/evidence"
    await browser.see(place)
    assert "到期销毁，现在暂缓也找不回来" not in browser.page
    async with house.database.session() as session:
        removed = await session.scalar(select(Case.id).where(Case.case_no == case.case_no))
        session.add(MaterialRemoval(case_id=removed, at=clock.now()))
    await browser.see(place)
    assert "到期销毁，现在暂缓也找不回来" in browser.page


async def test_a_brought_paper_is_recognised_and_a_changed_one_is_not(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    browser = await at_screen("reviewer")
    papers = await house.evidence.papers(await reviewer_of(house), case.case_no)
    pdf = (await browser.see(f"/cases/{case.case_no}/papers/{papers[0].id}")).content
    said = await bring(browser, "a.pdf", pdf)
    assert "核验通过" in said
    assert "与入库时一致" in said
    changed = bytearray(pdf)
    changed[5000] ^= 1
    said = await bring(browser, "a.pdf", bytes(changed))
    assert "核验未通过" in said
    assert "库中没有这个文件" in said


async def reviewer_of(house: Parts) -> Staff:
    """The demonstration's reviewer."""
    return next(one for one in await house.staff.all() if one.role == "reviewer")


async def test_a_paper_that_was_changed_in_the_store_is_shown_as_such(
    house: Parts, case: Submitted, at_screen: OpenBrowser
) -> None:
    async with house.database.session() as session:
        record = await session.scalar(select(SignatureRecord))
        assert record is not None
        record.file_sha256 = "0" * 64
    browser = await at_screen("reviewer")
    await browser.see(f"/cases/{case.case_no}/evidence")
    assert "文件的摘要与记录的不一致" in browser.page


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04 nonsense", b"%PDF-1.7 nonsense"])
async def test_other_files_are_told_apart(case: Submitted, at_screen: OpenBrowser, content: bytes) -> None:
    browser = await at_screen("reviewer")
    said = await bring(browser, "<b>x</b>.pdf", content)
    assert "核验通过" not in said
    assert "<b>x</b>" not in said


async def test_witnesses_do_not_take_papers_away(case: Submitted, at_screen: OpenBrowser) -> None:
    browser = await at_screen("witness")
    for path in (f"/cases/{case.case_no}/evidence", f"/cases/{case.case_no}/papers/x"):
        assert (await browser.see(path)).status_code == 403


async def test_large_files_are_for_the_checking_page_alone(case: Submitted, at_screen: OpenBrowser) -> None:
    browser = await at_screen("reviewer")
    large = b"%PDF-1.7" + bytes(300_000)
    assert "核验未通过" in await bring(browser, "large.pdf", large)
    answer = await browser.client.post("/login", content=large)
    assert answer.status_code == 413
