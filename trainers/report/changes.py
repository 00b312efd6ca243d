"""What changed between two models, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass

from trainers.measure import Measured


@dataclass(frozen=True)
class Changes:
    """Sentences both models were asked: which are mended, which are worse, which only changed."""

    mended: list[tuple[Measured, Measured]]
    worse: list[tuple[Measured, Measured]]
    other: list[tuple[Measured, Measured]]


def between(before: list[Measured], after: list[Measured]) -> Changes:
    """Compare by sentence; sentences that only one was asked do not count."""
    old = {one.sentence: one for one in before}
    changes = Changes([], [], [])
    for new in after:
        was = old.get(new.sentence)
        if was is None or was.meaning.name == new.meaning.name:
            continue
        into = changes.mended if new.right else changes.worse if was.right else changes.other
        into.append((was, new))
    return changes
