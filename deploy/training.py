"""The trained model: one archive for each state of the training files; a second start trains nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from deploy.environments import LOGS, RASA, ROOT, python_of
from deploy.progress import run, step

MODELS = ROOT / "models"
SOURCES = ("config.yml", "domain.yml")


def digest_of_sources() -> str:
    """Twelve hex digits over everything that a model is made from."""
    digest = hashlib.sha256()
    files = [ROOT / name for name in SOURCES] + sorted((ROOT / "data").rglob("*.yml"))
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def model() -> Path:
    """Where the model for the present training files is, or will be."""
    return MODELS / f"assistant-{digest_of_sources()}.tar.gz"


def ensure_model() -> Path:
    """The model for the present training files; trained when there is none."""
    archive = model()
    if not archive.exists():
        with step("Training the assistant"):
            run(
                rasa("train", "--out", MODELS, "--fixed-model-name", archive.name.removesuffix(".tar.gz")),
                log=LOGS / "train.log",
                env=rasa_environment(),
                cwd=ROOT,
            )
    return archive


def rasa(*arguments: str | Path) -> list[str | Path]:
    """A command of Rasa's own, in its environment."""
    return [python_of(RASA), ROOT / "deploy/rasa/launcher.py", *arguments]


def rasa_environment(**more: str) -> dict[str, str]:
    """Rasa's environment variables: no telemetry, no talk of TensorFlow, and what ``endpoints.yml`` names."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "ACTION_PORT": "5055",
        "RASA_TRACKER_DB": str(ROOT / ".local/state/rasa.db"),
        **more,
    }
