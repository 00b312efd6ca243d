"""What comes out of a photo."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Kind = Literal["id_front", "id_back", "bank_card", "none"]

# What each kind must show; a reading that lacks one of them is not complete.
EXPECTED: dict[Kind, tuple[str, ...]] = {
    "id_front": ("name", "sex", "nation", "birth", "address", "id_number"),
    "id_back": ("authority", "valid_from", "valid_until"),
    "bank_card": ("card_number",),
    "none": (),
}


class ReadField(BaseModel):
    """One value read from a photo.

    ``confidence`` is the recogniser's own, 0…1, and says little by itself; ``doubtful`` is the verdict of
    check digits and cross-checks: the customer's eye should be led to it. ``unsure`` are the places (from 0)
    of the digits of a number that the recogniser was not certain of. ``torn``: part of it is missing, as the
    room between its letters tells; the reading is not complete then.
    """

    value: str = Field(repr=False)
    confidence: float = 1.0
    doubtful: bool = False
    unsure: tuple[int, ...] = ()
    torn: bool = False


class Reading(BaseModel):
    """One photo, read.

    kind: what the photo shows, whatever was asked for.
    fields: by name. id_front: name sex nation birth (YYYY-MM-DD) address id_number; id_back: authority
        valid_from valid_until (YYYY-MM-DD or 长期); bank_card: card_number bank_code bank_name
        card_type (debit, credit, quasi_credit, prepaid, unknown) expiry (MM/YY). A value not read is absent.
    problems: why it may have gone wrong, the weightiest first: two_cards, copy, screen (always told);
        cut_off, glare, blur, too_far, dark (told when the reading is incomplete or doubtful).
    complete: every value expected of the kind was read and its check digits hold.
    """

    kind: Kind
    fields: dict[str, ReadField] = Field(default_factory=dict)
    problems: list[str] = Field(default_factory=list)
    complete: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether any field is."""
        return any(field.doubtful for field in self.fields.values())
