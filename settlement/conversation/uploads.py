"""Whose photo a stored file is: kept beside the file until it became part of a case or is forgotten."""

from __future__ import annotations

from pydantic import BaseModel
from redis.asyncio import Redis

from settlement import clock
from settlement.conversation import keys
from settlement.errors import CustomerError
from settlement.ports.objects import ObjectStore
from settlement.redis import decoded

UPLOAD_SECONDS = 86_400
BATCH = 100


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
        """Remember ``upload``; noted first, so that no picture outlives its day."""
        await self._redis.zadd(keys.UPLOADS, {upload.id: clock.now().timestamp()})
        await self._redis.set(keys.upload(upload.id), upload.model_dump_json(), ex=UPLOAD_SECONDS)

    async def forget_old(self, objects: ObjectStore) -> int:
        """Remove the pictures whose day is over; a case keeps its photos as files of its own. How many."""
        before = clock.now().timestamp() - UPLOAD_SECONDS
        found = await self._redis.zrangebyscore(keys.UPLOADS, 0, before, start=0, num=BATCH)
        due = [decoded(one) for one in found]
        for file_id in due:
            await objects.remove(file_id)
            await self._redis.zrem(keys.UPLOADS, file_id)
        return len(due)

    async def get(self, conversation: str, file_id: str) -> Upload:
        """The conversation's own upload; ``upload_not_found`` also when it is somebody else's."""
        raw = await self._redis.get(keys.upload(file_id))
        upload = None if raw is None else Upload.model_validate_json(raw)
        if upload is None or upload.conversation != conversation:
            raise CustomerError("upload_not_found")
        return upload
