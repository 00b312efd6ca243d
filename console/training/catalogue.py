"""Intents and questions as trainers choose them, and the responses' wording, from the training files."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from settlement.settings import ROOT
from trainers.project import Project

FALLBACK = "nlu_fallback"
STEPS = ROOT / "trainers/steps.yml"


@dataclass(frozen=True)
class Choice:
    """An intent or a question with a sentence that shows what it is about."""

    name: str
    example: str


@dataclass(frozen=True)
class Catalogue:
    """What the training files hold at the moment."""

    choices: list[Choice]
    wording: dict[str, str]
    order: list[str]
    steps: dict[str, str]

    @property
    def names(self) -> set[str]:
        """Every name that may be chosen."""
        return {choice.name for choice in self.choices}

    def example(self, name: str) -> str:
        """A sentence for a name; the name itself when it has none."""
        return next((choice.example for choice in self.choices if choice.name == name), name)

    def step(self, name: str) -> str:
        """A step as trainers call it."""
        return self.steps.get(name, name)

    def said(self, responses: list[str], answer: str) -> list[str]:
        """What the assistant said, with variables unfilled."""
        names = [*responses, *([f"utter_{answer}"] if answer else [])]
        return [self.wording[name] for name in names if name in self.wording]


async def catalogue() -> Catalogue:
    """The catalogue; read anew, in a thread, when a file has changed."""
    return await asyncio.to_thread(lambda: _read(_stamp()))


def _stamp() -> tuple[tuple[str, int], ...]:
    files = [ROOT / "domain.yml", STEPS, *sorted((ROOT / "data").rglob("*.yml"))]
    return tuple((str(path), path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=1)
def _read(stamp: tuple[tuple[str, int], ...]) -> Catalogue:
    project = Project(ROOT)
    return Catalogue(
        choices=[Choice(name, example) for name, example in sorted(project.titles.items())],
        wording={
            one.name: re.sub(r"\s+", " ", one.texts[0]) for one in reversed(project.answers) if one.texts[0]
        },
        order=project.order,
        steps=yaml.safe_load(STEPS.read_text(encoding="utf-8")),
    )
