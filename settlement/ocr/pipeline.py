"""From a photo to a reading: ways of looking at it, the cheapest first, until one is complete.

1. the card's outline laid flat, turned by the orientation classifier (0.3 s);
2. the same on its head, when the text made no sense;
3. the same made crisp, when it is soft and something is missing or doubtful;
4. the same with light and shadow evened out, when something still is;
5. the whole photo at 1280 px, then turned (1 s each), when there is no outline or little to read in it.

Reading a line of a complete card again, larger or cut differently, mends next to nothing (measured): a
doubtful character is left to the customer's eye.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from settlement.ocr.back import parse_back
from settlement.ocr.bank import parse_bank
from settlement.ocr.card_number import holds
from settlement.ocr.classify import classify, evidence, several
from settlement.ocr.engine import Bgr, Engine, shrunk, turned
from settlement.ocr.front import number_holds, parse_front
from settlement.ocr.lines import Line
from settlement.ocr.quality import complaints, crisp, even, lit, sharpness, suspicions
from settlement.ocr.reading import EXPECTED, Kind, ReadField, Reading
from settlement.ocr.rectify import WIDTH, apart, cards, flat
from settlement.ocr.voting import merged, voted_number

READ = 1010  # px: width of the flat card that lines are cut from
FIND = 576  # px: and of its copy in which they are found; below, single characters at a line's end are lost
# Evidence for text that is not on its head (DEBIT and VALID are guessed from below), and for a card.
UPRIGHT, LEGIBLE = 3, 4
SOFT = 300.0  # sharpness below which a second look is taken through a filter
WHOLE = 1280  # px: more costs memory (2.2 GB at 2600) and reads no better
LOOK_AGAIN = 0.6  # confidence of a doubtful value from which on other looks read the same (measured)
GUESSED = 0.5  # confidence of a doubtful value below which it is a guess
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
    cut: bool = False  # text runs out of the photo

    @property
    def complete(self) -> bool:
        """Every value expected is there, and the numbers' check digits hold."""
        return complete(self.kind, self.fields)

    @property
    def settled(self) -> bool:
        """Nothing that another look could mend."""
        return self.complete and not _mendable(self.kind, self.fields)

    @property
    def worth(self) -> tuple[bool, int, int]:
        """For choosing between looks."""
        wanted = [self.fields[name] for name in EXPECTED[self.kind] if name in self.fields]
        return self.complete, sum(1 if field.doubtful else 2 for field in wanted), self.words


def _mendable(kind: Kind, fields: dict[str, ReadField]) -> bool:
    """Whether a better picture might help: a character that is too rare to be believed stays so."""
    wanted = [fields[name] for name in EXPECTED[kind] if name in fields]
    return any(field.doubtful and field.confidence < LOOK_AGAIN for field in wanted)


def complete(kind: Kind, fields: dict[str, ReadField]) -> bool:
    """Whether every value expected of ``kind`` is there as a whole and its number's check digit holds.

    A digit that was hard to read is marked for the customer; another photo is asked for when a check fails,
    or when most digits of a number were.
    """
    if kind == "none" or any(name not in fields or fields[name].torn for name in EXPECTED[kind]):
        return False
    if any(2 * len(fields[name].unsure) > len(fields[name].value) for name in EXPECTED[kind]):
        return False
    return _checked(fields)


def _guessed(fields: dict[str, ReadField]) -> bool:
    """Whether more than one value is a guess: then another photo is less work than correcting them."""
    return sum(field.doubtful and field.confidence < GUESSED for field in fields.values()) > 1


def _checked(fields: dict[str, ReadField]) -> bool:
    """Whether what is checked against each other holds: check digits, and birth and sex with the number."""
    if "card_number" in fields:
        return holds(fields["card_number"].value)
    if "authority" in fields or "valid_from" in fields:
        return "valid_from" in fields
    wanted = [fields.get(name) for name in ("id_number", "birth", "sex")]
    # Birth and sex are doubtful where print and number differ.
    return (
        all(wanted)
        and number_holds(fields["id_number"].value)
        and not (fields["birth"].doubtful or fields["sex"].doubtful)
    )


def _look(lines: list[Line], expected: str | None, whole: Bgr | None = None) -> Look:
    kind = classify(lines, expected)
    parser = _PARSERS.get(kind)
    cut = whole is not None and any(_at_edge(line, whole) for line in lines)
    return Look(kind, parser(lines) if parser else {}, lines, max(evidence(lines).values()), cut)


