"""Every place where a running assistant keeps something, as bytes."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.conversations.stack import Stack
from tests.support.redis import as_bytes

Place = tuple[str, bytes]

NOT_THE_ASSISTANTS = ("keys/",)
"""Its own secrets, which hold nothing of customers."""


def files(state: Path) -> Iterator[Place]:
    """Databases with their journals, Redis's append-only file, logs, stored photos: byte by byte."""
    for path in sorted(state.rglob("*")):
        name = path.relative_to(state).as_posix()
        if path.is_file() and not name.startswith(NOT_THE_ASSISTANTS):
            yield name, path.read_bytes()


def tables(database: Path) -> Iterator[Place]:
    """Each row as the database gives it: a value that is split over two pages is whole here."""
    with sqlite3.connect(database) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                content = b"\0".join(
                    cell if isinstance(cell, bytes) else str(cell).encode()
                    for cell in row
                    if cell is not None
                )
                yield f"{database.name}:{name}", content


def redis_entries(stack: Stack) -> Iterator[Place]:
    """Each key of Redis and all that it holds."""
    for key in stack.redis.scan_iter(count=1000):
        yield f"redis key {key!r}", key
        read: Callable[[bytes], object] = {
            b"string": lambda key: stack.redis.get(key),
            b"hash": lambda key: stack.redis.hgetall(key),
            b"list": lambda key: stack.redis.lrange(key, 0, -1),
            b"set": lambda key: stack.redis.smembers(key),
            b"zset": lambda key: stack.redis.zrange(key, 0, -1),
            b"stream": lambda key: stack.redis.xrange(key),
            b"none": lambda key: None,  # its time was over between being found and being read
        }[as_bytes(stack.redis.type(key))]
        yield f"redis {key!r}", b"\0".join(_flat(read(key)))


def _flat(content: object) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, dict):
        for name, value in content.items():
            yield from _flat(name)
            yield from _flat(value)
    elif isinstance(content, list | tuple | set):
        for one in content:
            yield from _flat(one)


def archive(path: Path) -> Iterator[Place]:
    """Each file inside a model archive."""
    with tarfile.open(path) as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is not None:
                yield f"{path.name}:{member.name}", file.read()


def everywhere(stack: Stack) -> Iterator[Place]:
    """All of them."""
    yield from files(stack.state)
    for database in ("rasa.db", "cases.db", "counter.db"):
        if (stack.state / database).exists():
            yield from tables(stack.state / database)
    yield from redis_entries(stack)
    yield from archive(stack.assistant.model)
