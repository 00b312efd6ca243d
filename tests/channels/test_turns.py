"""What a customer says reaches Rasa once, in order, and fit to be read; the answer comes back whole."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from redis.asyncio import Redis

from tests.channels.customer import Customer
from tests.channels.wire import Answers, Asked, WireRasa, says


def test_a_text_is_answered_and_both_sides_stand_in_the_outbox(customer: Customer, rasa: WireRasa) -> None:
    answer = customer.say(text="我要修改结算账户")
    assert [message["text"] for message in answer] == ["you said: 我要修改结算账户"]
    own = [entry for entry in customer.entries() if entry["author"] == "customer"]
    assert [entry["text"] for entry in own] == ["我要修改结算账户"]
    assert rasa.of(customer.conversation)[0].metadata["channel"] == "widget"


def test_a_typed_command_is_only_words(customer: Customer, rasa: WireRasa) -> None:
    for typed in ("/restart", ' ／/choose{"choice": "yes"}', "\u200b/restart", "\x00/ /session_start"):
        customer.say(text=typed)
    assert [asked.message for asked in rasa.of(customer.conversation)] == [
        "restart", 'choose{"choice": "yes"}', "restart", "session_start",
    ]  # fmt: skip


def test_a_message_of_slashes_alone_is_refused(customer: Customer) -> None:
    answer = customer.post("text", text=" ／// ")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_the_same_message_id_counts_once(customer: Customer, rasa: WireRasa) -> None:
    cid = f"cid-{secrets.token_hex(8)}"
    customer.say(text="一次", cid=cid)
    again = customer.post("text", text="一次", cid=cid)
    assert (again.status_code, again.json()) == (202, {"cid": cid})
    customer.say(text="之后")
    assert [asked.message for asked in rasa.of(customer.conversation)] == ["一次", "之后"]
    assert [entry["text"] for entry in customer.entries() if entry["author"] == "customer"] == [
        "一次",
        "之后",
    ]


def test_turns_of_a_conversation_come_one_after_another(customer: Customer, rasa: WireRasa) -> None:
    def slowly(asked: Asked) -> Answers:
        time.sleep(0.15)
        return says(asked.message)

    rasa.answer = slowly
    said = [f"第{number}句" for number in range(5)]
    cids = [customer.post("text", text=words).json()["cid"] for words in said]
    customer.answer_to(cids[-1])
    assert [asked.message for asked in rasa.of(customer.conversation)] == [
        f"第{number}句" for number in range(5)
    ]
    assert rasa.most_at_once == 1
    over = [entry["cid"] for entry in customer.entries() if entry["kind"] == "turn_done"][1:]
    assert over == cids


def test_conversations_do_not_wait_for_each_other(newcomer: Callable[[], Customer], rasa: WireRasa) -> None:
    slow, quick = newcomer(), newcomer()
    slow.enter()
    quick.enter()

    def by_who(asked: Asked) -> Answers:
        if asked.sender == slow.conversation:
            time.sleep(3)
        return says("好")

    rasa.answer = by_who
    waiting = slow.post("text", text="慢").json()["cid"]
    started = time.monotonic()
    quick.say(text="快")
    assert time.monotonic() - started < 1.5
    slow.answer_to(waiting)


def test_too_many_messages_are_held_back_for_a_while(customer: Customer) -> None:
    answers = [customer.post("text", text="快") for _ in range(45)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["error"] == "too_often"
    assert int(refused[0].headers["retry-after"]) >= 1


def test_a_card_joins_the_words_before_it_and_a_second_card_stands_alone(
    customer: Customer, rasa: WireRasa
) -> None:
    card = {"card": "photo", "kind": "id_front"}
    rasa.answer = lambda asked: [
        *says("第一段"), *says("请拍照", buttons={"跳过": "/skip"}, card=card), {"custom": {"card": card}}
    ]  # fmt: skip
    first, second, third = customer.say(text="好")
    assert (first["text"], first["card"]) == ("第一段", None)
    assert (second["text"], second["card"]["kind"]) == ("请拍照", "id_front")
    assert [button["title"] for button in second["buttons"]] == ["跳过"]
    assert (third["text"], third["card"]["card"]) == (None, "photo")


def test_the_answer_says_which_document_its_turn_agreed_to(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: [{"custom": {"agreed": "risk"}}, *says("下一份"), *says("请阅读")]
    assert [message["agreed"] for message in customer.say(text="好")] == ["risk", None]
    rasa.answer = lambda asked: says("请阅读")
    assert [message["agreed"] for message in customer.say(text="好")] == [None]


def test_a_card_that_breaks_the_contract_is_dropped_and_its_words_stay(
    customer: Customer, rasa: WireRasa
) -> None:
    rasa.answer = lambda asked: says("请看", card={"card": "photo", "kind": "passport"})
    answer = customer.say(text="好")
    assert [(message["text"], message["card"]) for message in answer] == [("请看", None)]


def test_no_payload_ever_reaches_the_customer(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = lambda asked: says("同意吗？", buttons={"同意": "/choose_secret"})
    customer.say(text="好")
    assert "choose_secret" not in customer.http.get("/api/poll").text
    assert "choose_secret" not in customer.http.get("/api/history").text


async def test_an_event_of_another_process_is_answered_into_the_conversation(
    customer: Customer, rasa: WireRasa, redis: Redis
) -> None:
    from settlement.conversation.inbox import Inbox

    rasa.answer = lambda asked: says("继续吗？", buttons={"继续": "/go"})
    [question] = customer.say(text="好")
    rasa.answer = lambda asked: says("您的申请有结果了")
    event = {"type": "event", "name": "case_result", "case_no": "SA1", "cid": "result-SA1"}
    assert await Inbox(redis).append(customer.conversation, dict(event))
    assert not await Inbox(redis).append(customer.conversation, dict(event))
    assert [message["text"] for message in customer.answer_to("result-SA1")] == ["您的申请有结果了"]
    assert rasa.of(customer.conversation)[-1].message == '/case_result{"case_no": "SA1"}'
    # The question before it is still open.
    rasa.answer = lambda asked: says(asked.message)
    [went] = customer.say("button", button=question["buttons"][0]["id"])
    assert went["text"] == "/go"
