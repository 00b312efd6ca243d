"""A real PostgreSQL for tests: a private server on a socket of its own, from the binaries of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 60.0
SERVER_USER = "postgres"  # the server refuses to run as root
# Nothing here outlives the run, so nothing waits for a disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB", "autovacuum=off")


def server_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: Debian's newest, or the one on the path, or ``None``."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: float(found.parts[-3])
    )
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_postgres(binaries: Path) -> Iterator[str]:
    """Make a cluster in a temporary folder, start it, give its URL, and leave nothing behind."""
    user = SERVER_USER if os.geteuid() == 0 else None
    # Short, and in /tmp: a socket's path has 107 bytes at most, and another user must reach it.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user)
        data = Path(folder) / "data"
        command: list[str | Path] = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        made = subprocess.run(
            [*command, "--locale=C.UTF-8"], user=user, cwd=folder, capture_output=True, check=False
        )
        assert made.returncode == 0, made.stderr.decode()
        options = (f"unix_socket_directories={folder}", "listen_addresses=", "max_connections=200", *FAST)
        log = Path(folder) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, *(part for one in options for part in ("-c", one))],
                user=user, cwd=folder, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait(url, server, log)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(errors="replace")
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("PostgreSQL did not start")
