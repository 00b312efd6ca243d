"""Rasa loads only archives that we made: a manifest beside each archive, checked before it is unpacked.

A Rasa model is a tar with pickles inside, and whoever can place one runs code in Rasa's process (product
compliance §5.2, 13). The manifest holds the archive's sha256, that of every file it was trained from, and an
HMAC-SHA256 over both when ``MODEL_SIGNING_KEY`` is set. Standard library and Python 3.10, for Rasa's own
environment imports it too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.progress import SetupError

FORMAT = 1
SHORTEST_KEY = 32
_CHUNK = 1 << 20


class UntrustedModelError(SetupError):
    """This archive must not be loaded; the text says why and what to do."""


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


def signing_key(environment: Mapping[str, str] | None = None) -> bytes:
    """``MODEL_SIGNING_KEY``, or nothing; ``UntrustedModelError`` when it is too short to be one."""
    key = (os.environ if environment is None else environment).get("MODEL_SIGNING_KEY", "").encode()
    if key and len(key) < SHORTEST_KEY:
        raise UntrustedModelError(f"MODEL_SIGNING_KEY must have at least {SHORTEST_KEY} characters")
    return key


def write_manifest(
    archive: Path, sources: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> Path:
    """Vouch for an archive that was just trained from ``sources`` (path → sha256). Replaces atomically."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "archive": archive.name,
        "sha256": digest(archive),
        "sources": dict(sorted(sources.items())),
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    key = signing_key(environment)
    said["signature"] = _signature(said, key) if key else None
    target = manifest_of(archive)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(target)
    return target


def verify(
    archive: Path, *, sources: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Raise ``UntrustedModelError`` unless the manifest vouches for exactly these bytes.

    With ``sources``, it must also have been trained from exactly these files. With a key, the signature must
    be right; without one, only digests are compared, which production does not accept.
    """
    said = _read(archive)
    key = signing_key(environment)
    if key:
        signature = said.pop("signature", None)
        if not isinstance(signature, str) or not hmac.compare_digest(signature, _signature(said, key)):
            raise UntrustedModelError(f"{archive.name} is not signed with MODEL_SIGNING_KEY; train it again")
    elif (os.environ if environment is None else environment).get("ENVIRONMENT") == "production":
        raise UntrustedModelError("production needs MODEL_SIGNING_KEY, the key its models were signed with")
    if said.get("archive") != archive.name:
        raise UntrustedModelError(f"the manifest beside {archive.name} is that of another archive")
    if said.get("sha256") != digest(archive):
        raise UntrustedModelError(f"{archive.name} is not the archive that was trained; train it again")
    if sources is not None and said.get("sources") != dict(sources):
        raise UntrustedModelError(f"{archive.name} was trained from other files; train it again")


def _read(archive: Path) -> dict[str, Any]:
    try:
        said = json.loads(manifest_of(archive).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UntrustedModelError(f"{archive.name} has no manifest; only ./run train makes one") from None
    except (OSError, ValueError):
        raise UntrustedModelError(f"the manifest of {archive.name} cannot be read") from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise UntrustedModelError(f"the manifest of {archive.name} is of an unknown form")
    return said


def _signature(said: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(
        {name: value for name, value in said.items() if name != "signature"},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
