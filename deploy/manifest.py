"""The manifest beside each model archive: its digest, what it was trained from, and a signature over both.

A Rasa model is a tar with pickles inside, and whoever can place one runs code in Rasa's process (product
compliance §5.2, 13). Standard library and Python 3.10, for Rasa's own environment imports it too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.progress import SetupError

FORMAT = 2
_CHUNK = 1 << 20


class UntrustedModelError(SetupError):
    """This archive must not be loaded, or cannot be signed; the text says why and what to do."""


def manifest_of(archive: Path) -> Path:
    """Where an archive's manifest lies."""
    return archive.with_name(archive.name + ".manifest.json")


def digest(path: Path) -> str:
    """sha256 of a file, in hex."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def write(archive: Path, said: Mapping[str, Any]) -> Path:
    """Put the manifest beside its archive, atomically."""
    target = manifest_of(archive)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(target)
    return target


def read(archive: Path) -> dict[str, Any]:
    """What the manifest says, true or not; ``UntrustedModelError`` when there is none that can be read."""
    try:
        said = json.loads(manifest_of(archive).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UntrustedModelError(f"{archive.name} has no manifest; only ./run train makes one") from None
    except (OSError, ValueError):
        raise UntrustedModelError(f"the manifest of {archive.name} cannot be read") from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise UntrustedModelError(f"the manifest of {archive.name} is of an unknown form")
    return said


def signed_part(said: Mapping[str, Any]) -> bytes:
    """The bytes that a signature is about: everything but the signature, in one spelling."""
    rest = {name: value for name, value in said.items() if name != "signature"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
