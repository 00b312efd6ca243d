"""What a customer sends, made fit to travel inward: commands defused, personal numbers replaced by tokens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from settlement.brokers import qr
from settlement.contract import (
    ButtonMessage,
    DeviceMessage,
    FieldsMessage,
    Inbound,
    TextMessage,
    UploadMessage,
)
from settlement.conversation.buttons import Buttons
from settlement.conversation.uploads import Uploads
from settlement.errors import CustomerError
from settlement.security.sessions import Session
from settlement.security.vault import Kind, Tokeniser, Vault

FIELD_KINDS = {
    "id_number": Kind.ID_NUMBER,
    "card_number": Kind.CARD_NUMBER,
    "sms_code": Kind.CODE,
    "phone": Kind.PHONE,
    "name": Kind.NAME,
    "address": Kind.ADDRESS,
    "birth": Kind.ADDRESS,
}
"""Input fields whose value is personal, whatever it looks like."""

UNSHOWN_FIELDS = {"qr"}
"""Read by the page, not written by the customer: their content is no message to show."""

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Rasa takes a text that begins with a slash for a command; other slashes may be folded into one on the way.
_COMMAND_START = re.compile(r"^[\s/／∕⁄⧸╱]+")


def defused(text: str) -> str:
    """``text`` that Rasa cannot take for a command: no control characters, no slash in front."""
    visible = "".join(
        " " if character in "\r\n\t\u2028\u2029" else character
        for character in text
        if character in "\r\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
    )
    return _COMMAND_START.sub("", visible).strip()


@dataclass(frozen=True)
class Taken:
    """An inbox entry, and the customer's own message as the outbox shows it (None: nothing to show)."""

    entry: dict[str, Any]
    shown: dict[str, Any] | None


class Intake:
    """Makes inbox entries of inbound messages."""

    def __init__(self, vault: Vault, tokeniser: Tokeniser, buttons: Buttons, uploads: Uploads) -> None:
        self._vault = vault
        self._tokeniser = tokeniser
        self._buttons = buttons
        self._uploads = uploads

    async def take(self, session: Session, message: Inbound) -> Taken:
        """Tokenise and check ``message``. Raises ``bad_request`` or ``upload_not_found``."""
        match message:
            case TextMessage():
                return await self._text(session, message)
            case ButtonMessage():
                return await self._button(session, message)
            case UploadMessage():
                return await self._upload(session, message)
            case FieldsMessage():
                return await self._fields(session, message)
            case DeviceMessage():
                return Taken(message.model_dump(), None)

    async def _text(self, session: Session, message: TextMessage) -> Taken:
        words = defused(message.text)
        if not words:
            raise CustomerError("bad_request")
        text = await self._tokeniser.of_message(
            session.conversation, words, code_awaited=session.code_awaited
        )
        return Taken({"type": "text", "cid": message.cid, "text": text}, _own(message.cid, text=text))

    async def _button(self, session: Session, message: ButtonMessage) -> Taken:
        # Only the title is looked up now: what it means is decided when its turn comes.
        found = await self._buttons.find(session.conversation, message.button)
        return Taken(message.model_dump(), _own(message.cid, text=found.title) if found else None)

    async def _upload(self, session: Session, message: UploadMessage) -> Taken:
        upload = await self._uploads.get(session.conversation, message.upload)
        facts = {
            "id": upload.id, "kind": message.kind or upload.kind, "sha256": upload.sha256,
            "width": upload.width, "height": upload.height,
        }  # fmt: skip
        entry = {"type": "upload", "cid": message.cid, "upload": facts}
        return Taken(entry, _own(message.cid, upload=upload.id))

    async def _fields(self, session: Session, message: FieldsMessage) -> Taken:
        if not message.fields or not all(_FIELD_NAME.fullmatch(name) for name in message.fields):
            raise CustomerError("bad_request")
        fields = {name: await self._field(session, name, text) for name, text in message.fields.items()}
        entry = {"type": "fields", "cid": message.cid, "fields": fields}
        words = "\n".join(text for name, text in fields.items() if text and name not in UNSHOWN_FIELDS)
        return Taken(entry, _own(message.cid, text=words) if words else None)

    async def _field(self, session: Session, name: str, text: str) -> str:
        value = defused(text)
        if name == "qr" and qr.CONTENT.fullmatch(value):
            # Its signature may look like a number, but it is printed for everybody.
            return value
        kind = FIELD_KINDS.get(name)
        if kind and value:
            return await self._vault.put(session.conversation, kind, value)
        return await self._tokeniser.tokenise(session.conversation, value, code_awaited=False)


def _own(cid: str, **content: str) -> dict[str, Any]:
    return {"kind": "message", "author": "customer", "cid": cid, **content}
