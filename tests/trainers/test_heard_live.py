"""What a customer types in vain reaches the trainers' page; what a step takes as its answer never does."""

from __future__ import annotations

import time

import pytest

from tests.conversations.stack import Stack
from tests.support.customer import Customer
from tests.support.staff import Member

GIBBERISH = "那张老的我想请它走"


@pytest.mark.conversation
def test_words_that_nobody_understood_reach_the_trainers_page(stack: Stack) -> None:
    customer = Customer(stack.assistant.address("gateway"))
    customer.arrive()
    customer.say("0127")
    customer.say("要收费吗")
    customer.say(GIBBERISH)
    trainer = Member(stack.assistant.address("console"), stack.users, "trainer")
    end = time.monotonic() + 30
    page = ""
    while GIBBERISH not in page:
        assert time.monotonic() < end, "the sentence did not reach the page"
        time.sleep(0.5)
        page = trainer.http.get("/training").text
    assert ">0127<" not in page
    figures = trainer.http.get("/training/figures").text
    assert "<svg" in figures
