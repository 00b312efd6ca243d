"""What the person at the terminal sees while something long is under way."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy import words


class SetupError(Exception):
    """Setting up failed; the text says what to do."""


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """A line when a step begins, and its seconds when it ends."""
    began = time.monotonic()
    print(f"  {words.title(title)} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def run(command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path) -> None:
    """Run a command, its output in ``log``; ``SetupError`` with the tail of it on failure."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd
        )
        try:
            while True:
                try:
                    code = process.wait(timeout=5)
                    break
                except subprocess.TimeoutExpired:
                    sys.stdout.write(".")
                    sys.stdout.flush()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise SetupError(f"{command[0]} ended with {code}; its last words ({log}):\n{tail}")
