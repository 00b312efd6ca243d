"""What travels between a customer's channel, the gateway and the actions, in both directions.

Both sides validate against these models, and against those of ``settlement.cards``. ``python -m
settlement.contract`` prints the JSON schema of all, which the page's types are made from. Personal values
travel as vault tokens and are put in at delivery alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from settlement.cards import Card, PhotoName, ProgressStep, Strict

# ── inbound: what a customer sends ─────────────────────────────────────────────────────────────────


class TextMessage(Strict):
    """Words that a person typed. Never a command, whatever they look like."""

    type: Literal["text"]
    cid: str = Field(min_length=8, max_length=64, description="client's id: a resend with it changes nothing")
    text: str = Field(min_length=1, max_length=1000)


class ButtonMessage(Strict):
    """A tap on a button that this conversation was given."""

    type: Literal["button"]
    cid: str = Field(min_length=8, max_length=64)
    button: str = Field(min_length=8, max_length=64)


class UploadMessage(Strict):
    """A photo that was stored before by ``POST /api/uploads``."""

    type: Literal["upload"]
    cid: str = Field(min_length=8, max_length=64)
    upload: str = Field(min_length=8, max_length=64)
    kind: PhotoName | None = None


class FieldsMessage(Strict):
    """Named values typed into a card's input fields; each is put into the vault."""

    type: Literal["fields"]
    cid: str = Field(min_length=8, max_length=64)
    fields: dict[str, Annotated[str, Field(max_length=200)]] = Field(max_length=20)


DeviceFailure = Literal["not_allowed", "not_found", "not_readable", "silent", "unheard", "unsupported"]


class DeviceMessage(Strict):
    """What the page measured of the customer's device (R-012), whether it passed or not."""

    type: Literal["device"]
    cid: str = Field(min_length=8, max_length=64)
    camera: bool
    microphone: bool
    speaker: bool
    system: Literal["android", "ios", "other"]
    system_version: str = Field(max_length=20, pattern=r"^[0-9.]*$")
    failure: DeviceFailure | None = Field(default=None, description="why the first part that failed did")


Inbound = Annotated[
    TextMessage | ButtonMessage | UploadMessage | FieldsMessage | DeviceMessage, Field(discriminator="type")
]
InboundAdapter: TypeAdapter[Inbound] = TypeAdapter(Inbound)


# ── outbound: one entry of a conversation's outbox ─────────────────────────────────────────────────


class Button(Strict):
    """A choice; ``id`` is opaque and works once, in this conversation, until the next turn.

    ``choice`` and ``item`` tell a card what the button is for, so that it can stand in its place: 同意 in the
    reading window, 操作 on its case's line. They are labels: sending them does nothing.
    """

    id: str
    title: str
    choice: str | None = Field(default=None, description="e.g. agree, operate, bank")
    item: str | None = Field(default=None, description="what the choice is about, e.g. a bank's code")


class Outbound(Strict):
    """One message to the customer, or the mark that a turn is over (``kind="turn_done"``)."""

    id: str = Field(description="position in the outbox; ask for what comes after it")
    at: datetime
    kind: Literal["message", "turn_done"] = "message"
    author: Literal["customer", "assistant"] = "assistant"
    cid: str | None = Field(default=None, description="the inbound message that this answers")
    text: str | None = None
    buttons: list[Button] = Field(default_factory=list)
    card: Card | None = None
    upload: str | None = Field(default=None, description="an image that the customer sent")
    agreed: str | None = Field(
        default=None, description="a document that this answer's turn agreed to: its card is ticked"
    )
    progress: list[ProgressStep] | None = Field(
        default=None, description="with the mark of a turn's end: where the customer is now; None: as before"
    )


def schema() -> dict[str, Any]:
    """JSON schema of both directions."""
    return {
        "inbound": InboundAdapter.json_schema(),
        "outbound": Outbound.model_json_schema(),
    }


if __name__ == "__main__":
    print(json.dumps(schema(), ensure_ascii=False, indent=2))
