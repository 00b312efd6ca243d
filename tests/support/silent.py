"""A server that takes connections and never answers: what a time limit is for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import httpx
import pytest

SHORT_SECONDS = 0.3
Limit = tuple[ModuleType, str] | None
"""The time limit to shorten; None: nobody takes the connection at all."""


@contextmanager
def silent_server() -> Iterator[str]:
    """Its ``host:port``. The system takes the connections; nobody reads what is sent."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def unreachable(monkeypatch: pytest.MonkeyPatch, limit: Limit) -> Iterator[str]:
    """The URL of a system that refuses connections, or of one that keeps us waiting up to ``limit``."""
    if limit is None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{nobody.getsockname()[1]}"
        return
    module, name = limit
    plain = isinstance(getattr(module, name), float)
    monkeypatch.setattr(module, name, SHORT_SECONDS if plain else httpx.Timeout(SHORT_SECONDS))
    with silent_server() as address:
        yield f"http://{address}"
