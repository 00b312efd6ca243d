"""Shows one card after the other in a real Chromium, with a played assistant behind the real gateway."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from settlement.settings import ROOT
from tests.channels.card_samples import SAMPLES, Sample
from tests.channels.conftest import Gateway
from tests.channels.phone import opened, say
from tests.channels.wire import Answers, Asked, WireRasa, says

PHOTOS = ROOT / "tests" / "fixtures" / "photos"
AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RULES = """async () => {
    const found = await axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return found.violations.map(one => `${one.id}: ${one.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`);
}"""


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
async def page(browser: Browser, gateway: Gateway, rasa: WireRasa, redis_now: None) -> AsyncIterator[Page]:
    rasa.answer = assistant
    async with opened(browser, gateway) as ready:
        # Chromium takes a moment until it hands choosers over: asked for at the tap, one may be missed.
        ready.on("filechooser", lambda _: None)
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
