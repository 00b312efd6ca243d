"""What of an outbox a customer may read now, with the values put in that they may see (R-090, R-092)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from settlement.contract import Outbound
from settlement.conversation.buttons import Buttons
from settlement.conversation.outbox import FIRST, Entry, Outbox, later
from settlement.security.sessions import Session
from settlement.security.vault import Vault

log = structlog.get_logger(__name__)

SCANNED_FOR_HISTORY = 3
"""Entries read per message wanted: besides messages an outbox holds the marks of ended turns."""


@dataclass(frozen=True)
class Past:
    """What was said, as ``contract.Outbound`` JSON, oldest first."""

    entries: list[dict[str, Any]]
    last: str
    """The position to stream on from."""
    before: str | None
    """The position to page back from; None when nothing older may be read."""
    progress: list[dict[str, Any]] | None
    """Where the customer is on the way, as far as these entries tell."""


class Delivery:
    """Reads outboxes for customers."""

    def __init__(self, outbox: Outbox, buttons: Buttons, vault: Vault) -> None:
        self._outbox = outbox
        self._buttons = buttons
        self._vault = vault

    async def after(self, session: Session, start: str) -> list[dict[str, Any]]:
        """Entries after ``start`` as ``contract.Outbound`` JSON, oldest first."""
        start = later(start, await self._floor(session))
        return [
            await self._delivered(session, entry)
            for entry in await self._outbox.after(session.conversation, start)
        ]

    async def history(self, session: Session, limit: int, before: str | None = None) -> Past:
        """The last ``limit`` messages, or the last ones before a position. Used-up buttons are left out."""
        floor = await self._floor(session)
        scan = limit * SCANNED_FOR_HISTORY
        scanned = await self._outbox.latest(session.conversation, limit=scan, before=before)
        entries = [entry for entry in scanned if later(entry["id"], floor) != floor]
        said = [entry for entry in entries if entry["kind"] == "message"]
        shown = said[-limit:]
        open_buttons = {button.id for button in await self._buttons.current(session.conversation)}
        messages = []
        for entry in shown:
            message = await self._delivered(session, entry)
            message["buttons"] = [button for button in message["buttons"] if button["id"] in open_buttons]
            messages.append(message)
        more = len(said) > limit or (len(scanned) == scan and len(entries) == scan)
        oldest = shown if len(said) > limit else entries
        progress = (entry["progress"] for entry in reversed(entries) if entry.get("progress") is not None)
        return Past(
            entries=messages,
            last=scanned[-1]["id"] if scanned else before or FIRST,
            before=oldest[0]["id"] if more else None,
            progress=next(progress, None),
        )

    async def _floor(self, session: Session) -> str:
        return FIRST if session.logged_in else await self._outbox.private_until(session.conversation)

    async def _delivered(self, session: Session, entry: Entry) -> dict[str, Any]:
        if not session.logged_in:
            # A token without the mark that it was made with does not open: nobody sees a value unmasked.
            entry = json.loads(json.dumps(entry, ensure_ascii=False).replace(":full⟧", "⟧"))
        revealed = await self._vault.reveal(session.conversation, entry)
        try:
            return Outbound.model_validate(revealed).model_dump(mode="json")
        except ValidationError:
            # An older release wrote this entry; its words still stand.
            log.warning("entry_not_current", entry=entry["id"])
            return Outbound.model_validate({**revealed, "card": None}).model_dump(mode="json")
