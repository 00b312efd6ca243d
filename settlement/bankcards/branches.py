"""What makes words the name of a bank's branch (R-047); the words are data (``branches.yml``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("branches.yml")


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return words


def named_in(text: str) -> bool:
    """Whether ``text``, whatever a customer said, names a branch."""
    return any(word in text for word in _words()["words"])


def is_name(text: str) -> bool:
    """Whether the content of the field for it can be a branch's name."""
    return named_in(text) or any(word in text for word in _words()["in_its_field"])
