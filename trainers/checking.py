"""What ``./run check`` prints."""

from __future__ import annotations

import time
from pathlib import Path

from deploy.progress import say
from deploy.words import word
from trainers import check
from trainers.project import Project


def run(root: Path) -> int:
    """Print every problem with its file and line; 1 when there is one that is more than a hint."""
    began = time.monotonic()
    found = check.problems(root)
    for one in found:
        place = f"{one.place.file}:{one.place.line}"
        line = "check_hint" if one.hint else "check_line"
        say(word(line, place=place, text=word(one.code, **one.facts)))
    wrong = sum(not one.hint for one in found)
    seconds = time.monotonic() - began
    if wrong:
        say(word("check_failed", count=wrong, seconds=seconds))
        return 1
    project = Project(root)
    say(
        word(
            "check_fine",
            examples=len(project.examples),
            questions=len({one.intent for one in project.examples if "/" in one.intent}),
            answers=len(project.answers),
            steps=len(project.order),
            companies=len([path for path in (root / "brokers").glob("[0-9]*") if path.is_dir()]),
            seconds=seconds,
        )
    )
    if found:
        say(word("check_hints", count=len(found)))
    return 0
