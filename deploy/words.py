"""What the commands say, in Chinese or in English: ``--lang zh``, or the terminal's own language.

The words stand in ``deploy/words/<language>.toml``; the standard library reads them, since ``./run`` speaks
before anything is installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "words"
VARIABLE = "ASSISTANT_LANG"


def language(environment: Mapping[str, str] | None = None) -> str:
    """``zh`` or ``en``: what was asked for, else what the terminal speaks."""
    env = os.environ if environment is None else environment
    spoken = next((env[name] for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


@cache
def _table(spoken: str) -> dict[str, Any]:
    import tomllib  # from Python 3.11 on: Rasa's environment imports this module, and says nothing by it

    return tomllib.loads((FOLDER / f"{spoken}.toml").read_text(encoding="utf-8"))


def word(code: str, **facts: Any) -> str:
    """The sentence ``code`` with its facts filled in; ``KeyError`` when no language file has it."""
    sentence: str = _table(language())[code]
    return sentence.format(**facts)


def table(name: str) -> dict[str, str]:
    """A table of names, such as ``cards``."""
    named: dict[str, str] = _table(language())[name]
    return named


def title(english: str) -> str:
    """What is under way, in the terminal's language; English where nobody has translated it."""
    translated: str = _table(language()).get("titles", {}).get(english, english)
    return translated
