"""How the digits of a bank card stand, and what a hole among them tells.

Cards print their number without gaps, in groups of four, or six and the rest. Light that swallows digits
leaves no trace in the odds of the others, and what is left passes the check digit once in ten times; but the
room that they took stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean, median

_LAYOUTS = (frozenset[int](), frozenset({4, 8, 12, 16}), frozenset({6}))  # places before which there is a gap
_OFF = 0.55  # of the digits' distance: as far as a step may differ from what the layout says
_PLAINLY = 0.25  # better than the next place: where a digit is missing must be beyond doubt


def regular(at: Sequence[float]) -> bool:
    """Whether digits that stand at ``at`` (px, from left to right) stand as on a card, none missing."""
    return _error(_steps(at), None) < _OFF


def missing_place(at: Sequence[float]) -> int | None:
    """Before which digit one more must have stood, when just one place explains the hole."""
    steps = _steps(at)
    if _error(steps, None) < _OFF:
        return None
    ranked = sorted((_error(steps, place), place) for place in range(1, len(at)))
    if not ranked or ranked[0][0] >= _OFF or (len(ranked) > 1 and ranked[1][0] - ranked[0][0] < _PLAINLY):
        return None
    return ranked[0][1]


def widest_step(at: Sequence[float]) -> tuple[int, int]:
    """The places of the two digits that stand farthest apart."""
    steps = _steps(at)
    place = steps.index(max(steps))
    return place, place + 1


def _steps(at: Sequence[float]) -> list[float]:
    """From digit to digit, in the distance that most of them have."""
    steps = [other - one for one, other in pairwise(at)]
    usual = median(steps) if steps else 0.0
    return [step / usual for step in steps] if usual > 0 else [0.0]


def _error(steps: Sequence[float], missing: int | None) -> float:
    """How far the worst step is from the best layout, with one digit more before ``missing``."""
    best = float("inf")
    for layout in _LAYOUTS:
        expected, gaps = [], []
        for place in range(1, len(steps) + 1):  # the step that leads to this digit
            true = place + (missing is not None and place >= missing)
            before = {true - 1, true} if place == missing else {true}
            expected.append((1.0 + (place == missing), bool(before & layout)))
            if before & layout and place != missing:
                gaps.append(steps[place - 1] - 1)
        gap = mean(gaps) if gaps else 0.0
        worst = max(abs(step - want - gap * wide) for step, (want, wide) in zip(steps, expected, strict=True))
        best = min(best, worst)
    return best
