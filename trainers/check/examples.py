"""Examples: each sentence stands once, means one thing, and holds nobody's number."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from trainers.project import ANNOTATION, SIGNALS, Example, Problem, Project

TOKEN = re.compile(r"⟦[a-z_]+:[a-z2-7]{12}(?::full)?⟧")
# Five digits in a row, spaces and hyphens between them allowed: shorter ones are amounts, years, codes.
LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){4,}[Xx]?")
HALF_ANNOTATION = re.compile(r"\][({]|\[")


def check(project: Project, limits: dict[str, Any]) -> Iterator[Problem]:
    """Problems of the examples."""
    yield from _twice(project)
    yield from _numbers(project.examples + project.unseen, set(limits["specimens"]))
    yield from _annotations(project)
    yield from _intents(project, limits)


def _twice(project: Project) -> Iterator[Problem]:
    first: dict[str, Example] = {}
    for one in project.examples:
        before = first.setdefault(one.same, one)
        if before is one:
            continue
        facts = {"sentence": one.sentence, "file": before.place.file, "line": before.place.line}
        if before.intent != one.intent:
            yield Problem(one.place, "example_two_intents", {**facts, "a": before.intent, "b": one.intent})
        else:
            yield Problem(one.place, "example_twice", {**facts, "intent": one.intent}, hint=True)
    for unseen in project.unseen:
        if trained := first.get(unseen.same):
            facts = {"file": unseen.place.file, "line": unseen.place.line}
            yield Problem(trained.place, "example_held_out", {**facts, "sentence": trained.sentence})


def long_numbers(sentence: str, specimens: set[str]) -> list[str]:
    """Numbers in a sentence that may be somebody's, without the published specimens."""
    text = TOKEN.sub("", unicodedata.normalize("NFKC", sentence))
    found = [re.sub(r"[ -]", "", number).upper() for number in LONG_NUMBER.findall(text)]
    return [number for number in found if number not in specimens]


def _numbers(examples: list[Example], specimens: set[str]) -> Iterator[Problem]:
    for one in examples:
        for number in long_numbers(one.sentence, specimens):
            # The number itself is not repeated: this line may end up in a log.
            yield Problem(one.place, "example_number", {"digits": len(number), "intent": one.intent})


def _annotations(project: Project) -> Iterator[Problem]:
    entities = project.names("entities")
    for one in project.examples:
        for match in ANNOTATION.finditer(one.raw):
            if match[2] and match[2] not in entities:
                yield Problem(one.place, "entity_unknown", {"entity": match[2], "sentence": one.sentence})
        if HALF_ANNOTATION.search(ANNOTATION.sub("", one.raw)):
            yield Problem(one.place, "annotation_broken", {"sentence": one.raw})


def _intents(project: Project, limits: dict[str, Any]) -> Iterator[Problem]:
    listed = project.names("intents")
    count = Counter(one.intent for one in project.examples)
    where = {one.intent: one.place for one in reversed(project.examples)}
    for intent, number in count.items():
        base = intent.split("/")[0]
        if base not in listed:
            yield Problem(where[intent], "intent_unknown", {"intent": base})
        least = limits["least_faq_examples" if "/" in intent else "least_examples"]
        if number < least and not where[intent].file.endswith(SIGNALS):
            facts = {"intent": intent, "count": number, "least": least}
            yield Problem(where[intent], "examples_few", facts, hint=True)
    trained = {intent.split("/")[0] for intent in count}
    for intent in sorted(listed - trained):
        place = project.line_of(intent, after="intents")
        yield Problem(place, "intent_without_examples", {"intent": intent})
