"""The page when the network, the server or the phone gives way: nothing lost, nothing twice, order kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from settlement.settings import Settings
from tests.channels.conftest import Gateway, running_gateway
from tests.channels.customer import Customer
from tests.channels.phone import browser, playwright, say
from tests.channels.test_browser import assistant, page
from tests.channels.wire import Answers, Asked, WireRasa, says

__all__ = ["browser", "page", "playwright"]
pytestmark = pytest.mark.browser

WAIT_MS = 30_000
MANY = 30
"""Exchanges: more than one page of history, fewer than the limit on messages of ten seconds."""


@pytest_asyncio.fixture
async def phone(browser: Browser, rasa: WireRasa, redis_now: None) -> AsyncIterator[BrowserContext]:
    """A phone on which several pages may be opened."""
    rasa.answer = assistant
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield context
    await context.close()


async def opened(phone: BrowserContext, gateway: Gateway) -> Page:
    page = await phone.new_page()
    await page.goto(gateway.url)
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


async def test_an_answer_that_was_under_way_arrives_after_a_reload(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    let_go = threading.Event()

    def slow(asked: Asked) -> Answers:
        if asked.message == "等等":
            let_go.wait(20)
        return assistant(asked)

    rasa.answer = slow
    page = await opened(phone, gateway)
    await say(page, "等等")
    await expect(page.locator(".writing")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("等等", exact=True)).to_be_visible()
    await expect(page.locator(".writing")).to_be_visible()
    let_go.set()
    await expect(page.get_by_text("收到 等等")).to_be_visible(timeout=WAIT_MS)
    await expect(page.locator(".writing")).to_have_count(0)
    assert (await bubbles(page))[-2:] == ["等等", "收到 等等"]


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


async def test_two_tabs_show_the_same_and_a_choice_counts_in_both(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    one, other = await opened(phone, gateway), await opened(phone, gateway)
    await say(one, "同意")
    await expect(other.get_by_role("button", name="同意")).to_be_visible()
    await other.get_by_role("button", name="同意").click()
    await expect(one.get_by_text("收到 /agreed")).to_be_visible()
    await expect(one.get_by_role("button", name="同意")).to_have_count(0)
    await say(one, "甲")
    await say(other, "乙")
    for tab in (one, other):
        await expect(tab.get_by_text("收到 甲")).to_be_visible()
        await expect(tab.get_by_text("收到 乙")).to_be_visible()
        await expect(tab.locator(".writing")).to_have_count(0)
    assert await bubbles(one) == await bubbles(other)
    assert len(set(said(rasa))) == len(said(rasa)) == 4


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

    async def late(route) -> None:  # type: ignore[no-untyped-def]
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
    lost = []

    async def lose_the_first(route) -> None:  # type: ignore[no-untyped-def]
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


async def test_what_happened_while_nobody_looked_is_there_on_return(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    customer = await customer_of(phone, gateway)
    await page.close()
    customer.say(text="别处说的")
    page = await opened(phone, gateway)
    assert (await bubbles(page))[-2:] == ["别处说的", "收到 别处说的"]
    customer.http.close()


async def test_older_messages_come_when_asked_for_each_once_and_in_order(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    page = await opened(phone, gateway)
    customer = await customer_of(phone, gateway)
    for number in range(MANY):
        customer.say(text=f"第{number}句")
    await page.reload()
    await expect(page.get_by_text(f"收到 第{MANY - 1}句")).to_be_visible(timeout=WAIT_MS)
    first_seen = (await bubbles(page))[0]
    older = page.get_by_role("button", name="查看更早的消息")
    for _ in range(4):
        if await older.count() == 0:
            break
        before = await page.locator(".message").count()
        await older.click()
        await expect(page.locator(".message").nth(before)).to_be_attached()
    await expect(older).to_have_count(0)
    shown = await bubbles(page)
    expected = [text for number in range(MANY) for text in (f"第{number}句", f"收到 第{number}句")]
    assert shown[1:] == expected
    assert first_seen != shown[0]
    customer.http.close()


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


async def test_where_the_customer_is_stays_in_view_through_a_reload(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    steps = [
        {"name": "part_login", "title": "身份证登录", "state": "done"},
        {"name": "part_photos", "title": "上传照片", "state": "now"},
        {"name": "part_bank", "title": "银期绑定", "state": "later"},
    ]
    rasa.answer = lambda asked: [*says("您好，我是助手"), {"custom": {"progress": steps}}]
    page = await opened(phone, gateway)
    for _ in range(2):
        bar = page.get_by_role("button", name="上传照片")
        await expect(bar).to_contain_text("第 2 步，共 3 步")
        await page.reload()
    await bar.click()
    await expect(page.locator(".Step[aria-current=step]")).to_contain_text("进行中")
    await expect(page.locator(".Step")).to_have_count(3)
