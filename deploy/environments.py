"""Two Python environments from lock files: the application's, and Rasa's fenced one on Python 3.10."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from deploy.progress import SetupError, run, step

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"

APP = LOCAL / "app"
RASA = LOCAL / "rasa"
APP_LOCK = ROOT / "deploy/app/requirements.txt"
TEST_LOCK = ROOT / "deploy/app/requirements-test.txt"
RASA_LOCK = ROOT / "deploy/rasa/requirements.txt"
# Redis comes as a wheel, and its newest wheels are for Python 3.12.
APP_PYTHONS = ("3.12", "3.11")
RASA_PYTHON = "3.10"


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / "bin" / "python"


def ensure_app(*, tests: bool) -> None:
    """The application's environment; with what tests need when ``tests``."""
    wanted = [TEST_LOCK] if tests else [APP_LOCK, TEST_LOCK]
    if not any(_stamp(APP) == _digest(lock) for lock in wanted):
        _make(APP, APP_PYTHONS, wanted[0], "Installing the application's environment")


def ensure_rasa() -> None:
    """Rasa's environment: nothing else lives under its pins."""
    if _stamp(RASA) != _digest(RASA_LOCK):
        _make(RASA, (RASA_PYTHON,), RASA_LOCK, "Installing Rasa's environment (TensorFlow is large)")


def _make(environment: Path, versions: tuple[str, ...], lock: Path, title: str) -> None:
    uv = _uv()
    with step(title):
        if not python_of(environment).exists():
            interpreter = _interpreter(uv, versions)
            command: list[str | Path] = [uv, "venv", "--clear", "--python", interpreter, environment]
            run(command, log=LOGS / "venv.log", cwd=ROOT)
        run(
            [uv, "pip", "sync", "--require-hashes", "--python", python_of(environment), lock],
            log=LOGS / f"install-{environment.name}.log",
            cwd=ROOT,
        )
        (environment / ".lock-digest").write_text(_digest(lock), encoding="ascii")


def _uv() -> Path:
    """uv, of the pinned version, in an environment of its own."""
    home, lock = LOCAL / "uv", ROOT / "deploy/uv.txt"
    if _stamp(home) != _digest(lock):
        with step("Installing uv"):
            venv.create(home, with_pip=True, clear=True)
            run(
                [home / "bin/python", "-m", "pip", "install", "--require-hashes", "-r", lock],
                log=LOGS / "install-uv.log",
                cwd=ROOT,
            )
            (home / ".lock-digest").write_text(_digest(lock), encoding="ascii")
    return home / "bin/uv"


def _interpreter(uv: Path, versions: tuple[str, ...]) -> str:
    """A Python of one of these versions: this one, pyenv's, one that uv finds, or one that uv fetches."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" in versions:
        return sys.executable
    for version in versions:
        named = shutil.which(f"python{version}")
        # Pyenv's shims name versions that they will not start; its folders tell the truth.
        for found in sorted(_pyenv(named).glob(f"versions/{version}.*/bin/python"), reverse=True):
            return str(found)
        if named and _starts(named):
            return named
        answer = subprocess.run(  # noqa: S603 - our own uv
            [uv, "python", "find", "--no-project", version], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and _starts(answer.stdout.strip()):
            return answer.stdout.strip()
    run([uv, "python", "install", versions[0]], log=LOGS / "python.log", cwd=ROOT)
    return versions[0]


def _pyenv(shim: str | None) -> Path:
    """Pyenv's folder: as the environment names it, or as a shim of it shows, or in the home folder."""
    if named := os.environ.get("PYENV_ROOT"):
        return Path(named)
    return Path(shim).parent.parent if shim and "shims" in shim else Path.home() / ".pyenv"


def _starts(interpreter: str) -> bool:
    try:
        return subprocess.run([interpreter, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _digest(lock: Path) -> str:
    if not lock.exists():
        raise SetupError(f"{lock} is missing from this checkout.")
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _stamp(environment: Path) -> str:
    stamp = environment / ".lock-digest"
    return stamp.read_text(encoding="ascii") if stamp.exists() else ""
