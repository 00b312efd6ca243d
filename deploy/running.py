"""Where the running assistant's processes listen: ``<state>/running.json``, readable by its owner alone."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "running.json"


@dataclass(frozen=True)
class Running:
    """Addresses without a slash at the end; ``rasa`` has one for each replica."""

    pid: int
    gateway: str
    console: str
    rasa: list[str]
    rasa_token: str


def note(state: Path, running: Running) -> None:
    """Write the file; the token in it opens Rasa's own interface."""
    file = state / FILE
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(asdict(running), out, indent=1)


def forget(state: Path) -> None:
    """Remove the file."""
    (state / FILE).unlink(missing_ok=True)


def find(state: Path) -> Running | None:
    """What runs from this state folder; ``None`` when its supervisor is gone."""
    with suppress(OSError, ValueError, TypeError):
        running = Running(**json.loads((state / FILE).read_text(encoding="utf-8")))
        os.kill(running.pid, 0)
        return running
    return None
