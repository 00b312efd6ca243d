"""Tokens: what stands for a personal value everywhere but at the two edges.

``⟦id_number:k3jd82ma9x0q⟧`` is delivered masked, ``⟦id_number:k3jd82ma9x0q:full⟧`` in full.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from enum import StrEnum

OPENING, CLOSING = "⟦", "⟧"
_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 12


class Kind(StrEnum):
    """What a kept value is; decides its mask."""

    ID_NUMBER = "id_number"
    CARD_NUMBER = "card_number"
    PHONE = "phone"
    CODE = "code"
    NAME = "name"
    ADDRESS = "address"
    ACCOUNT = "account"


PATTERN = re.compile(rf"⟦({'|'.join(Kind)}):([a-z0-9]{{{_ID_LENGTH}}})(:full)?⟧")


@dataclass(frozen=True)
class Token:
    """A token taken apart."""

    kind: Kind
    id: str
    full: bool

    def __str__(self) -> str:
        return f"{OPENING}{self.kind}:{self.id}{':full' if self.full else ''}{CLOSING}"


def new(kind: Kind, *, full: bool) -> Token:
    """A token that no one can guess (62 random bits, within one conversation)."""
    return Token(kind, "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH)), full)


def read(match: re.Match[str]) -> Token:
    """The token that ``PATTERN`` found."""
    return Token(Kind(match[1]), match[2], match[3] is not None)


def tokens_in(text: str, kind: Kind | None = None) -> list[str]:
    """All tokens in ``text`` in their order, of one kind if that is given."""
    return [match[0] for match in PATTERN.finditer(text) if kind is None or match[1] == kind]
