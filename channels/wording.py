"""Sentences for what goes wrong before Rasa is asked: taken from ``domain.yml``, where trainers keep them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from settlement.errors import OperatorError

FALLBACK = "unavailable"


class _Facts(dict[str, Any]):
    """A fact that the sentence names but the error lacks is left out, rather than failing the answer."""

    def __missing__(self, key: str) -> str:
        return ""


class Wording:
    """The sentences ``error_<code>`` (or ``utter_error_<code>``), read once at start."""

    def __init__(self, domain: Path) -> None:
        responses = (yaml.safe_load(domain.read_text("utf-8")) or {}).get("responses") or {}
        self._sentences: dict[str, str] = {
            name.removeprefix("utter_").removeprefix("error_"): str(variants[0]["text"])
            for name, variants in responses.items()
            if name.removeprefix("utter_").startswith("error_") and variants and variants[0].get("text")
        }
        if FALLBACK not in self._sentences:
            raise OperatorError(f"{domain.name} lacks the response error_{FALLBACK}")

    def error(self, code: str, facts: Mapping[str, Any] | None = None) -> str:
        """The sentence for ``code``; a code that has none gets the general apology."""
        sentence = self._sentences.get(code, self._sentences[FALLBACK])
        return sentence.format_map(_Facts(facts or {})).strip()
