"""What callers hand to the cases. Personal values stay out of every ``repr``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from settlement.bankcards.bins import CardType
from settlement.bankcards.verdict import Verdict
from settlement.security.origins import UNKNOWN, Origin


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(_Input):
    """Who a case belongs to: a broker code and a customer id."""

    broker: str
    customer: str


class Source(_Input):
    """By what a customer acts: the channel, the conversation in it, and from where as far as known."""

    channel: str
    conversation: str
    origin: Origin = UNKNOWN

    def columns(self) -> dict[str, Any]:
        """The same as columns of a record (compliance §5.3)."""
        return {
            "channel": self.channel, "conversation": self.conversation, "origin": self.origin.model_dump(),
        }  # fmt: skip


NOT_SAID = Source(channel="", conversation="")


class Identity(_Input):
    """Values of the identity card; ``None`` leaves what is there. Dates are ``YYYY-MM-DD``.

    ``valid_until`` may be 长期. Name and ID number must equal the customer's.
    """

    name: str | None = Field(default=None, repr=False)
    id_number: str | None = Field(default=None, repr=False)
    sex: str | None = None
    nation: str | None = None
    birth: str | None = Field(default=None, repr=False)
    address: str | None = Field(default=None, repr=False)
    authority: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None


class CardInput(_Input):
    """One bank card as the customer left it, with the verdict on these final values.

    ``*_read`` and ``printed_type`` are what OCR read; ``replaces`` is the id of a registered account, given
    exactly when ``action`` is ``replace``.
    """

    number: str = Field(repr=False, pattern=r"^\d{8,30}$")
    number_read: str | None = Field(default=None, repr=False)
    holder: str | None = Field(default=None, repr=False, description="the customer when absent")
    bank_code: str | None = Field(default=None, description="as chosen; the verdict's when absent")
    bank_code_read: str | None = None
    branch: str = Field(default="", max_length=100)
    printed_type: CardType = "unknown"
    entry: Literal["ocr", "typed"] = "ocr"
    action: Literal["add", "replace"] = "add"
    replaces: str | None = None
    file_id: str | None = None
    verdict: Verdict
