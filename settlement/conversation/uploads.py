"""Whose photo a stored file is: kept beside the file until it became part of a case or is forgotten."""

from __future__ import annotations

from pydantic import BaseModel
from redis.asyncio import Redis

from settlement.conversation import keys
from settlement.errors import CustomerError

UPLOAD_SECONDS = 86_400


class Upload(BaseModel):
    """A photo that was stored; ``size`` in bytes, ``width`` and ``height`` in pixels.

    ``private``: it was sent by a logged-in customer, so it is shown to a logged-in customer alone (R-092).
    """

    id: str
    conversation: str
    sha256: str
    size: int
    width: int
    height: int
    kind: str | None = None
    private: bool = False


class Uploads:
    """Remembers uploads for a day. The object store keeps the picture, under the conversation as context."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, upload: Upload) -> None:
        """Remember ``upload``."""
        await self._redis.set(keys.upload(upload.id), upload.model_dump_json(), ex=UPLOAD_SECONDS)

    async def get(self, conversation: str, file_id: str) -> Upload:
        """The conversation's own upload; ``upload_not_found`` also when it is somebody else's."""
        raw = await self._redis.get(keys.upload(file_id))
        upload = None if raw is None else Upload.model_validate_json(raw)
        if upload is None or upload.conversation != conversation:
            raise CustomerError("upload_not_found")
        return upload
