"""The order of steps: each stands once, exists, and comes after what it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from trainers.project import FORM, Problem, Project
from trainers.yaml_lines import Place


@cache
def existing(root: Path) -> frozenset[str]:
    """The names of the steps that the program has (``actions/steps``)."""
    found: set[str] = set()
    for path in (root / "actions/steps").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found |= {
                    line.value.value
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    and isinstance(line.targets[0], ast.Name)
                    and line.targets[0].id == "name"
                    and isinstance(line.value, ast.Constant)
                    and isinstance(line.value.value, str)
                }
    return frozenset(found)


def check(project: Project, limits: dict[str, Any]) -> Iterator[Problem]:
    """Problems of the order of steps."""
    order = project.order
    if not order:
        return
    steps, slots, actions = existing(project.root), project.names("slots"), project.names("actions")
    for step in dict.fromkeys(order):
        place = _place(project, step)
        if order.count(step) > 1:
            yield Problem(place, "step_twice", {"step": step})
        if steps and step not in steps:
            yield Problem(place, "step_unknown", {"step": step})
            continue
        if step not in slots:
            yield Problem(place, "step_without_slot", {"step": step})
        if f"action_ask_{FORM}_{step}" not in actions:
            yield Problem(place, "step_without_action", {"step": step})
        for needed in limits["needs"].get(step, []):
            if needed not in order:
                yield Problem(place, "step_needs_missing", {"step": step, "needed": needed})
            elif order.index(needed) > order.index(step):
                yield Problem(place, "step_too_early", {"step": step, "needed": needed})
    if order[-1] != "submitted" and "submitted" in order:
        for step in order[order.index("submitted") + 1 :]:
            yield Problem(_place(project, step), "step_unreachable", {"step": step})


def _place(project: Project, step: str) -> Place:
    return project.line_of(step, after="required_slots")
