"""The real models, loaded once; photos by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from settlement.ocr.engine import Bgr, Engine
from settlement.ocr.pipeline import decode
from settlement.settings import settings

PHOTOS = Path(__file__).resolve().parents[2] / "fixtures" / "photos"


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine(settings().ocr_models_dir)


@pytest.fixture(scope="session")
def photo() -> Callable[[str], Bgr]:
    def load(name: str) -> Bgr:
        image = decode((PHOTOS / f"{name}.jpg").read_bytes())
        assert image is not None
        return image

    return load


@pytest.fixture(scope="session")
def truth() -> dict[str, dict[str, Any]]:
    """What each specimen shows, by name."""
    entries = json.loads((PHOTOS / "truth.json").read_text(encoding="utf-8"))
    return {entry["file"].removesuffix(".jpg"): entry["truth"] for entry in entries}
