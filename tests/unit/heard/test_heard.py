"""What is noted of a turn, how notes become rows, and which rows are worth a trainer's look."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import text as sql

from settlement import clock
from settlement.database import Database
from settlement.errors import CustomerError
from settlement.heard import figures
from settlement.heard.collector import KEPT, Collector
from settlement.heard.review import Review, TurnView, worth
from settlement.heard.stream import STREAM, Hearing, Note, bare, meaning_of
from settlement.security.keys import Keyring
from tests.conftest import Time


@pytest.fixture
def hearing(redis: Redis, keyring: Keyring) -> Hearing:
    return Hearing(redis, keyring)


@pytest.fixture
def collector(redis: Redis, database: Database) -> Collector:
    return Collector(redis, database)


def note(message: str = "m1", **more: Any) -> Note:
    facts = {"conversation": "c1", "at": clock.now(), "kind": "text", "text": "要收费吗", **more}
    return Note(message=message, **facts)


@pytest.mark.parametrize(
    ("typed", "step", "kept"),
    [
        ("要收费吗", "bank_card", "要收费吗"),
        ("卡号是⟦card_number:k3jd72ma5x2q⟧", "bank_card", "卡号是〔card_number〕"),
        ("我叫王小明，要换卡", "business", "我叫某某，要换卡"),
        ("姓名应该是欧阳建国", "case_no", "姓名应该是某某"),
        ("住址改成上海路1号", "identity", ""),
        ("长" * 400, "business", "长" * 300),
    ],
)
def test_what_is_kept_of_a_sentence_names_nobody(typed: str, step: str, kept: str) -> None:
    assert bare(typed, step) == kept


async def test_a_conversation_goes_by_a_pseudonym(hearing: Hearing, redis: Redis) -> None:
    await hearing.note(note(conversation="the-real-id"))
    [(_, fields)] = await redis.xrange(STREAM) or []
    assert fields is not None
    stored = json.loads(fields[b"note"])
    assert "the-real-id" not in str(stored)
    assert stored["conversation"] == hearing.pseudonym("the-real-id")
    assert hearing.pseudonym("another") != hearing.pseudonym("the-real-id")


async def test_a_turn_goes_on_when_its_note_cannot_be_written(keyring: Keyring) -> None:
    gone = Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2)
    await Hearing(gone, keyring).note(note())
    await gone.aclose()


async def test_the_notes_of_one_turn_become_one_row(
    hearing: Hearing, collector: Collector, database: Database, redis: Redis
) -> None:
    await hearing.note(note(intent="faq", answer="faq/fee", confidence=0.9, answer_confidence=0.8))
    await hearing.note(note(said=["ask_bank_card"], asked="bank_card", text="要收费吗"))
    assert await collector.run_once() == 2
    assert await redis.xlen(STREAM) == 0
    [turn] = await Review(database).turns()
    assert (turn.text, turn.meaning, turn.asked, turn.said) == (
        "要收费吗",
        "faq/fee",
        "bank_card",
        ["ask_bank_card"],
    )
    assert turn.sure == 0.8


async def test_words_that_a_step_took_are_not_kept(
    hearing: Hearing, collector: Collector, database: Database
) -> None:
    await hearing.note(note(text="上海徐汇支行"))
    await hearing.note(note(text="", outcome="answered"))
    await collector.run_once()
    [turn] = await Review(database).turns()
    assert (turn.text, turn.outcome) == ("", "answered")


async def test_words_are_sealed_in_the_database(
    hearing: Hearing, collector: Collector, database: Database
) -> None:
    await hearing.note(note())
    await collector.run_once()
    async with database.reading() as session:
        stored = (await session.execute(sql("SELECT text FROM heard_turns"))).scalar_one()
    assert "收费".encode() not in bytes(stored)


async def test_a_broken_note_does_not_stop_the_others(
    hearing: Hearing, collector: Collector, database: Database, redis: Redis
) -> None:
    await redis.xadd(STREAM, {"note": "{"})
    await hearing.note(note())
    assert await collector.run_once() == 2
    assert len(await Review(database).turns()) == 1


async def test_turns_are_forgotten_after_ninety_days(
    hearing: Hearing, collector: Collector, database: Database, time: Time
) -> None:
    await hearing.note(note())
    await collector.run_once()
    assert await collector.forget_old() == 0
    time.pass_by(days=KEPT.days + 1)
    assert await collector.forget_old() == 1


def turn(message: str, minutes: int = 0, **more: Any) -> TurnView:
    facts: dict[str, Any] = {
        "id": message, "conversation": "c", "at": clock.now() + timedelta(minutes=minutes), "broker": "0127",
        "step": "", "asked": "", "kind": "text", "text": message, "intent": "greet", "confidence": 0.9,
        "second": "", "second_confidence": 0.0, "answer": "", "answer_confidence": 0.0, "said": [],
        "outcome": "", "reviewed_at": None,
    }  # fmt: skip
    return TurnView(**{**facts, **more})


def reasons(*turns: TurnView) -> dict[str, str]:
    return {one.turn.id: one.reason for one in worth(list(turns))}


def test_a_sentence_that_fell_back_is_worth_a_look() -> None:
    assert reasons(turn("a", outcome="fallback"), turn("b", outcome="offered"), turn("c")) == {
        "a": "fallback",
        "b": "fallback",
    }


def test_a_doubtful_meaning_is_worth_a_look_and_so_is_a_doubtful_answer() -> None:
    found = reasons(turn("a", confidence=0.4), turn("b", answer="faq/fee", answer_confidence=0.3))
    assert found == {"a": "low", "b": "low"}


def test_what_came_before_an_abandon_or_a_person_is_worth_a_look() -> None:
    found = reasons(
        turn("a", 0), turn("b", 1), turn("c", 2), turn("d", 3),
        turn("x", 4, kind="button", text="", outcome="abandoned"),
    )  # fmt: skip
    assert found == {"b": "before_abandon", "c": "before_abandon", "d": "before_abandon"}
    person = turn("p", 1, answer="faq/human_service", answer_confidence=0.9)
    assert reasons(turn("a", 0), person) == {"a": "before_person"}


def test_words_of_another_conversation_did_not_lead_to_an_abandon() -> None:
    assert reasons(turn("a", conversation="other"), turn("x", 1, outcome="abandoned")) == {}


def test_what_was_looked_at_is_not_shown_again() -> None:
    assert reasons(turn("a", outcome="fallback", reviewed_at=clock.now())) == {}


async def test_a_wish_waits_until_it_is_saved_and_counts_once(
    hearing: Hearing, collector: Collector, database: Database
) -> None:
    from settlement.cases.staff import StaffUsers

    staff = await StaffUsers(database, hearing._keyring).add("t", "trainer", "a long password")
    await hearing.note(note(outcome="fallback"))
    await collector.run_once()
    review = Review(database)
    [found] = await review.worth_a_look()
    await review.wish(staff.id, "要收费吗", "faq/fee", heard_id=found.turn.id)
    assert await review.worth_a_look() == []
    with pytest.raises(CustomerError, match="change_twice"):
        await review.wish(staff.id, "要收费吗", "faq/fee")
    [wish] = await review.wishes()
    await review.drop(wish.id)
    assert len(await review.worth_a_look()) == 1
    await review.wish(staff.id, "要收费吗", "faq/fee")
    [wish] = await review.wishes()
    await review.saved([wish.id], "training/1")
    assert await review.wishes() == []
    assert [one.branch for one in await review.wishes("saved")] == ["training/1"]


def test_the_funnel_counts_who_came_how_far_and_where_they_stopped() -> None:
    order = ["broker", "business", "id_number"]
    turns = [
        turn("1", -90, conversation="a", asked="broker"), turn("2", -80, conversation="a", asked="business"),
        turn("3", -90, conversation="b", asked="broker"), turn("4", 0, conversation="c", asked="id_number"),
        turn("5", -70, conversation="d", asked="id_number", said=["tell_submitted"]),
    ]  # fmt: skip
    found = figures.steps(turns, order, clock.now())
    assert [one.reached for one in found] == [4, 3, 2]
    assert [one.stopped for one in found] == [1, 1, 0]


def test_days_tell_confidence_and_fallback_of_typed_words_alone() -> None:
    turns = [
        turn("1", confidence=1.0), turn("2", confidence=0.5, outcome="fallback"),
        turn("3", kind="button"), turn("4", outcome="answered"),
    ]  # fmt: skip
    [day] = figures.days(turns)
    assert (day.sentences, day.confidence, day.fallback) == (2, 0.75, 0.5)
    assert figures.questions([turn("1", answer="faq/fee"), turn("2", answer="faq/fee")]) == [("faq/fee", 2)]


def test_the_meaning_comes_from_rasas_message() -> None:
    message = {
        "intent": {"name": "faq", "confidence": 0.8},
        "intent_ranking": [{"name": "faq", "confidence": 0.8}, {"name": "greet", "confidence": 0.1}],
        "response_selector": {
            "all_retrieval_intents": ["faq"],
            "faq": {"response": {"intent_response_key": "faq/fee", "confidence": 0.7}},
        },
    }
    found = meaning_of(message)
    assert (found["intent"], found["second"], found["answer"]) == ("faq", "greet", "faq/fee")
    assert meaning_of({}) == {
        **dict.fromkeys(found, ""),
        **dict.fromkeys(("confidence", "second_confidence", "answer_confidence"), 0.0),
    }
