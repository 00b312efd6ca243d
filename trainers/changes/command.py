"""``python -m trainers try|save``: what the console asks for. JSON in, a JSON line for each step and the end.

In: ``{"wishes": [{"sentence", "target", "answer"}], "recent": [sentence], "author", "patches": folder}``.
Out: ``{"step": "checking|training|comparing"}`` …, then ``{"result": …}``, ``{"wrong": [line]}`` or
``{"error": code, "facts": {…}}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.environments import ROOT
from deploy.progress import SetupError
from trainers.changes.candidate import attempt
from trainers.changes.edit import Wish, WishError
from trainers.changes.save import save


def run_try(arguments: Sequence[str]) -> int:
    """Train and compare."""
    return _answer(
        lambda asked, tell: attempt(
            asked["wishes"], asked.get("recent", []), lambda step: tell({"step": step})
        )
    )


def run_save(arguments: Sequence[str]) -> int:
    """Save for review."""
    return _answer(
        lambda asked, _: save(ROOT, Path(asked["patches"]), asked["wishes"], asked.get("author", ""))
    )


def _answer(do: Callable[[dict[str, Any], Callable[[dict[str, Any]], None]], Any]) -> int:
    asked = json.load(sys.stdin)
    asked["wishes"] = [Wish(**wish) for wish in asked["wishes"]]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")

    def tell(line: dict[str, Any]) -> None:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()

    # What the steps say to a terminal must not come between the lines.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            done = do(asked, tell)
        except WishError as error:
            tell({"error": error.code, "facts": error.facts})
            return 1
        except SetupError as error:
            print(error, file=sys.stderr)
            tell({"error": "training_failed", "facts": {}})
            return 1
    tell({"wrong": done} if isinstance(done, list) else {"result": asdict(done)})
    return 0
