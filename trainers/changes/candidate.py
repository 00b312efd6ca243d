"""Trains with the wishes, and compares with the model of now: unseen sentences, and recent ones."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import models
from deploy.environments import LOGS, ROOT
from deploy.progress import run
from deploy.training import ensure_model, rasa, rasa_environment
from trainers import check
from trainers.changes.copy import copied
from trainers.changes.edit import Wish, apply, cleaned
from trainers.measure import Measured, ask
from trainers.project import Project
from trainers.report.changes import between


@dataclass(frozen=True)
class Tried:
    """What training with the wishes would change."""

    seconds: float
    right_before: int
    right_after: int
    unseen: int
    mended: list[dict[str, str]]
    worse: list[dict[str, str]]
    wished: list[dict[str, Any]]
    recent: list[dict[str, str]]


def attempt(wishes: list[Wish], recent: list[str], progress: Callable[[str], None]) -> Tried | list[str]:
    """Train a candidate and compare; the lines of the check when the files would be wrong."""
    progress("checking")
    with copied(ROOT) as folder:
        apply(folder, wishes)
        if wrong := lines_of(folder):
            return wrong
        progress("training")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="candidate-") as out:
            archive = Path(out) / "candidate.tar.gz"
            run(
                rasa("train", "nlu", "--nlu", folder / "data", "--domain", folder / "domain.yml", "--config",
                     folder / "config.yml", "--out", out, "--fixed-model-name", "candidate"),
                log=LOGS / "candidate.log", env=rasa_environment(), cwd=ROOT,
            )  # fmt: skip
            models.sign(archive, {"wishes": _digest(wishes)})
            seconds = time.monotonic() - began
            progress("comparing")
            return _compare(archive, wishes, recent, Project(ROOT).unseen, seconds)


def lines_of(folder: Path) -> list[str]:
    """What the check says of a copy, hints left out."""
    from deploy.words import word

    return [
        f"{one.place.file}:{one.place.line}  {word(one.code, **one.facts)}"
        for one in check.problems(folder)
        if not one.hint
    ]


def _digest(wishes: list[Wish]) -> str:
    return hashlib.sha256(repr(wishes).encode()).hexdigest()


def _compare(
    archive: Path, wishes: list[Wish], recent: list[str], unseen: list[Any], seconds: float
) -> Tried:
    wished = [cleaned(wish.sentence) for wish in wishes]
    lately = [sentence for sentence in dict.fromkeys(recent) if sentence not in wished]
    asked = [*(one.sentence for one in unseen), *wished, *lately]
    now, then = ask(ensure_model(), asked), ask(archive, asked)
    before, after = (
        [
            Measured(one.sentence, one.intent, one.place.file, meaning)
            for one, meaning in zip(unseen, meanings, strict=False)
        ]
        for meanings in (now, then)
    )
    changes = between(before, after)
    count = len(unseen)
    return Tried(
        seconds=round(seconds, 1),
        right_before=sum(one.right for one in before),
        right_after=sum(one.right for one in after),
        unseen=count,
        mended=[_pair(was, new) for was, new in changes.mended],
        worse=[_pair(was, new) for was, new in changes.worse],
        wished=[
            {"sentence": sentence, "target": wish.target, "before": was.name, "after": new.name,
             "right": new.name == wish.target}
            for sentence, wish, was, new in zip(wished, wishes, now[count:], then[count:], strict=False)
        ],
        recent=[
            {"sentence": sentence, "before": was.name, "after": new.name}
            for sentence, was, new in zip(
                lately, now[count + len(wished) :], then[count + len(wished) :], strict=True
            )
            if was.name != new.name
        ],
    )  # fmt: skip


def _pair(was: Measured, new: Measured) -> dict[str, str]:
    return {
        "sentence": new.sentence,
        "expected": new.expected,
        "before": was.meaning.name,
        "after": new.meaning.name,
    }
