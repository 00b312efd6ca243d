"""Draws the guide's pictures: ``python -m tests.trainers.pictures [REPORT.html]``.

Needs ``chromium`` on the machine. What is shown is invented; the pages, the database and Redis are real.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import ViewportSize, async_playwright
from sanic import Sanic

from console.app import create_app
from console.demonstration import ensure_staff
from console.parts import Parts
from console.training import trial
from deploy.environments import ROOT
from settlement import clock
from settlement.database import upgrade
from settlement.heard.stream import Hearing, Note
from settlement.settings import Settings
from tests.support.chromium import FLAGS, chromium
from tests.support.redis import running_redis

PICTURES = ROOT / "docs/trainers/pictures"
SIZE: ViewportSize = {"width": 1180, "height": 760}
DAYS = 12
COUNT = itertools.count()
GUIDED = "要跟旧卡一拍两散"  # the guide's own example
VAIN = (
    *(("给我整个新卡绑上去", "bank_card", "affirm"), ("那啥钱咋转不过去嘞", "card_confirmed", "affirm")),
    *(("搁哪儿签字啊", "agreements", "affirm"), (GUIDED, "broker", "greet")),
)
POLITE = {"affirm": "好的", "greet": "你好"}
DOUBTFUL = (("周末能不能出金", "faq/transfer_hours", 0.44), ("卡磁条坏了还能换不", "faq/lost_card", 0.51))
UNDERSTOOD = (
    *(("要收费吗", "faq/fee"), ("多久能办好", "faq/processing_time")),
    *(
        ("支持哪些银行", "faq/supported_banks"),
        ("信用卡行不行", "faq/credit_card"),
        ("怎么找人工", "faq/human"),
    ),
)


async def main(report: Path | None) -> None:
    """Make every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, running_redis() as redis_url:
        settings = Settings(environment="local", state_dir=Path(folder), redis_url=redis_url)
        await upgrade(settings.database_url)
        house = Parts.build(settings)
        made = await ensure_staff(settings, house.staff) or ""
        password = next(line.split()[1] for line in made.splitlines() if line.startswith("trainer"))
        await fill(house)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        Sanic.test_mode = True
        server = await create_app(house, name="pictures").create_server(
            "127.0.0.1", port, return_asyncio_server=True
        )
        assert server is not None
        await server.startup()
        await server.before_start()
        await server.after_start()
        await draw(f"http://127.0.0.1:{port}", password, report)
        await server.before_stop()
        await server.close()


async def fill(house: Parts) -> None:
    """Two weeks of invented conversations, and a trial that has ended."""
    chance = random.Random(7)
    hearing = Hearing(house.redis, house.keyring)
    order = [
        *("broker", "business", "id_number", "sms_code", "id_front", "bank_card", "agreements", "submitted")
    ]
    for number in range(160):
        at = clock.now() - timedelta(days=DAYS * (1 - number / 160), minutes=30)
        depth = chance.choices(range(1, 9), weights=[6, 5, 12, 4, 9, 8, 4, 40])[0]
        for step in order[:depth]:
            await say(hearing, number, at, asked=step, kind="button", said=[f"ask_{step}"])
        if depth == len(order):
            await say(hearing, number, at, kind="button", said=["tell_submitted"])
        asked, answer = chance.choice(UNDERSTOOD)
        sure = min(0.99, 0.7 + number / 800 + chance.random() * 0.15)
        await say(hearing, number, at, text=asked, intent="faq", answer=answer, confidence=sure,
                  answer_confidence=sure, step=order[depth - 1])  # fmt: skip
        if chance.random() > 0.82 + number / 1200:
            await say(hearing, number, at, text="嗯那个", intent="nlu_fallback", confidence=0.4,
                      outcome="fallback", step=order[depth - 1])  # fmt: skip
    for number, (text, step, polite) in enumerate(VAIN):
        at = clock.now() - timedelta(hours=(len(VAIN) - number) / 2)
        where: dict[str, Any] = {"step": step, "outcome": "fallback"}
        where |= {"intent": "nlu_fallback", "confidence": 0.4, "second": "faq"}
        asking: dict[str, Any] = {"step": step, "asked": step, "said": [f"ask_{step}"]}
        await say(hearing, 500 + number, at, kind="button", **asking)
        await say(hearing, 500 + number, at, text=POLITE[polite], intent=polite, confidence=0.93, **asking)
        await say(hearing, 500 + number, at, text=text, said=["tell_not_understood", f"ask_{step}"], **where)
    for number, (text, answer, sure) in enumerate(DOUBTFUL):
        await say(hearing, 600 + number, clock.now() - timedelta(hours=3), text=text, intent="faq",
                  answer=answer, confidence=sure, answer_confidence=0.9)  # fmt: skip
    while await house.collector.run_once():
        pass
    [trainer] = [one for one in await house.staff.all() if one.name == "trainer"]
    for one in await house.review.worth_a_look():
        if one.turn.text == "嗯那个":
            await house.review.looked_at(one.turn.id)
    await house.review.wish(trainer.id, GUIDED, "faq/unbind_old")
    await house.review.wish(
        trainer.id,
        "周末能不能出金",
        "faq/weekend_transfer",
        answer="请在 {transfer_hours} 办理。",
    )
    result = {
        "seconds": 21.3, "unseen": 733, "right_before": 712, "right_after": 713,
        "mended": [{"sentence": "结束了的那笔可以重新编辑吗", "expected": "faq/completed_locked",
                    "before": "resubmit", "after": "faq/completed_locked"}],
        "worse": [],
        "wished": [
            {"sentence": GUIDED, "target": "faq/unbind_old", "before": "nlu_fallback",
             "after": "faq/unbind_old", "right": True},
            {"sentence": "周末能不能出金", "target": "faq/weekend_transfer", "before": "faq/transfer_hours",
             "after": "faq/weekend_transfer", "right": True},
        ],
        "recent": [],
    }  # fmt: skip
    wishes = [wish.id for wish in await house.review.wishes()]
    await house.redis.set(trial.KEY, json.dumps({"result": result, "wishes": wishes}, ensure_ascii=False))


async def say(hearing: Hearing, conversation: int, at: Any, **facts: Any) -> None:
    """One turn of an invented conversation."""
    number = next(COUNT)
    facts = {"kind": "text", "broker": "0127", "at": at + timedelta(seconds=number % 60), **facts}
    await hearing.note(Note(conversation=str(conversation), message=str(number), **facts))


async def draw(address: str, password: str, report: Path | None) -> None:
    """Log in and take the pictures."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport=SIZE, locale="zh-CN")
        await page.goto(f"{address}/login")
        await page.fill("[name=name]", "trainer")
        await page.fill("[name=password]", password)
        await page.click("button[type=submit]")
        await page.wait_for_url(f"{address}/training")
        await page.screenshot(path=PICTURES / "review.png")
        await page.click(f"text={GUIDED}")
        await page.wait_for_selector("#decide")
        await page.select_option("#target", "faq/unbind_old")
        await page.evaluate("window.scrollTo(0, 0)")
        await page.screenshot(path=PICTURES / "conversation.png")
        await page.goto(f"{address}/training/changes")
        await page.screenshot(path=PICTURES / "changes.png", full_page=True)
        await page.goto(f"{address}/training/figures")
        await page.screenshot(path=PICTURES / "figures.png", full_page=True)
        if report:
            await page.goto(report.resolve().as_uri())
            await page.screenshot(path=PICTURES / "report.png")
        await browser.close()
    for picture in PICTURES.glob("*.png"):
        with Image.open(picture) as drawn:
            drawn.convert("RGB").quantize(96).save(picture, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else None))
