"""A press for tests of everything around a signature: it keeps bytes in the real store, quickly."""

from __future__ import annotations

import hashlib

from settlement.errors import CustomerError
from settlement.evidence.press import Order, SignedPaper
from settlement.ports.objects import ObjectStore


class QuickPress:
    """Stores the frozen values as they are; ``failing`` is the refusal of an authority, if any."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self.failing: str | None = None

    async def make(self, order: Order) -> SignedPaper:
        """The values as JSON."""
        if self.failing:
            raise CustomerError(self.failing)
        content = order.paper.model_dump_json().encode()
        stored = await self._objects.put(content, mime="application/pdf", context=order.context)
        return SignedPaper(
            file_id=stored.id, sha256=stored.sha256, size=stored.size, paper_sha256=stored.sha256,
            certificate="1A", seal="2B", stamped_at=None,
        )  # fmt: skip

    async def kept(self, file_id: str, context: str, sha256: str) -> bool:
        """Whether the store still has it."""
        try:
            content = await self._objects.get(file_id, context=context)
        except CustomerError:
            return False
        return hashlib.sha256(content).hexdigest() == sha256

    async def drop(self, file_id: str) -> None:
        """Remove it."""
        await self._objects.remove(file_id)
