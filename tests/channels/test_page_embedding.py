"""The page inside another site: one script tag, and a frame that only named sites may show."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from settlement.settings import Settings
from tests.channels.conftest import Gateway, running_gateway
from tests.channels.phone import browser, playwright
from tests.channels.test_browser import assistant
from tests.channels.wire import WireRasa

__all__ = ["browser", "playwright"]
pytestmark = pytest.mark.browser

# As strict as a careful site is: no inline style, scripts and frames from the gateway alone.
POLICY = "default-src 'none'; script-src {gateway}; frame-src {gateway}; style-src 'none'"


class Site:
    """A broker's site on another host than the gateway: ``localhost`` and ``127.0.0.1`` are two sites."""

    def __init__(self) -> None:
        self.gateway = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tag = f'<script src="{outer.gateway}/widget/loader.js" data-broker="0127" async></script>'
                body = f"<!doctype html><html lang=en><title>Site</title><h1>Site</h1>{tag}".encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-security-policy", POLICY.format(gateway=outer.gateway))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://localhost:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def embeddable(chosen: Settings, site: Site) -> Iterator[Gateway]:
    """A gateway that lets the site frame the page."""
    with running_gateway(chosen, {"EMBED_ORIGINS": site.url}) as gateway:
        yield gateway


@pytest_asyncio.fixture
async def visitor(browser: Browser, rasa: WireRasa, redis_now: None) -> AsyncIterator[BrowserContext]:
    rasa.answer = assistant
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield context
    await context.close()


async def visited(visitor: BrowserContext, site: Site, gateway: Gateway) -> tuple[Page, list[str]]:
    site.gateway = gateway.url
    page = await visitor.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.goto(site.url)
    return page, complaints


async def test_one_script_tag_opens_the_conversation_on_another_site(
    visitor: BrowserContext, site: Site, embeddable: Gateway, rasa: WireRasa
) -> None:
    page, complaints = await visited(visitor, site, embeddable)
    launcher = page.get_by_role("button", name="修改结算账户")
    await expect(launcher).to_have_attribute("aria-expanded", "false")
    assert await page.locator("iframe").count() == 0  # nothing is loaded before it is wanted
    await launcher.click()
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_text("您好，我是")).to_be_visible(timeout=20_000)
    await frame.get_by_label("输入消息").fill("在框里说的")
    await frame.get_by_label("输入消息").press("Enter")
    await expect(frame.get_by_text("收到 在框里说的")).to_be_visible(timeout=20_000)
    hello = next(asked for asked in rasa.asked if asked.message.startswith("/hello"))
    assert "0127" in hello.message
    await page.reload()
    await page.get_by_role("button", name="修改结算账户").click()
    await expect(frame.get_by_text("收到 在框里说的")).to_be_visible(timeout=20_000)
    assert complaints == []


async def test_the_camera_works_inside_the_frame(
    visitor: BrowserContext, site: Site, embeddable: Gateway
) -> None:
    page, _ = await visited(visitor, site, embeddable)
    await page.get_by_role("button", name="修改结算账户").click()
    await expect(page.frame_locator("iframe").get_by_text("您好，我是")).to_be_visible(timeout=20_000)
    tracks = await page.frames[1].evaluate(
        "navigator.mediaDevices.getUserMedia({video: true, audio: true}).then(s => s.getTracks().length)"
    )
    assert tracks == 2


async def test_the_panel_fills_a_phone_closes_by_key_and_gives_the_focus_back(
    visitor: BrowserContext, site: Site, embeddable: Gateway
) -> None:
    page, _ = await visited(visitor, site, embeddable)
    launcher = page.get_by_role("button", name="修改结算账户")
    await launcher.press("Enter")
    panel = page.get_by_role("dialog")
    box = await panel.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    await page.get_by_role("button", name="收起").press("Escape")
    await expect(panel).to_be_hidden()
    await expect(launcher).to_be_focused()
    await page.set_viewport_size({"width": 1280, "height": 800})
    await launcher.click()
    box = await panel.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (400, 720)
    await page.get_by_role("button", name="收起").click()
    await expect(panel).to_be_hidden()


async def test_a_site_that_is_not_named_gets_no_frame(
    visitor: BrowserContext, site: Site, gateway: Gateway
) -> None:
    site.gateway = gateway.url
    page = await visitor.new_page()
    await page.goto(site.url)
    # The loader itself may not be read from another site either, so a frame is put there by hand.
    await expect(page.get_by_role("button")).to_have_count(0)
    await page.evaluate(
        """src => new Promise(onload => {
            document.body.append(Object.assign(document.createElement("iframe"), {src, onload}));
        })""",
        gateway.url,
    )
    inside = [await frame.content() for frame in page.frames if frame.parent_frame]
    assert not any("您好" in content for content in inside)
