"""The training data keeps its promises; checked on the files alone, without Rasa."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
HELD_OUT = sorted((ROOT / "tests" / "nlu").glob("*.yml"))
FAQ_COUNT = 90
LEAST_EXAMPLES = 12
# Variables an answer may hold; each is a slot that is filled from the futures company's configuration.
VARIABLES = {
    *("account_types", "agreement_list", "broker_name", "complaint_hotline", "complaint_sla"),
    *("default_account_type", "draft_retention", "effective_time", "fee_policy", "hotline", "human_hours"),
    *("max_cards", "max_photo_mb", "off_hours_policy", "processing_time", "service_hours"),
    *("supported_banks", "transfer_hours", "yinqi_sign_hours"),
}
# Published specimens and placeholders; any other long number in an example may be somebody's.
SPECIMENS = {
    *("440524188001010014", "11010519491231002X", "11010519491231002", "110105491231002"),
    *("6222020000000000000", "482913", "915204", "335577", "123456", "000000"),
}
ANNOTATION = re.compile(r"\[([^\]]+)\]\([a-z_]+\)")
TOKEN = re.compile(r"⟦[a-z_]+:[a-z2-7]{12}(?::full)?⟧")
LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){4,}[Xx]?")


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _files() -> list[Path]:
    return sorted([*(ROOT / "data" / "nlu").glob("*.yml"), *(ROOT / "data" / "faq").glob("*.yml")])


def _examples(path: Path) -> Iterator[tuple[str, str]]:
    """(intent, sentence without annotations) of each example in a file."""
    for block in _load(path).get("nlu", []):
        if "intent" in block:
            for line in block["examples"].splitlines():
                if line.strip():
                    yield block["intent"], ANNOTATION.sub(r"\1", line.removeprefix("- ")).strip()


def _same(sentence: str) -> str:
    """A sentence without what a reader would not notice: width, case, spaces, punctuation."""
    folded = unicodedata.normalize("NFKC", sentence).casefold()
    return re.sub(r"[^\w⟦⟧:👌👍👎❌]", "", folded) or sentence


def _training() -> list[tuple[str, str]]:
    return [example for path in _files() for example in _examples(path)]


def _held_out() -> list[tuple[str, str]]:
    return [example for path in HELD_OUT for example in _examples(path)]


def _responses() -> dict[str, list[dict[str, Any]]]:
    answers: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "data" / "faq").glob("*.yml")):
        answers.update(_load(path)["responses"])
    return answers


def test_no_sentence_is_an_example_of_two_intents() -> None:
    intents: defaultdict[str, set[str]] = defaultdict(set)
    for intent, sentence in _training():
        intents[_same(sentence)].add(intent)
    assert {sentence: names for sentence, names in intents.items() if len(names) > 1} == {}


def test_every_question_has_examples_and_an_answer() -> None:
    count: defaultdict[str, int] = defaultdict(int)
    for intent, _ in _training():
        if intent.startswith("faq/"):
            count[intent] += 1
    assert len(count) >= FAQ_COUNT  # a trainer may add questions
    assert {intent: n for intent, n in count.items() if n < LEAST_EXAMPLES} == {}
    assert set(_responses()) == {f"utter_{intent}" for intent in count}
    assert all(answer["text"].strip() for answers in _responses().values() for answer in answers)


def test_answers_use_known_variables_alone() -> None:
    used = {
        name
        for answers in _responses().values()
        for answer in answers
        for name in re.findall(r"{(\w+)}", answer["text"])
    }
    assert used - VARIABLES == set()


def test_every_variable_of_an_answer_is_a_slot() -> None:
    slots = set(_load(ROOT / "domain.yml")["slots"])
    assert VARIABLES - slots == set()


def test_examples_hold_no_number_but_specimens() -> None:
    found = set()
    for _, sentence in [*_training(), *_held_out()]:
        plain = TOKEN.sub("", unicodedata.normalize("NFKC", sentence))
        found |= {re.sub(r"[ -]", "", number).upper() for number in LONG_NUMBER.findall(plain)}
    assert found - SPECIMENS == set()


def test_held_out_sentences_are_not_trained() -> None:
    trained = {_same(sentence) for _, sentence in _training()}
    assert [sentence for _, sentence in _held_out() if _same(sentence) in trained] == []


def test_held_out_sentences_cover_every_intent_that_customers_type() -> None:
    typed = {intent for path in _files() if path.name not in {"signals.yml"} for intent, _ in _examples(path)}
    assert typed - {intent for intent, _ in _held_out()} == set()
