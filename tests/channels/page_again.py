"""A phone on which the page is opened more than once, and what stands in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.channels.conftest import Gateway
from tests.channels.customer import Customer
from tests.channels.phone import arrive
from tests.channels.test_browser import assistant
from tests.channels.wire import WireRasa

WAIT_MS = 30_000


@pytest_asyncio.fixture
async def phone(browser: Browser, rasa: WireRasa, redis_now: None) -> AsyncIterator[BrowserContext]:
    """A phone on which several pages may be opened."""
    rasa.answer = assistant
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield context
    await context.close()


async def opened(phone: BrowserContext, gateway: Gateway) -> Page:
    page = await phone.new_page()
    await arrive(page, gateway)
    await expect(page.get_by_text("您好，我是")).to_be_visible(timeout=WAIT_MS)
    return page


async def bubbles(page: Page) -> list[str]:
    """What stands in the conversation, from top to bottom."""
    return [text.strip() for text in await page.locator(".message .Bubble:not(.typing)").all_inner_texts()]


def said(rasa: WireRasa) -> list[str]:
    return [asked.message for asked in rasa.asked if asked.message != "/hello"]


async def customer_of(phone: BrowserContext, gateway: Gateway) -> Customer:
    """The same browser, by hand."""
    agent = await phone.pages[0].evaluate("navigator.userAgent")
    found = Customer(gateway.url, headers={"X-Requested-With": "settlement-account", "User-Agent": agent})
    for cookie in await phone.cookies():
        found.http.cookies.set(cookie["name"], cookie["value"])
    return found
