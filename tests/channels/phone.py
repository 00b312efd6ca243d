"""A phone of 390 × 844 in a real Chromium: what the page's tests begin with."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from tests.channels.conftest import Gateway
from tests.support.chromium import DEVICES, FLAGS, chromium

_LISTENING = re.compile("/api/events")


@pytest_asyncio.fixture
async def playwright() -> AsyncIterator[Playwright]:
    chromium()
    async with async_playwright() as running:
        yield running


@asynccontextmanager
async def launched(playwright: Playwright, *flags: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        await browser.close()


@pytest_asyncio.fixture
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    async with launched(playwright, *DEVICES) as running:
        yield running


async def arrive(page: Page, gateway: Gateway) -> None:
    """Open the page and wait for its stream: from then on it knows whether it is connected."""
    async with page.expect_response(_LISTENING):
        await page.goto(gateway.url)


@asynccontextmanager
async def opened(browser: Browser, gateway: Gateway, *, block: str | None = None) -> AsyncIterator[Page]:
    """The page, opened by a newcomer; fails the test when anything went wrong inside it."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    if block:
        await page.route(block, lambda route: route.abort())
        await page.goto(gateway.url)
    else:
        await arrive(page, gateway)
    await expect(page.get_by_text("您好，我是")).to_be_visible()
    yield page
    await context.close()
    assert wrong == []


async def say(page: Page, words: str) -> None:
    """Type words and send them."""
    await page.get_by_label("输入消息").fill(words)
    await page.get_by_label("输入消息").press("Enter")
