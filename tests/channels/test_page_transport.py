"""The page when the network, the server or the phone gives way: nothing lost, nothing twice, order kept."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import BrowserContext, Route, expect

from settlement.settings import Settings
from tests.channels.conftest import Gateway, running_gateway
from tests.channels.page_again import WAIT_MS, bubbles, opened, phone, said
from tests.channels.phone import browser, playwright, say
from tests.channels.wire import WireRasa

__all__ = ["browser", "phone", "playwright"]
pytestmark = pytest.mark.browser


async def test_what_was_said_without_a_network_arrives_in_order_and_once(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    await phone.set_offline(True)
    await expect(page.get_by_text("网络已断开")).to_be_visible()
    for words in ("第一句", "第二句", "第三句"):
        await say(page, words)
    await expect(page.get_by_text("未发送")).to_have_count(3, timeout=WAIT_MS)
    await phone.set_offline(False)
    await expect(page.get_by_text("收到 第三句")).to_be_visible(timeout=WAIT_MS)
    await expect(page.get_by_text("网络已断开")).to_have_count(0)
    assert said(rasa) == ["第一句", "第二句", "第三句"]
    own = [text for text in await bubbles(page) if text.startswith("第")]
    assert own == ["第一句", "第二句", "第三句"]


async def test_what_failed_while_the_stream_held_is_sent_without_being_asked(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    await page.route("**/api/messages", lambda route: route.abort())
    for words in ("第一句", "第二句"):
        await say(page, words)
    await expect(page.get_by_text("未发送")).to_have_count(2, timeout=WAIT_MS)
    await page.unroute("**/api/messages")
    await expect(page.get_by_text("收到 第二句")).to_be_visible(timeout=WAIT_MS)
    assert said(rasa) == ["第一句", "第二句"]


async def test_words_that_could_not_be_sent_outlive_the_app(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    await phone.set_offline(True)
    await say(page, "还没发出去")
    await expect(page.get_by_text("未发送")).to_be_visible(timeout=WAIT_MS)
    await page.close()  # the app is killed
    await phone.set_offline(False)
    page = await opened(phone, gateway)
    await expect(page.get_by_text("收到 还没发出去")).to_be_visible(timeout=WAIT_MS)
    assert said(rasa) == ["还没发出去"]
    await page.reload()
    await expect(page.get_by_text("收到 还没发出去")).to_be_visible(timeout=WAIT_MS)
    await say(page, "之后")  # what is sent goes in order, so a repetition would have come before
    await expect(page.get_by_text("收到 之后")).to_be_visible(timeout=WAIT_MS)
    assert said(rasa) == ["还没发出去", "之后"]


async def test_a_number_that_could_not_be_sent_is_kept_nowhere(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    await phone.set_offline(True)
    await say(page, "我的卡号是 6217000012345678")
    await expect(page.get_by_text("未发送")).to_be_visible(timeout=WAIT_MS)
    kept = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "6217" not in kept


async def test_a_server_that_is_killed_and_comes_back_is_not_noticed_for_long(
    phone: BrowserContext, chosen: Settings, rasa: WireRasa
) -> None:
    with running_gateway(chosen) as first:
        port = int(first.url.rpartition(":")[2])
        page = await opened(phone, first)
        await say(page, "之前")
        await expect(page.get_by_text("收到 之前")).to_be_visible()
        first.kill()
        await say(page, "之中")
        await expect(page.get_by_text("未发送").or_(page.get_by_text("发送中"))).to_be_visible()
    with running_gateway(chosen, port=port):
        await expect(page.get_by_text("收到 之中")).to_be_visible(timeout=WAIT_MS)
        await expect(page.locator(".banner.none")).to_have_count(1, timeout=WAIT_MS)
        assert (await bubbles(page))[1:] == ["之前", "收到 之前", "之中", "收到 之中"]
        assert said(rasa) == ["之前", "之中"]


async def test_a_slow_network_is_said_to_be_slow_and_nothing_goes_twice(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)

    async def late(route: Route) -> None:
        await asyncio.sleep(7)
        await route.continue_()

    await page.route("**/api/messages", late)
    await say(page, "慢慢来")
    await expect(page.get_by_text("发送中")).to_be_visible()
    await expect(page.get_by_text("网络较慢")).to_be_visible(timeout=WAIT_MS)
    await expect(page.get_by_text("收到 慢慢来")).to_be_visible(timeout=WAIT_MS)
    await expect(page.get_by_text("网络较慢")).to_have_count(0)
    assert said(rasa) == ["慢慢来"]


async def test_a_message_whose_receipt_was_lost_counts_once(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    lost: list[int] = []

    async def lose_the_first(route: Route) -> None:
        if not lost:
            lost.append((await route.fetch()).status)
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/api/messages", lose_the_first)
    await say(page, "收到了吗")
    await expect(page.get_by_text("收到 收到了吗")).to_be_visible(timeout=WAIT_MS)
    await expect(page.get_by_text("未发送")).to_have_count(0)
    await say(page, "之后")  # goes out only when nothing is left to try again
    await expect(page.get_by_text("收到 之后")).to_be_visible(timeout=WAIT_MS)
    assert lost == [202]
    assert said(rasa) == ["收到了吗", "之后"]
    assert (await bubbles(page)).count("收到了吗") == 1


async def test_a_lost_conversation_is_said_to_be_over_and_can_be_opened_anew(
    phone: BrowserContext, gateway: Gateway
) -> None:
    page = await opened(phone, gateway)
    await phone.clear_cookies()
    await say(page, "还在吗")
    await expect(page.locator(".fate.failed")).to_be_visible(timeout=WAIT_MS)
    await page.get_by_role("button", name="重新打开").click()
    await expect(page.get_by_text("您好，我是").last).to_be_visible(timeout=WAIT_MS)
    await say(page, "又来了")
    await expect(page.get_by_text("收到 又来了")).to_be_visible(timeout=WAIT_MS)
