"""Answers: each question has one, each variable is known, and WeChat can show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from trainers.project import Answer, Problem, Project

VARIABLE = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})")
PYTHON = ("actions", "channels", "settlement")
# Arguments of these calls that are no variables of the wording.
NOT_FACTS = {"card", "buttons", "facts"}


def check(project: Project, limits: dict[str, Any]) -> Iterator[Problem]:
    """Problems of the answers."""
    yield from _twice(project)
    yield from _of_questions(project)
    known = project.names("slots") | known_facts(project.root)
    for one in project.answers:
        yield from _wording(one, known)
        yield from _wechat(one, limits)


def _twice(project: Project) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for one in project.answers:
        before = first.setdefault(one.name, one.place.file)
        if before != one.place.file:
            yield Problem(one.place, "answer_twice", {"name": one.name, "file": before})


def _of_questions(project: Project) -> Iterator[Problem]:
    asked = {one.intent: one.place for one in reversed(project.examples) if "/" in one.intent}
    answered = {one.name: one.place for one in reversed(project.answers)}
    for intent, place in asked.items():
        if f"utter_{intent}" not in answered:
            yield Problem(place, "question_without_answer", {"intent": intent})
    for name, place in answered.items():
        if "/" in name and name.removeprefix("utter_") not in asked:
            yield Problem(place, "answer_without_question", {"name": name})


def _wording(one: Answer, known: set[str]) -> Iterator[Problem]:
    texts = one.texts
    if not texts[0].strip() and not one.value.get("custom"):
        yield Problem(one.place, "answer_empty", {"name": one.name})
    for text in texts:
        if text.replace("{{", "").replace("}}", "").count("{") != text.replace("{{", "").replace(
            "}}", ""
        ).count("}"):
            yield Problem(one.place, "brace_broken", {"name": one.name})
            continue
        for variable in VARIABLE.findall(text):
            if variable not in known:
                yield Problem(one.place, "variable_unknown", {"name": one.name, "variable": variable})


def _wechat(one: Answer, limits: dict[str, Any]) -> Iterator[Problem]:
    text, *titles = one.texts
    variables = len(VARIABLE.findall(text))
    size = len(text.encode()) + variables * limits["wechat_room_per_variable"]
    if size > limits["wechat_text_bytes"]:
        facts = {"name": one.name, "size": size, "most": limits["wechat_text_bytes"]}
        yield Problem(one.place, "wechat_text_long", facts)
    for title in titles:
        if len(title) > limits["button_title_characters"]:
            facts = {"name": one.name, "title": title, "most": limits["button_title_characters"]}
            yield Problem(one.place, "wechat_title_long", facts)
    if len(titles) > limits["buttons_in_a_message"]:
        facts = {"name": one.name, "count": len(titles), "most": limits["buttons_in_a_message"]}
        yield Problem(one.place, "wechat_buttons_many", facts)


@cache
def known_facts(root: Path) -> frozenset[str]:
    """Names that the program fills wordings with: the keywords of every ``say``, ``wording`` and error."""
    found: set[str] = set()
    for package in PYTHON:
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    found |= {word.arg for word in node.keywords if word.arg} - NOT_FACTS
                elif isinstance(node, ast.Dict):
                    found |= {
                        key.value
                        for key in node.keys
                        if isinstance(key, ast.Constant) and isinstance(key.value, str)
                    }
    return frozenset(found)
