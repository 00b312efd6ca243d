"""The reading window of a document (R-031, R-053)."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from settlement.cases.inputs import Source
from tests.channels.card_samples import choice
from tests.channels.cards_page import AXE, RULES, picture
from tests.channels.conftest import Gateway
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase
from tests.channels.phone import browser, playwright, say
from tests.channels.wire import WireRasa, says

__all__ = ["browser", "playwright"]

pytestmark = pytest.mark.browser

KEPT = """() => Object.entries(sessionStorage)
    .some(([key, value]) => key.startsWith("reading:") && JSON.parse(value).place > 0)"""


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
    await expect(reader.get_by_role("region")).to_be_visible()
    await expect(agree).to_be_disabled()
    await expect(reader.get_by_role("status")).to_contain_text("还需阅读")
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    assert await page.evaluate(RULES) == []
    await picture(page, "reader")
    await reader.get_by_role("region").evaluate("body => body.scrollTo(0, 200)")
    await page.wait_for_function(KEPT)
    await page.keyboard.press("Escape")
    await page.reload()
    # From here on by keyboard alone.
    await page.get_by_role("button", name="阅读", exact=True).press("Enter")
    body = reader.get_by_role("region")
    await expect(body).to_be_focused()
    assert abs(await body.evaluate("body => body.scrollTop") - 200) < 40
    await page.keyboard.press("End")
    await expect(agree).to_be_enabled(timeout=(found["seconds"] + 15) * 1000)
    await page.keyboard.press("Tab")
    await expect(agree).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("收到 " + choice("agree", letter))).to_be_visible()
    await of_case.cases.agree_document(
        of_case.owner,
        of_case.case_no,
        letter,
        found["version"],
        found["sha256"],
        source=Source(channel="widget", conversation=customer.conversation),
    )  # fmt: skip  (raises when the server does not know of the reading)
    await context.close()
