"""A button is the only way to a command: ours, this conversation's, of its latest question, once (R-094)."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.channels.customer import Customer
from tests.channels.wire import Answers, Asked, WireRasa, says


def ask(asked: Asked) -> Answers:
    """A question with one choice; the choice itself is repeated."""
    if asked.message.startswith("/choose"):
        return says(f"chosen {asked.message}")
    return says("同意吗？", buttons={"同意": '/choose{"choice": "yes"}'})


def offered(customer: Customer) -> str:
    [question] = customer.say(text="开始")
    return str(question["buttons"][0]["id"])


def test_a_tap_sends_the_payload_and_shows_the_title(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = ask
    [answer] = customer.say("button", button=offered(customer))
    assert answer["text"] == 'chosen /choose{"choice": "yes"}'
    assert rasa.of(customer.conversation)[-1].metadata["button"] is True
    assert customer.entries()[-3]["text"] == "同意"


def test_a_button_says_what_it_is_for_so_that_a_card_can_place_it(customer: Customer, rasa: WireRasa) -> None:
    buttons = {"同意": '/choose{"choice": "agree", "item": "consent"}', "不放弃": "/deny_abandon"}
    rasa.answer = lambda asked: says("同意吗？", buttons=buttons)
    [question] = customer.say(text="开始")
    assert [(one["choice"], one["item"]) for one in question["buttons"]] == [
        ("agree", "consent"), (None, None),
    ]  # fmt: skip
    customer.say("fields", fields={"choice": "agree", "item": "consent"})
    assert rasa.of(customer.conversation)[-1].message == "/fill"


def test_a_second_tap_finds_the_button_used_up(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = ask
    button = offered(customer)
    customer.say("button", button=button)
    customer.say("button", button=button)
    assert rasa.of(customer.conversation)[-1].message == "/button_expired"


def test_two_quick_taps_count_as_one(customer: Customer, rasa: WireRasa) -> None:
    def slowly(asked: Asked) -> Answers:
        time.sleep(0.2)
        return ask(asked)

    rasa.answer = slowly
    button = offered(customer)
    cids = [customer.post("button", button=button).json()["cid"] for _ in range(2)]
    customer.answer_to(cids[1])
    assert [asked.message for asked in rasa.of(customer.conversation)[-2:]] == [
        '/choose{"choice": "yes"}', "/button_expired",
    ]  # fmt: skip


def test_a_button_of_an_earlier_question_no_longer_counts(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = ask
    button = offered(customer)
    customer.say(text="别的问题")
    customer.say("button", button=button)
    assert rasa.of(customer.conversation)[-1].message == "/button_expired"


def test_a_button_of_another_conversation_does_not_count(
    newcomer: Callable[[], Customer], rasa: WireRasa
) -> None:
    rasa.answer = ask
    mine, other = newcomer(), newcomer()
    mine.enter()
    other.enter()
    mine.say("button", button=offered(other))
    assert rasa.of(mine.conversation)[-1].message == "/button_expired"


def test_a_payload_in_place_of_an_id_does_not_count(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = ask
    offered(customer)
    customer.say("button", button='/choose{"choice": "yes"}')
    assert rasa.of(customer.conversation)[-1].message == "/button_expired"


def test_history_offers_only_buttons_that_still_count(customer: Customer, rasa: WireRasa) -> None:
    rasa.answer = ask
    offered(customer)
    offered(customer)
    shown = [entry["buttons"] for entry in customer.http.get("/api/history").json()["entries"]]
    assert [len(buttons) for buttons in shown if buttons] == [1]
    assert shown[-1]
