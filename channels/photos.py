"""Storing a photo that a customer sent, from whichever channel: re-encoded, sealed, remembered for a day."""

from __future__ import annotations

import asyncio

from settlement import images
from settlement.conversation.uploads import Upload, Uploads
from settlement.ports.objects import ObjectStore
from settlement.security.sessions import Session

_AT_ONCE = asyncio.Semaphore(2)
"""Decoding a large photo takes a core and some hundred megabytes for a moment."""


class Photos:
    """Takes photos in."""

    def __init__(self, objects: ObjectStore, uploads: Uploads) -> None:
        self._objects = objects
        self._uploads = uploads

    async def store(self, session: Session, content: bytes, kind: str | None = None) -> Upload:
        """Only the re-encoded picture is kept (R-033). Raises ``image_type`` and the like."""
        async with _AT_ONCE:
            picture = await images.clean_async(content)
        stored = await self._objects.put(picture.jpeg, mime=picture.mime, context=session.conversation)
        upload = Upload(
            id=stored.id,
            conversation=session.conversation,
            sha256=stored.sha256,
            size=stored.size,
            width=picture.width,
            height=picture.height,
            kind=kind,
            private=session.logged_in,
        )
        await self._uploads.add(upload)
        return upload
