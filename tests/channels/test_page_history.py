"""What was said is there after a reload, in another tab and on return: each once, in order."""

from __future__ import annotations

import threading

import pytest
from playwright.async_api import BrowserContext, expect

from tests.channels.conftest import Gateway
from tests.channels.page_again import WAIT_MS, bubbles, customer_of, opened, phone, said
from tests.channels.phone import browser, playwright, say
from tests.channels.test_browser import assistant
from tests.channels.wire import Answers, Asked, WireRasa, says

__all__ = ["browser", "phone", "playwright"]
pytestmark = pytest.mark.browser

MANY = 30
"""Exchanges: more than one page of history, fewer than the limit on messages of ten seconds."""
SLOWLY = """box => {
    let last = 0;
    box.scrollTo = ({ top }) => {
        const [round, from, begun] = [++last, box.scrollTop, performance.now()];
        const step = now => {
            if (round !== last) return;
            const part = Math.min(1, Math.max(0, now - begun) / 1500); // a frame may have begun before
            box.scrollTop = from + (top - from) * part;
            if (part < 1) requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
    };
}"""
"""Firefox takes its time for a smooth scroll; Chromium does not."""


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


async def test_an_answer_that_comes_while_the_page_still_scrolls_is_shown(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    tall = {words: says("\n".join([f"很{words}"] * lines)) for words, lines in (("长", 60), ("中", 12))}
    rasa.answer = lambda asked: tall.get(asked.message) or assistant(asked)
    page = await opened(phone, gateway)
    await say(page, "长")
    await expect(page.get_by_text("很长")).to_be_visible()  # from its beginning: the end is far below
    await page.locator(".PullToRefresh").evaluate(SLOWLY)
    await say(page, "中")
    await expect(page.get_by_text("很中")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="回到最新消息")).to_have_count(0)


async def test_only_the_list_of_messages_scrolls_never_the_page(
    phone: BrowserContext, gateway: Gateway, rasa: WireRasa
) -> None:
    rasa.answer = lambda asked: says("\n".join(["很长"] * 60)) if asked.message == "长" else assistant(asked)
    page = await opened(phone, gateway)
    for words in ("长", "短"):
        await say(page, words)
    await expect(page.get_by_text("收到 短")).to_be_visible()
    assert await page.evaluate("document.body.scrollHeight") == 844
