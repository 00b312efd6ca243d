"""A copy of the project's own files, to change and to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.environments import ROOT

PARTS = ("domain.yml", "config.yml", "data", "brokers", "tests/nlu", "actions", "channels", "settlement")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's files without environments, models and photos."""
    root = tmp_path / "project"
    for part in PARTS:
        source, target = ROOT / part, root / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return root
