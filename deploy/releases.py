"""Which model serves customers, and which served before: ``models/released.json``."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.progress import SetupError
from deploy.training import MODELS

RECORD = MODELS / "released.json"
KEPT = 50  # lines of history


@dataclass
class Released:
    """Names of models without ``.tar.gz``; empty when nothing was released yet."""

    current: str = ""
    previous: str = ""
    history: list[dict[str, str]] = field(default_factory=list)

    def now(self, model: str, what: str) -> Released:
        """The record after ``model`` went out; ``what`` is ``released`` or ``rolled_back``."""
        line = {"model": model, "what": what, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        return Released(model, self.current, [*self.history, line][-KEPT:])

    @property
    def kept(self) -> set[str]:
        """Archives that must not be tidied away."""
        return {f"{name}.tar.gz" for name in (self.current, self.previous) if name}


def read(record: Path = RECORD) -> Released:
    """The record; an empty one when there is none. ``SetupError`` when it cannot be read."""
    try:
        return Released(**json.loads(record.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Released()
    except (OSError, ValueError, TypeError):
        raise SetupError(f"{record} cannot be read; remove it to start without a released model") from None


def write(released: Released, record: Path = RECORD) -> None:
    """Replace the record atomically."""
    fresh = record.with_name(f"{record.name}.{os.getpid()}")
    fresh.write_text(json.dumps(asdict(released), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(record)


def archive(model: str) -> Path:
    """Where a model lies."""
    return MODELS / f"{model}.tar.gz"
