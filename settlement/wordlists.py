"""Words to recognise, which trainers keep in YAML files beside the code that reads by them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def word_lists(file: Path) -> dict[str, Any]:
    """The lists of ``file`` by their names; read once."""
    lists: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return lists


def any_of(words: Iterable[str]) -> str:
    """A group of a pattern that is any of ``words``, the longest that fits."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"
