"""From a photo to a reading: ways of looking at it, the cheapest first, until one satisfies.

1. the card's outline laid flat, turned by the orientation classifier (0.6 s);
2. the same on its head, when the text made no sense;
3. the whole photo at 1280 px, then turned (1.3 s each).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from settlement.ocr.back import parse_back
from settlement.ocr.bank import parse_bank
from settlement.ocr.classify import classify, evidence, several
from settlement.ocr.engine import Bgr, Engine, shrunk, turned
from settlement.ocr.front import parse_front
from settlement.ocr.lines import Line
from settlement.ocr.quality import complaints, suspicions
from settlement.ocr.reading import EXPECTED, Kind, ReadField, Reading
from settlement.ocr.rectify import WIDTH, apart, cards, flat

WHOLE = 1280  # px: more costs memory (2.2 GB at 2600) and reads no better
_PARSERS: dict[Kind, Callable[[list[Line]], dict[str, ReadField]]] = {
    "id_front": parse_front,
    "id_back": parse_back,
    "bank_card": parse_bank,
}


@dataclass(frozen=True)
class Look:
    """One way of looking at the photo, and what it gave."""

    kind: Kind
    fields: dict[str, ReadField]
    lines: list[Line]
    words: int  # evidence that the text was read the right way up

    @property
    def complete(self) -> bool:
        """Every value expected is there, and the numbers' check digits hold."""
        return complete(self.kind, self.fields)

    @property
    def settled(self) -> bool:
        """Nothing that another look could mend."""
        return self.complete and not any(self.fields[name].doubtful for name in EXPECTED[self.kind])

    @property
    def worth(self) -> tuple[bool, int, int]:
        """For choosing between looks."""
        wanted = [self.fields[name] for name in EXPECTED[self.kind] if name in self.fields]
        return self.complete, sum(1 if field.doubtful else 2 for field in wanted), self.words


def complete(kind: Kind, fields: dict[str, ReadField]) -> bool:
    """Whether every value expected of ``kind`` is there; a number must have its check digit."""
    if kind == "none" or any(name not in fields for name in EXPECTED[kind]):
        return False
    number = fields.get("id_number") or fields.get("card_number")
    return number is None or not number.doubtful


def _look(lines: list[Line], expected: str | None) -> Look:
    kind = classify(lines, expected)
    parser = _PARSERS.get(kind)
    return Look(kind, parser(lines) if parser else {}, lines, max(evidence(lines).values()))


def _looks(engine: Engine, photo: Bgr, flats: list[Bgr], expected: str | None) -> Iterator[Look]:
    for laid in flats:
        upright = engine.upright(laid)
        look = _look(engine.lines(upright), expected)
        yield look
        if look.words < 2:
            yield _look(engine.lines(turned(upright, 180)), expected)
    whole = engine.upright(shrunk(photo, WHOLE))
    look = _look(engine.lines(whole), expected)
    yield look
    if look.words < 2 and look.lines:
        angles = (90, 270) if _sideways(look.lines) else (180,)
        for angle in angles:
            yield _look(engine.lines(turned(whole, angle)), expected)


def _sideways(lines: list[Line]) -> bool:
    long = [line for line in lines if len(line.text) > 2]
    return sum(line.y1 - line.y0 > line.x1 - line.x0 for line in long) * 2 > len(long)


def decode(jpeg: bytes) -> Bgr | None:
    """The picture, or None. The photo was cleaned before (settlement.images), so this is no gate."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8)


def read_photo(engine: Engine, photo: Bgr, expected: str | None = None) -> Reading:
    """Read one photo, whatever it shows; 0.7 s when it is good, 5 s at most."""
    outlines = apart(cards(photo))
    flats = [flat(photo, card) for card in outlines]
    looks: list[Look] = []
    for look in _looks(engine, photo, flats, expected):
        looks.append(look)
        # Two cards side by side: the one that was asked for may be the other.
        if look.settled and (len(flats) < 2 or look.kind == expected):
            break
    best = max(looks, key=lambda look: (look.complete and look.kind == expected, look.worth))
    fields = dict(best.fields)
    if best.kind in (
        "id_front",
        "id_back",
    ):  # values that are independent of each other may come from two looks
        for look in looks:
            if look.kind == best.kind:
                for name in ("name", "nation", "address", "authority"):
                    if name in look.fields and _better(look.fields[name], fields.get(name)):
                        fields[name] = look.fields[name]

    done = complete(best.kind, fields)
    sure = done and not any(fields[name].doubtful for name in EXPECTED[best.kind])
    card = outlines[0] if outlines else None
    seen = flats[0] if flats else shrunk(photo, WIDTH)
    shown = {look.kind for look in looks if look.complete}
    problems = ["two_cards"] if len(shown) > 1 or any(several(look.lines) for look in looks) else []
    if best.kind != "none":
        problems += suspicions(photo, seen)
    if not sure:
        problems += complaints(photo, card, seen)
    return Reading(kind=best.kind, fields=fields, problems=problems, complete=done)


def _better(one: ReadField, other: ReadField | None) -> bool:
    return other is None or (other.doubtful and not one.doubtful)