def _at_edge(line: Line, image: Bgr) -> bool:
    """Whether a line runs out of the photo."""
    if line.box is None or len(line.text) < 2 or line.score < 0.5:
        return False
    height, width = image.shape[:2]
    margin = 0.006 * max(height, width)
    x, y = line.box[:, 0], line.box[:, 1]
    return bool(x.min() < margin or y.min() < margin or x.max() > width - margin or y.max() > height - margin)


def _looks(engine: Engine, photo: Bgr, laid: list[Bgr], expected: str | None) -> Iterator[Look]:
    legible = 0
    for card in laid:
        upright = engine.upright(card)
        look = _look(lit(upright, engine.lines(upright, FIND)), expected)
        yield look
        if look.words < UPRIGHT and not look.complete:
            upright = turned(upright, 180)
            other = _look(lit(upright, engine.lines(upright, FIND)), expected)
            yield other
            look = max(look, other, key=lambda one: one.words)
        if look.words >= UPRIGHT and not look.settled and sharpness(upright) < SOFT:
            look = _look(lit(upright, engine.lines(crisp(upright), FIND, upright)), expected)
            yield look
        if look.words >= UPRIGHT and not look.settled:
            yield _look(lit(upright, engine.lines(even(upright), FIND, upright)), expected)
        legible = max(legible, look.words)
    if legible >= LEGIBLE:
        return  # what the flat card does not show, the photo that it was cut from does not either
    whole = engine.upright(shrunk(photo, WHOLE))
    look = _look(engine.lines(whole, WHOLE), expected, whole)
    yield look
    if look.words < UPRIGHT and look.lines and not look.complete:
        angles = (90, 270) if _sideways(look.lines) else (180,)
        for angle in angles:
            image = turned(whole, angle)
            yield _look(engine.lines(image, WHOLE), expected, image)


def _sideways(lines: list[Line]) -> bool:
    long = [line for line in lines if len(line.text) > 2]
    return sum(line.y1 - line.y0 > line.x1 - line.x0 for line in long) * 2 > len(long)


def decode(jpeg: bytes) -> Bgr | None:
    """The picture, or None. The photo was cleaned before (settlement.images), so this is no gate."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8)


def read_photo(engine: Engine, photo: Bgr, expected: str | None = None) -> Reading:
    """Read one photo, whatever it shows; 0.4 s when it is good, 4 s at most."""
    outlines = apart(cards(photo))
    looks: list[Look] = []
    laid = [flat(photo, card, READ) for card in outlines]
    for look in _looks(engine, photo, laid, expected):
        looks.append(look)
        # Two cards side by side: the one that was asked for may be the other.
        if look.settled and (len(outlines) < 2 or look.kind == expected):
            break
    best = max(looks, key=lambda look: (look.complete and look.kind == expected, look.worth))
    same = [look for look in looks if look.kind == best.kind]
    fields = merged(best.kind, best.fields, [look.fields for look in same], _checked)
    number = fields.get("card_number")
    if (
        best.kind == "bank_card"
        and number
        and number.doubtful
        and (voted := voted_number([one.lines for one in same]))
    ):
        fields["card_number"] = voted

    done = complete(best.kind, fields) and not _guessed(fields)
    sure = done and not _mendable(best.kind, fields)
    card = outlines[0] if outlines else None
    seen = shrunk(laid[0] if laid else photo, WIDTH)
    shown = {look.kind for look in looks if look.complete}
    problems = ["two_cards"] if len(shown) > 1 or any(several(look.lines) for look in looks) else []
    cut = any(look.cut for look in looks) or (card is not None and card.touches_edge(photo))
    if best.kind != "none":
        problems += suspicions(photo, seen if card else None, cut=cut and not done)
    if not sure:
        problems += complaints(card, seen, _letters(looks[-1].lines, photo), cut=cut)
    return Reading(kind=best.kind, fields=fields, problems=problems, complete=done)


def parse(lines: list[Line], expected: str | None = None) -> Reading:
    """A reading of lines that were found by other means; nothing is known of the photo."""
    look = _look(lines, expected)
    return Reading(kind=look.kind, fields=look.fields, complete=look.complete)


def _letters(lines: list[Line], photo: Bgr) -> float:
    """Height of the letters in the photo, px, by a look at the whole of it; 0 when there are none."""
    scale = max(1.0, max(photo.shape[:2]) / WHOLE)
    return scale * median(line.height for line in lines) if lines else 0.0
