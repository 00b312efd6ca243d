"""Every version of a company that was ever in force, kept so that a case ends under its first rules."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path

import structlog
from pydantic import ValidationError

from settlement.brokers.schema import Broker, Document

PUBLISHED = "published.json"
log = structlog.get_logger(__name__)


class Snapshots:
    """``<directory>/<code>/<version>.json``, and ``current`` beside them with the version last in force."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, broker: Broker) -> None:
        """Store a version that has just come into force."""
        folder = self._directory / broker.code
        path = folder / f"{broker.version}.json"
        if not path.exists():
            _write(path, broker.model_dump_json())
        current = folder / "current"
        if not current.exists() or current.read_text(encoding="ascii") != broker.version:
            _write(current, broker.version)

    def load(self, code: str, version: str) -> Broker | None:
        """A version that was kept; ``None`` when it never was, or cannot be read."""
        if not (re.fullmatch(r"[0-9]{4}", code) and re.fullmatch(r"[0-9a-f]{12}", version)):
            return None
        path = self._directory / code / f"{version}.json"
        try:
            return Broker.model_validate_json(path.read_bytes(), by_name=True)
        except FileNotFoundError:
            return None
        except ValidationError:
            log.exception("broker_snapshot_unreadable", broker=code, version=version)
            return None

    def republished(self, broker: Broker) -> list[Document]:
        """Documents whose version is known with another content: once in force, it never changes."""
        known = self._published(broker.code)
        return [
            one for one in broker.documents if known.get(f"{one.id} {one.version}", one.sha256) != one.sha256
        ]

    def publish(self, broker: Broker) -> None:
        """Note the digest of every document that comes into force with ``broker``."""
        known = self._published(broker.code)
        digests = {f"{one.id} {one.version}": one.sha256 for one in broker.documents}
        if not digests.items() <= known.items():
            text = json.dumps({**digests, **known}, ensure_ascii=False, indent=1, sort_keys=True)
            _write(self._directory / broker.code / PUBLISHED, text)

    def _published(self, code: str) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self._directory / code / PUBLISHED).read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def last(self, code: str) -> Broker | None:
        """The version that was last in force."""
        try:
            version = (self._directory / code / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return self.load(code, version)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, with several processes at it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
