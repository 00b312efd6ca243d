"""Intents and questions as trainers choose them, and the responses' wording, from the training files."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import lru_cache

from settlement.settings import ROOT
from trainers.project import NAMES, Project, called

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Choice:
    """An intent or a question, and what trainers call it."""

    name: str
    title: str


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

    def title(self, name: str) -> str:
        """An intent or a question as trainers call it; the name itself when it has no other."""
        return next((choice.title for choice in self.choices if choice.name == name), name)

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
    files = [ROOT / "domain.yml", NAMES, *sorted((ROOT / "data").rglob("*.yml"))]
    return tuple((str(path), path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=1)
def _read(stamp: tuple[tuple[str, int], ...]) -> Catalogue:
    project = Project(ROOT)
    return Catalogue(
        choices=[Choice(name, title) for name, title in sorted(project.titles.items()) if name != FALLBACK],
        wording={
            one.name: re.sub(r"\s+", " ", one.texts[0]) for one in reversed(project.answers) if one.texts[0]
        },
        order=project.order,
        steps=called("steps"),
    )
