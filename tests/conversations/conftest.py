"""One running assistant for all conversations."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    # A socket's path may have 108 bytes, which pytest's own folders use up.
    with tempfile.TemporaryDirectory(prefix="talk-") as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
