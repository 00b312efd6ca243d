"""Rules: everything they name exists, no two begin alike, and every intent leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trainers.project import Problem, Project, Rule

RASAS_OWN = {
    "action_listen",
    "action_restart",
    "action_back",
    "action_session_start",
    "action_default_fallback",
}
RASAS_INTENTS = {"nlu_fallback", "session_start", "restart", "back"}


def check(project: Project, limits: dict[str, Any]) -> Iterator[Problem]:
    """Problems of rules and stories."""
    intents = project.names("intents") | RASAS_INTENTS
    said = {one.name for one in project.answers}
    actions = project.names("actions") | set(project.domain.get("forms") or {}) | RASAS_OWN
    retrieval = {name.split("/")[0] for name in said if "/" in name}
    used: set[str] = set()
    for rule in project.rules:
        for step in rule.steps:
            for intent in _intents(step):
                used.add(intent)
                if intent.split("/")[0] not in intents:
                    yield Problem(rule.place, "rule_intent_unknown", {"rule": rule.name, "intent": intent})
            action = str(step.get("action") or "")
            used.add(action)
            if action.startswith("utter_") and action not in said | retrieval:
                yield Problem(rule.place, "answer_missing", {"rule": rule.name, "name": action})
            elif action and not action.startswith("utter_") and action not in actions:
                yield Problem(rule.place, "action_unknown", {"rule": rule.name, "action": action})
    yield from _alike(project.rules)
    yield from _unreachable(project, used)


def _intents(step: dict[str, Any]) -> list[str]:
    either = step.get("or") if isinstance(step.get("or"), list) else [step]
    return [str(one["intent"]) for one in either or [] if isinstance(one, dict) and "intent" in one]


def _alike(rules: list[Rule]) -> Iterator[Problem]:
    """Two rules that begin with the same intent under the same condition: Rasa could follow either."""
    first: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        if not rule.steps or rule.place.file.startswith("data/stories"):
            continue
        for intent in _intents(rule.steps[0]):
            before = first.setdefault((intent, repr(rule.condition)), rule)
            if before is not rule:
                facts = {"rule": rule.name, "other": before.name, "intent": intent}
                yield Problem(
                    rule.place, "rules_alike", {**facts, "file": before.place.file, "line": before.place.line}
                )


def _unreachable(project: Project, used: set[str]) -> Iterator[Problem]:
    for intent in sorted(project.names("intents") - used):
        yield Problem(project.line_of(intent, after="intents"), "intent_without_rule", {"intent": intent})
    for one in project.answers:
        if one.name.startswith("utter_") and "/" not in one.name and one.name not in used:
            yield Problem(one.place, "answer_unreachable", {"name": one.name})
