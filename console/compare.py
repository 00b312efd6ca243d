"""Shows a value read by the machine beside the one that the customer confirmed, letter by letter."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

SECRET = frozenset({"id_number", "card_number"})
HEAD, TAIL = 6, 4  # what reviewers see of a number until they ask for all of it (compliance §5.1)
STAR = "*"


@dataclass(frozen=True)
class Piece:
    """Some letters, and whether the other value lacks them."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Compared:
    """One field: what was read (``None``: nothing), what is final, and whether they differ."""

    name: str
    read: list[Piece] | None
    final: list[Piece]

    @property
    def differs(self) -> bool:
        """Whether the customer changed what was read, or typed it in the first place."""
        return self.read is None or any(piece.changed for piece in [*self.read, *self.final])


def compare(name: str, read: str | None, final: str | None, *, whole: bool) -> Compared:
    """``read`` and ``final`` in pieces; numbers of persons and cards are starred out unless ``whole``.

    A letter that is starred out keeps its mark, so that a change in the middle of a number is still seen.
    """
    final = final or ""
    hide = name in SECRET and not whole
    if not read:
        return Compared(name, None, _pieces(final, [False] * len(final), hide))
    in_read, in_final = [True] * len(read), [True] * len(final)
    for block in SequenceMatcher(None, read, final, autojunk=False).get_matching_blocks():
        in_read[block.a : block.a + block.size] = [False] * block.size
        in_final[block.b : block.b + block.size] = [False] * block.size
    return Compared(name, _pieces(read, in_read, hide), _pieces(final, in_final, hide))


def masked(number: str) -> str:
    """The first six and the last four; a number too short for that shows its last four alone."""
    head = HEAD if len(number) > HEAD + TAIL else 0
    middle = max(len(number) - head - TAIL, 0)
    return number[:head] + STAR * middle + number[head + middle :]


def _pieces(value: str, changed: list[bool], hide: bool) -> list[Piece]:
    shown = masked(value) if hide else value
    pieces: list[Piece] = []
    for letter, mark in zip(shown, changed, strict=True):
        if pieces and pieces[-1].changed == mark:
            pieces[-1] = Piece(pieces[-1].text + letter, mark)
        else:
            pieces.append(Piece(letter, mark))
    return pieces
