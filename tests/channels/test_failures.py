"""Rasa fails, a gateway is killed, two run at once: no message is lost, none is answered twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial

import yaml

from settlement.settings import ROOT, Settings
from tests.channels.conftest import Gateway, running_gateway
from tests.channels.customer import Customer
from tests.channels.wire import Answers, Asked, WireRasa, repeat, says

APOLOGY = "error_unavailable"


def apology() -> str:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    return str(domain["responses"][APOLOGY][0]["text"])


def test_a_broken_connection_is_tried_once_more(customer: Customer, rasa: WireRasa) -> None:
    tries: list[str] = []

    def dies_once(asked: Asked) -> Answers | None:
        tries.append(asked.message)
        return says("好了") if len(tries) > 1 else None

    rasa.answer = dies_once
    assert [message["text"] for message in customer.say(text="在吗")] == ["好了"]
    assert tries == ["在吗", "在吗"]


def instead(failing: Answers | int, asked: Asked) -> Answers | int:
    return failing


def test_when_rasa_fails_the_customer_reads_an_apology_and_keeps_the_choices(
    customer: Customer, rasa: WireRasa
) -> None:
    rasa.answer = lambda asked: says("同意吗？", buttons={"同意": "/yes"})
    [question] = customer.say(text="好")
    failures: list[Answers | int] = [500, []]
    for failing in failures:
        rasa.answer = partial(instead, failing)
        [answer] = customer.say("button", button=question["buttons"][0]["id"])
        assert answer["text"] == apology()
        assert [button["title"] for button in answer["buttons"]] == ["同意"]
        question = answer
    rasa.answer = repeat
    [answer] = customer.say("button", button=question["buttons"][0]["id"])
    assert answer["text"] == "you said: /yes"


def test_a_killed_gateway_leaves_its_turn_to_the_next_one(chosen: Settings, rasa: WireRasa) -> None:
    asked_first, may_answer = threading.Event(), threading.Event()

    def hangs(asked: Asked) -> Answers:
        if asked.message == "重要的话" and not asked_first.is_set():
            asked_first.set()
            may_answer.wait(30)
        return repeat(asked)

    rasa.answer = hangs
    with running_gateway(chosen) as first:
        customer = Customer(first.url)
        customer.enter()
        cid = customer.post("text", text="重要的话").json()["cid"]
        assert asked_first.wait(10)
        second = customer.post("text", text="下一句").json()["cid"]
        first.kill()
    may_answer.set()
    with running_gateway(chosen) as gateway:
        customer = customer.at(gateway.url)
        deadline = time.monotonic() + 40  # the dead process's lock has to run out first
        while time.monotonic() < deadline and not over(customer, second):
            time.sleep(0.5)
        assert [message["text"] for message in customer.answer_to(cid)] == ["you said: 重要的话"]
        assert [message["text"] for message in customer.answer_to(second)] == ["you said: 下一句"]
        counts = Counter(entry["cid"] for entry in customer.entries() if entry["kind"] == "turn_done")
        assert counts[cid] == counts[second] == 1


def over(customer: Customer, cid: str) -> bool:
    return any(entry["kind"] == "turn_done" and entry["cid"] == cid for entry in customer.entries())


def test_two_gateways_share_a_conversation_without_answering_twice(
    chosen: Settings, gateway: Gateway, customer: Customer, rasa: WireRasa
) -> None:
    def slowly(asked: Asked) -> Answers:
        time.sleep(0.1)
        return repeat(asked)

    rasa.answer = slowly
    with running_gateway(chosen) as other:
        there = customer.at(other.url)
        cids = []
        for number in range(6):
            here = (customer, there)[number % 2]
            cids.append(here.post("text", text=f"第{number}句").json()["cid"])
        for cid in cids:
            assert len(there.answer_to(cid)) == 1
        assert rasa.most_at_once == 1
        assert [asked.message for asked in rasa.of(customer.conversation)] == [f"第{n}句" for n in range(6)]
        # A stream at one process hears of what the other answered.
        last = there.entries()[-1]["id"]
        heard: list[dict[str, object]] = []
        listener = threading.Thread(target=lambda: heard.extend(there.take(2, last)))
        listener.start()
        time.sleep(0.5)
        customer.post("text", text="听得到吗")
        listener.join(5)
        assert [entry["text"] for entry in heard] == ["听得到吗", "you said: 听得到吗"]


def test_a_gateway_that_is_told_to_stop_lets_its_streams_go(chosen: Settings, rasa: WireRasa) -> None:
    with running_gateway(chosen) as stopping:
        customer = Customer(stopping.url)
        customer.enter()
        seen = len(customer.entries())
        heard: list[dict[str, object]] = []
        listener = threading.Thread(target=lambda: heard.extend(customer.stream()))
        listener.start()
        while len(heard) < seen:
            time.sleep(0.05)
        stopping.process.terminate()
        listener.join(5)
        assert not listener.is_alive()
        assert stopping.process.wait(10) == 0
