"""Copies of the companies' folders that a test may spoil."""

from __future__ import annotations

import os
from pathlib import Path

from settlement.brokers.schema import Broker, Document


def replace(path: Path, old: str, new: str) -> None:
    """Edit a file as a trainer would; the text must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    touch(path)


def document(broker: Broker, document_id: str) -> Document:
    """One document, which this company has."""
    found = broker.document(document_id)
    assert found is not None, document_id
    return found


def touch(path: Path) -> None:
    """Give a file a time of its own, so that two edits within one tick of the clock are two."""
    stamp = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(stamp, stamp))
