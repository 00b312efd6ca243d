"""Signing and checking models for the commands, in the application's Python: theirs has no cryptography."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.environments import APP, ROOT, python_of
from deploy.manifest import UntrustedModelError

REFUSED = 3
SECONDS = 120


def check_can_sign() -> None:
    """``UntrustedModelError`` where no model can be signed, before minutes of training."""
    _call("can-sign")


def sign(archive: Path, sources: Mapping[str, str]) -> None:
    """Vouch for an archive that was just trained from ``sources`` (path → sha256)."""
    _call("sign", archive, said=json.dumps(dict(sources)))


def verify(archive: Path, *, sources: Mapping[str, str] | None = None) -> None:
    """``UntrustedModelError`` unless a trusted key signed for exactly these bytes (and these sources)."""
    _call("verify", archive, said="" if sources is None else json.dumps(dict(sources)))


def _call(command: str, *archive: Path, said: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - our own module
        [str(python_of(APP)), "-m", "deploy.signatures", command, *map(str, archive)],
        cwd=ROOT, input=said, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        told = done.stderr.strip()
        raise UntrustedModelError(told if done.returncode == REFUSED else f"signatures: {told[-1000:]}")
