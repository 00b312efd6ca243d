"""What of an outbox a customer may read now, with the values put in that they may see (R-090, R-092)."""

from __future__ import annotations

import json
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

    async def history(self, session: Session, limit: int) -> tuple[list[dict[str, Any]], str]:
        """The last ``limit`` messages, and the position to go on from. Used-up buttons are left out."""
        floor = await self._floor(session)
        entries = await self._outbox.latest(session.conversation, limit=limit * SCANNED_FOR_HISTORY)
        last = entries[-1]["id"] if entries else FIRST
        open_buttons = {button.id for button in await self._buttons.current(session.conversation)}
        messages = []
        for entry in [
            entry for entry in entries if entry["kind"] == "message" and later(entry["id"], floor) != floor
        ][-limit:]:
            shown = await self._delivered(session, entry)
            shown["buttons"] = [button for button in shown["buttons"] if button["id"] in open_buttons]
            messages.append(shown)
        return messages, last

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
