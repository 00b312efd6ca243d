"""Figures for trainers: how far customers come, where they stop, what they ask, how sure the model is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from settlement.clock import beijing
from settlement.heard.review import TurnView

IDLE = timedelta(hours=1)
SUBMITTED = "tell_submitted"


@dataclass(frozen=True)
class StepFigure:
    """Conversations that reached a step, and those that went no further for an hour."""

    step: str
    reached: int
    stopped: int


@dataclass(frozen=True)
class DayFigure:
    """One day (Beijing): typed sentences that no step took, how sure the model was, how many fell back."""

    day: str
    sentences: int
    confidence: float
    fallback: float


def steps(turns: Sequence[TurnView], order: Sequence[str], now: datetime) -> list[StepFigure]:
    """The funnel. A step is reached when it was asked, or when a later one was (it was filled in before).

    Who submitted did not stop anywhere.
    """
    rank = {step: position for position, step in enumerate(order)}
    furthest: dict[str, int] = {}
    latest: dict[str, tuple[str, datetime]] = {}
    for turn in turns:
        at = turn.asked or turn.step
        if at in rank:
            furthest[turn.conversation] = max(furthest.get(turn.conversation, 0), rank[at])
            latest[turn.conversation] = (at, turn.at)
    reached = [sum(position >= rank[step] for position in furthest.values()) for step in order]
    through = submitted(turns)
    stopped = Counter(
        at
        for conversation, (at, moment) in latest.items()
        if now - moment > IDLE and conversation not in through
    )
    return [StepFigure(step, count, stopped[step]) for step, count in zip(order, reached, strict=True)]


def submitted(turns: Sequence[TurnView]) -> set[str]:
    """Conversations that came to a submission."""
    return {turn.conversation for turn in turns if SUBMITTED in turn.said}


def questions(turns: Sequence[TurnView], most: int = 15) -> list[tuple[str, int]]:
    """The questions asked most often, by their ids."""
    return Counter(turn.answer for turn in turns if turn.answer).most_common(most)


def days(turns: Sequence[TurnView]) -> list[DayFigure]:
    """Confidence and fallback day by day."""
    by_day: defaultdict[str, list[TurnView]] = defaultdict(list)
    for turn in turns:
        if turn.kind == "text" and turn.outcome != "answered":
            by_day[f"{beijing(turn.at):%m-%d}"].append(turn)
    return [
        DayFigure(
            day,
            len(listed),
            sum(turn.sure for turn in listed) / len(listed),
            sum(turn.outcome in ("fallback", "offered") for turn in listed) / len(listed),
        )
        for day, listed in sorted(by_day.items())
    ]
