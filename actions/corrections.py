"""Corrections in words: “姓名应该是张三”, “卡号改成…” (R-036). Labels and verbs are data."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

PHRASES = Path(__file__).with_name("phrases.yml")


@lru_cache(maxsize=1)
def _verbs() -> str:
    words: list[str] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))["correction_verbs"]
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def correction_in(text: str, labels: dict[str, str]) -> tuple[str, str] | None:
    """The field and its new value, when ``text`` names one of ``labels`` (label → field name)."""
    for label, name in sorted(labels.items(), key=lambda pair: -len(pair[0])):
        match = re.search(
            rf"{re.escape(label)}.{{0,6}}?(?:{_verbs()})[:：\s]*(?P<value>[^，,。；;\s]+)", text
        )
        if match:
            return name, match["value"]
    return None
