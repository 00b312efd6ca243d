"""Stored images: encrypted at rest, found by opaque ids, bound to whom they belong (R-033)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import BaseModel, ConfigDict

from settlement.errors import CustomerError
from settlement.security.keys import Keyring, UnsealError

log = structlog.get_logger(__name__)

FILE_ID = re.compile(r"f_[A-Za-z0-9_-]{24}")


def owner_context(broker: str, customer: str) -> str:
    """The context of a case's images: its owner's broker code and customer id.

    An upload that no case has taken yet is stored under its conversation's id.
    """
    return f"{broker}/{customer}"


class StoredFile(BaseModel):
    """What was stored. ``sha256`` is of the plain content; ``size`` is in bytes."""

    model_config = ConfigDict(frozen=True)

    id: str
    sha256: str
    size: int
    mime: str


class ObjectStore(Protocol):
    """Keeps bytes. A file opens only under the context that it was put with."""

    async def put(self, data: bytes, *, mime: str, context: str) -> StoredFile:
        """Store ``data`` under a new id."""
        ...

    async def get(self, file_id: str, *, context: str) -> bytes:
        """The content; ``CustomerError("image_not_found")`` when absent or of another context."""
        ...

    async def remove(self, file_id: str) -> None:
        """Forget a file, for good; an absent one is no error."""
        ...


class LocalObjects:
    """A folder of sealed files."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring

    async def put(self, data: bytes, *, mime: str, context: str) -> StoredFile:
        """Seal ``data`` and write it so that a crash leaves either all of it or nothing."""
        file_id = f"f_{secrets.token_urlsafe(18)}"
        digest = await asyncio.to_thread(self._write, file_id, data, context)
        return StoredFile(id=file_id, sha256=digest, size=len(data), mime=mime)

    async def get(self, file_id: str, *, context: str) -> bytes:
        """Read and unseal."""
        if not FILE_ID.fullmatch(file_id):  # also keeps any path out of the file name
            raise CustomerError("image_not_found")
        return await asyncio.to_thread(self._read, file_id, context)

    async def remove(self, file_id: str) -> None:
        """Delete the sealed file."""
        if FILE_ID.fullmatch(file_id):
            await asyncio.to_thread(self._path(file_id).unlink, missing_ok=True)

    def _path(self, file_id: str) -> Path:
        return self._folder / file_id[2:4] / file_id

    def _write(self, file_id: str, data: bytes, context: str) -> str:
        """Seal and write; the SHA-256 of ``data``."""
        sealed = self._keyring.seal(data, bound(file_id, context))
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return hashlib.sha256(data).hexdigest()

    def _read(self, file_id: str, context: str) -> bytes:
        try:
            sealed = self._path(file_id).read_bytes()
        except FileNotFoundError:
            raise CustomerError("image_not_found") from None
        try:
            return self._keyring.unseal(sealed, bound(file_id, context))
        except UnsealError as error:
            # Another's context and a damaged file look the same, and are answered the same.
            log.warning("object_does_not_open", file=file_id, error=type(error).__name__)
            raise CustomerError("image_not_found") from None


def bound(file_id: str, context: str) -> str:
    """What a file is sealed for: itself and whom it belongs to."""
    return f"object:{file_id}:{context}"
