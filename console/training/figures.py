"""Figures as pictures: how far customers come, where they stop, what they ask, how sure the model is."""

from __future__ import annotations

from markupsafe import Markup
from sanic import Blueprint, HTTPResponse, Request

from console.guard import only
from console.parts import parts
from console.render import page, wording
from console.training.catalogue import Catalogue, catalogue
from console.training.review import TRAINERS
from settlement import clock
from settlement.heard import figures
from settlement.heard.review import TurnView
from trainers.report import pictures

pages = Blueprint("training_figures")
WIDE = 1040  # the room of a card on a desktop


@pages.get("/training/figures")
@only(*TRAINERS)
async def shown(request: Request) -> HTTPResponse:
    """The last 30 days."""
    turns = await parts(request).review.turns()
    known = await catalogue()
    return page(
        request,
        "training/figures.html",
        conversations=len({turn.conversation for turn in turns}),
        submitted=len(figures.submitted(turns)),
        sentences=sum(turn.kind == "text" for turn in turns),
        drawn=_pictures(turns, known),
    )


def _pictures(turns: list[TurnView], known: Catalogue) -> dict[str, Markup]:
    """SVG of our own making; every text in it is escaped where it is drawn."""
    words = wording("training/words.html", "FIGURES")
    steps = figures.steps(turns, known.order, clock.now())
    days = figures.days(turns)
    first = steps[0].reached if steps else 0
    drawn = {
        "funnel": pictures.bars(
            [
                (known.step(one.step), one.reached, f"{one.reached} · {one.reached / max(first, 1):.0%}")
                for one in steps
            ],
            title=words["funnel"],
            width=WIDE,
        ),
        "stopped": pictures.bars(
            [(known.step(one.step), one.stopped, str(one.stopped)) for one in steps if one.stopped],
            title=words["stopped"],
            width=WIDE,
            colour=pictures.BAD,
        ),
        "asked": pictures.bars(
            [(known.title(name), count, str(count)) for name, count in figures.questions(turns)],
            title=words["asked"],
            width=WIDE,
        ),
        "sure": pictures.lines(
            [one.day for one in days],
            [
                (words["confidence"], [one.confidence for one in days], pictures.BRAND),
                (words["fallback"], [one.fallback for one in days], pictures.BAD),
            ],
            title=words["sure"],
            width=WIDE,
        ),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - drawn by us, texts escaped
