"""What was said arrives in order, once, over a stream that resumes or by polling."""

from __future__ import annotations

import threading
import time

from tests.channels.customer import Customer
from tests.channels.wire import WireRasa, repeat


def test_a_stream_resumes_after_the_last_entry_that_arrived(customer: Customer, rasa: WireRasa) -> None:
    customer.say(text="一")
    customer.say(text="二")
    everything = customer.entries()
    first_two = customer.take(2)
    rest = customer.take(len(everything) - 2, first_two[-1]["id"])
    assert [*first_two, *rest] == everything


def test_a_stream_brings_what_is_said_while_it_is_open(customer: Customer, rasa: WireRasa) -> None:
    last = customer.entries()[-1]["id"]
    heard: list[dict[str, object]] = []
    listener = threading.Thread(target=lambda: heard.extend(customer.take(3, last)))
    listener.start()
    time.sleep(0.3)
    started = time.monotonic()
    customer.post("text", text="现在")
    listener.join(5)
    assert time.monotonic() - started < 2
    assert [(entry["kind"], entry["author"]) for entry in heard] == [
        ("message", "customer"), ("message", "assistant"), ("turn_done", "assistant"),
    ]  # fmt: skip


def test_a_poll_waits_for_an_entry_and_no_longer_than_asked(customer: Customer, rasa: WireRasa) -> None:
    last = customer.entries()[-1]["id"]
    started = time.monotonic()
    empty = customer.http.get("/api/poll", params={"after": last, "wait": 1}).json()
    assert empty == {"entries": [], "last": last}
    assert 0.9 < time.monotonic() - started < 3
    later = threading.Timer(0.3, lambda: customer.post("text", text="来了"))
    later.start()
    arrived = customer.http.get("/api/poll", params={"after": last, "wait": 10}).json()
    later.join()
    assert arrived["entries"][0]["text"] == "来了"


def test_a_forged_position_begins_at_the_beginning(customer: Customer) -> None:
    everything = customer.entries()
    for forged in ("$", "abc", "0-0 XADD", "99999999999999999999999"):
        assert customer.http.get("/api/poll", params={"after": forged}).json()["entries"] == everything


def test_history_holds_the_last_messages_and_where_to_go_on(customer: Customer, rasa: WireRasa) -> None:
    for number in range(4):
        customer.say(text=f"第{number}句")
    answer = customer.http.get("/api/history", params={"limit": 3}).json()
    assert [entry["text"] for entry in answer["entries"]] == [
        "you said: 第2句", "第3句", "you said: 第3句",
    ]  # fmt: skip
    assert answer["last"] == customer.entries()[-1]["id"]


def test_one_conversation_cannot_open_streams_without_end(customer: Customer) -> None:
    streams = [customer.http.stream("GET", "/api/events") for _ in range(8)]
    try:
        answers = [stream.__enter__().status_code for stream in streams]
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)
    assert answers.count(200) == 6
    assert answers.count(429) == 2


def test_a_closed_stream_makes_room_at_once(customer: Customer) -> None:
    for _ in range(20):  # as somebody who reloads the page again and again
        with customer.http.stream("GET", "/api/events") as stream:
            assert stream.status_code == 200
        time.sleep(0.05)


def test_history_pages_back_to_the_beginning_each_message_once(customer: Customer, rasa: WireRasa) -> None:
    for number in range(7):
        customer.say(text=f"第{number}句")
    everything = [entry["id"] for entry in customer.entries() if entry["kind"] == "message"]
    pages: list[list[str]] = []
    before: str | None = None
    while True:
        answer = customer.http.get(
            "/api/history", params={"limit": 4, **({"before": before} if before else {})}
        )
        past = answer.json()
        pages.insert(0, [entry["id"] for entry in past["entries"]])
        before = past["before"]
        if before is None:
            break
    assert [identity for page in pages for identity in page] == everything
    assert len(pages) > 2
    nothing = customer.http.get("/api/history", params={"before": "0-0"}).json()
    assert (nothing["entries"], nothing["before"]) == ([], None)


def test_a_turn_says_where_the_customer_is_and_history_remembers(customer: Customer, rasa: WireRasa) -> None:
    steps = [{"name": "part_login", "title": "身份证登录", "state": "now"}]
    rasa.answer = lambda asked: [*repeat(asked), {"custom": {"progress": steps}}]
    customer.say(text="开始")
    assert customer.entries()[-1]["progress"] == steps
    rasa.answer = repeat
    customer.say(text="顺便问问")
    assert customer.entries()[-1]["progress"] is None
    assert customer.http.get("/api/history").json()["progress"] == steps


def test_a_step_that_cannot_be_read_is_left_out_and_harms_nothing(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: [*repeat(asked), {"custom": {"progress": [{"state": "perhaps"}]}}]
    assert [entry["text"] for entry in customer.say(text="开始")] == ["you said: 开始"]
    assert customer.entries()[-1]["progress"] is None
