"""The trained model: one archive for each state of the training files; a second start trains nothing."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

from deploy import models
from deploy.environments import LOGS, RASA, ROOT, python_of
from deploy.manifest import UntrustedModelError, digest
from deploy.progress import run, step

MODELS = ROOT / "models"
SOURCES = ("config.yml", "domain.yml")
NOT_FOR_RASA = {
    "ENCRYPTION_KEYS", "LOOKUP_KEY", "DATABASE_URL", "REDIS_URL",
    "SMS_TOKEN", "COUNTER_TOKEN", "S3_ACCESS_KEY", "S3_SECRET_KEY", "MODEL_SIGNING_KEY",
}  # fmt: skip
# Rasa imports 5,000 modules; compiled anew they take ten seconds of every start.
NOT_FOR_SPEED = {"PYTHONDONTWRITEBYTECODE"}


def sources() -> dict[str, str]:
    """Everything that a model is made from: path → sha256."""
    files = [ROOT / name for name in SOURCES]
    files += sorted([*(ROOT / "data").rglob("*.yml"), *(ROOT / "nlu").glob("*.py"), ROOT / "nlu/words.npz"])
    return {path.relative_to(ROOT).as_posix(): digest(path) for path in files}


def digest_of_sources() -> str:
    """Twelve hex digits over everything that a model is made from."""
    listed = "".join(f"{name} {sha256}\n" for name, sha256 in sources().items())
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def model() -> Path:
    """Where the model for the present training files is, or will be."""
    return MODELS / f"assistant-{digest_of_sources()}.tar.gz"


def ensure_model() -> Path:
    """The model for the present training files; trained when there is none that our manifest vouches for."""
    made_from, archive = sources(), model()
    try:
        models.verify(archive, sources=made_from)
    except UntrustedModelError as reason:
        _train(archive, made_from, reason)
    return archive


def _train(archive: Path, made_from: dict[str, str], reason: UntrustedModelError) -> None:
    try:
        models.check_can_sign()
    except UntrustedModelError as error:
        raise UntrustedModelError(f"{reason}\n{error}") from None
    with step("Training the assistant"):
        run(
            # ``./run check`` looks into the files: Rasa's own look takes as long as all training, and to ask
            # its cache of earlier trainings takes longer than our pipeline takes to train.
            rasa(
                *("train", "--skip-validation", "--force"),
                *("--out", MODELS, "--fixed-model-name", archive.name.removesuffix(".tar.gz")),
            ),
            log=LOGS / "train.log",
            env=rasa_environment(),
            cwd=ROOT,
        )
    models.sign(archive, made_from)


def rasa(*arguments: str | Path) -> list[str | Path]:
    """A command of Rasa's own, in its environment."""
    return [python_of(RASA), ROOT / "deploy/rasa/launcher.py", *arguments]


def rasa_environment(**more: str) -> dict[str, str]:
    """Rasa's environment variables: no telemetry, no talk of TensorFlow, and what ``endpoints.yml`` names.

    Rasa opens no token and no database of ours, so it is not given what would open them.
    """
    return {
        **{name: value for name, value in os.environ.items() if name not in NOT_FOR_RASA | NOT_FOR_SPEED},
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "ACTION_PORT": "5055",
        "RASA_TRACKER_DB": str(ROOT / ".local/state/rasa.db"),
        **more,
    }


def rasas_complaints() -> list[str]:
    """What Rasa's own check says of the training files, warnings too; empty when all is well."""
    with step("Checking the training files"):
        done = subprocess.run(  # noqa: S603 - our own command
            [str(part) for part in rasa("data", "validate", "--fail-on-warnings")],
            env=rasa_environment(PYTHONWARNINGS="default"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    # Rasa answers 0 despite warnings, so its words are read. It cannot see which responses actions utter:
    # tests/unit/test_house.py checks those, in both directions.
    # And it counts the retrieval intent twice: once from the domain, once from its answers in data/faq.
    known = re.compile(
        r"The utterance '(ask|tell|error|label)_\w+' is not used in any story or rule"
        r"|duplicated intents have been found across multiple domain files: faq$"
    )
    lines = [line for line in done.stderr.splitlines() if "UserWarning" in line or "ERROR" in line]
    complaints = [line for line in lines if not known.search(line.strip())]
    return complaints or ([f"rasa data validate: {done.returncode}"] if done.returncode else [])
