"""``./run check``: whatever can be wrong in the training files, with file and line, in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from trainers.check import answers, companies, examples, rules, steps
from trainers.project import Problem, Project

LIMITS = Path(__file__).parent.parent / "limits.yml"
UNKNOWN_KEYS = {
    "data": {"version", "nlu", "rules", "stories", "responses"},
    "domain.yml": {
        *("version", "session_config", "intents", "entities", "forms", "slots", "actions", "responses"),
    },
}  # fmt: skip


def limits() -> dict[str, Any]:
    """The limits that checks go by."""
    found: dict[str, Any] = yaml.safe_load(LIMITS.read_text(encoding="utf-8"))
    return found


def problems(root: Path) -> list[Problem]:
    """All problems of the project in ``root``, by file and line. Files that are no YAML are told alone."""
    project = Project(root)
    found = list(project.broken)
    for name, content in project.files.items():
        known = UNKNOWN_KEYS["domain.yml" if name == "domain.yml" else "data"]
        for key in content.keys() - known:
            found.append(Problem(project.line_of(key, name), "key_unknown", {"key": key}))
    found += companies.check(project, None)
    if not project.broken:  # else everything in the broken file would be missed and complained of
        for part in (examples, answers, rules, steps):
            found += part.check(project, limits())
    return sorted(set_of(found), key=lambda one: (one.hint, one.place))


def set_of(found: list[Problem]) -> list[Problem]:
    """Each problem once; facts are not hashable, so their text stands for them."""
    return list({(one.place, one.code, repr(one.facts)): one for one in found}.values())
