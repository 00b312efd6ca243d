"""What the tests of cases at the console do again and again: claim, witness, look at the record."""

from __future__ import annotations

from sqlalchemy import select

from console.parts import Parts
from settlement.cases.records import AuditEntry
from settlement.cases.service import Cases
from tests.console.browser import Browser
from tests.console.conftest import OpenBrowser
from tests.console.submitting import Submitted

WITNESSED = ["recording", "person", "id_card", "intent"]
CHECKED = ["identity", "signature", "cards", "documents"]


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
