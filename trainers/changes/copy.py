"""A copy of the training files, in which wishes are tried without touching the originals."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = (
    "domain.yml",
    "config.yml",
    "endpoints.yml",
    "credentials.yml",
    "data",
    "brokers",
    "nlu",
    "tests/nlu",
    "actions",
)


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A folder with the training files of ``root``; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="training-") as folder:
        for part in PARTS:
            source, target = root / part, Path(folder) / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, target)
        # Only read, to know which variables the program fills in.
        for package in ("channels", "settlement"):
            (Path(folder) / package).symlink_to(root / package)
        yield Path(folder)
