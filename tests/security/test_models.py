"""Rasa loads only archives that we made (compliance §5.2, 13)."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy import training
from deploy.models import UntrustedModelError, manifest_of, verify, write_manifest
from deploy.progress import SetupError
from deploy.services import Assistant
from deploy.training import rasa, rasa_environment

KEY = {"MODEL_SIGNING_KEY": "k" * 32}
OTHER_KEY = {"MODEL_SIGNING_KEY": "o" * 32}
SOURCES = {"domain.yml": "aa", "data/rules/form.yml": "bb"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive that was just trained, without a manifest."""
    inside = tmp_path / "metadata.json"
    inside.write_text("{}")
    path = tmp_path / "assistant-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(inside, "metadata.json")
    return path


@pytest.mark.parametrize("environment", [{}, KEY])
def test_an_archive_that_we_made_is_good(archive: Path, environment: dict[str, str]) -> None:
    write_manifest(archive, SOURCES, environment)
    verify(archive, sources=SOURCES, environment=environment)


def test_an_archive_without_a_manifest_is_refused(archive: Path) -> None:
    with pytest.raises(UntrustedModelError, match="no manifest"):
        verify(archive, environment={})


def test_one_changed_byte_is_noticed(archive: Path) -> None:
    write_manifest(archive, SOURCES, {})
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    with pytest.raises(UntrustedModelError, match="not the archive"):
        verify(archive, environment={})


def test_the_manifest_of_another_archive_does_not_do(archive: Path) -> None:
    manifest = write_manifest(archive, SOURCES, {})
    other = archive.with_name("assistant-2.tar.gz")
    other.write_bytes(archive.read_bytes())
    manifest_of(other).write_bytes(manifest.read_bytes())
    with pytest.raises(UntrustedModelError, match="another archive"):
        verify(other, environment={})


def test_a_model_of_other_training_files_is_refused(archive: Path) -> None:
    write_manifest(archive, SOURCES, {})
    with pytest.raises(UntrustedModelError, match="other files"):
        verify(archive, sources={**SOURCES, "domain.yml": "cc"}, environment={})


@pytest.mark.parametrize("made_with", [{}, OTHER_KEY])
def test_with_a_key_only_its_own_signature_counts(archive: Path, made_with: dict[str, str]) -> None:
    write_manifest(archive, SOURCES, made_with)
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(archive, environment=KEY)


def test_a_signature_covers_the_digest_and_the_sources(archive: Path) -> None:
    manifest = write_manifest(archive, SOURCES, KEY)
    said = json.loads(manifest.read_text())
    said["sources"]["domain.yml"] = "changed"
    manifest.write_text(json.dumps(said))
    with pytest.raises(UntrustedModelError, match="not signed"):
        verify(archive, environment=KEY)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": 9}', "\x00"])
def test_a_broken_manifest_is_refused(archive: Path, content: str) -> None:
    manifest_of(archive).write_text(content)
    with pytest.raises(UntrustedModelError):
        verify(archive, environment={})


def test_production_needs_a_key(archive: Path) -> None:
    write_manifest(archive, SOURCES, {})
    with pytest.raises(UntrustedModelError, match="production"):
        verify(archive, environment={"ENVIRONMENT": "production"})


def test_a_key_that_is_too_short_is_refused(archive: Path) -> None:
    with pytest.raises(UntrustedModelError, match="at least 32"):
        write_manifest(archive, SOURCES, {"MODEL_SIGNING_KEY": "short"})


def test_the_assistant_does_not_start_with_a_foreign_model(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no manifest"):
        Assistant(state=tmp_path / "s", model=archive).prepare()


def test_rasa_itself_refuses_a_foreign_model_before_it_unpacks_it(archive: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(part) for part in rasa("run", "--model", archive, "--port", "0", "--interface", "127.0.0.1")],
        env=rasa_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "refused to load a model: assistant-1.tar.gz has no manifest" in done.stderr


def test_rasa_is_not_given_the_keys_that_open_what_it_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in training.NOT_FOR_RASA:
        monkeypatch.setenv(name, "secret")
    assert "secret" not in rasa_environment().values()
