"""What makes words the name of a bank's branch (R-047); the words are data (``branches.yml``)."""

from __future__ import annotations

from pathlib import Path

from settlement.wordlists import word_lists

FILE = Path(__file__).with_name("branches.yml")


def named_in(text: str) -> bool:
    """Whether ``text``, whatever a customer said, names a branch."""
    return any(word in text for word in word_lists(FILE)["words"])


def is_name(text: str) -> bool:
    """Whether the content of the field for it can be a branch's name."""
    return named_in(text) or any(word in text for word in word_lists(FILE)["in_its_field"])
