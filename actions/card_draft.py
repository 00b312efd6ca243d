"""The bank card in hand: held as tokens in the tracker until it is confirmed and put into the case."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field

from actions.steps.base import DONE
from actions.turn import Slots, Turn
from settlement.bankcards.bins import CardType, look_up
from settlement.bankcards.numbers import normalise
from settlement.bankcards.verdict import CardDraft as Judged
from settlement.bankcards.verdict import OtherCard, Verdict, judge
from settlement.cases.views import CardView
from settlement.errors import CustomerError
from settlement.security.vault import Kind

SLOT = "card_draft"
# Rules 1 and 2: no correction of the digits makes such a card usable.
UNUSABLE = {"card_is_credit", "card_is_prepaid", "card_is_quasi_credit", "card_bank_not_supported"}
CARD_SLOTS = ("bank_card", "card_number", "card_bank", "card_branch", "card_confirmed")


class Draft(BaseModel):
    """What is known of the card; numbers are vault tokens, so that the tracker never holds one."""

    entry: Literal["ocr", "typed"] = "typed"
    file_id: str | None = None
    number_read: str | None = None
    bank_read: str | None = None
    printed_type: CardType = "unknown"
    doubtful: list[str] = Field(default_factory=list)
    unsure: list[int] = Field(
        default_factory=list, description="places, from 0, of digits that were hard to read"
    )
    editing: int | None = Field(default=None, description="seq of the card of the case that is being changed")

    @classmethod
    def of(cls, turn: Turn) -> Draft:
        """The draft as the tracker holds it."""
        raw = turn.tracker.get_slot(SLOT)
        return cls.model_validate_json(raw) if raw else cls()

    def slots(self, **others: str | None) -> Slots:
        """The slot that holds this draft, with further slots."""
        return {SLOT: self.model_dump_json(), **others}


def empty_card() -> Slots:
    """No card in hand: the form asks for one."""
    return {SLOT: None, **dict.fromkeys(CARD_SLOTS), "cards_complete": None}


async def last_card(turn: Turn) -> Slots:
    """Take the case's last card in hand again, when going back to it after a return or a restart."""
    case = await turn.case()
    if not case.cards or turn.tracker.get_slot("card_number") not in (None, DONE):
        return {}
    card = case.cards[-1]
    read = await turn.hide(Kind.CARD_NUMBER, card.number_read) if card.number_read else None
    draft = Draft(
        entry=card.entry,
        file_id=card.file_id,
        number_read=read,
        bank_read=card.bank_code_read,
        editing=card.seq,
    )
    number = await turn.hide(Kind.CARD_NUMBER, card.number)
    return draft.slots(card_number=number, card_bank=card.bank_code, card_branch=card.branch)


async def judged(turn: Turn, *, replace: str | None = None) -> tuple[Verdict, Judged, Draft]:
    """Apply the company's rules to the card as it stands now, after every edit (R-044)."""
    draft, case = Draft.of(turn), await turn.case()
    number_token = turn.tracker.get_slot("card_number")
    if not number_token:
        raise CustomerError("value_expired")
    customer = await turn.core.customers.get(turn.owner.customer)
    registered = await turn.core.customers.registered_accounts(turn.owner.customer)
    subject = Judged(
        number=await turn.open(number_token),
        holder=customer.name,
        customer_name=customer.name,
        bank_code=turn.tracker.get_slot("card_bank"),
        branch=turn.tracker.get_slot("card_branch") or "",
        ocr_number=await turn.open(draft.number_read) if draft.number_read else "",
        printed_type=draft.printed_type,
        action="replace" if replace else "add",
        others=tuple(_other(card) for card in case.cards if card.seq != draft.editing),
        registered=tuple(
            OtherCard(number=account.number, bank_code=account.bank_code)
            for account in registered
            if account.id != replace
        ),
    )
    return judge(subject, turn.broker.card_rules), subject, draft


def _other(card: CardView) -> OtherCard:
    return OtherCard(number=card.number, bank_code=card.bank_code)


def bank_by_number(turn: Turn, number: str) -> str | None:
    """The bank that the number's prefix names without doubt."""
    found = look_up(number, turn.broker.card_rules.extra_bins)
    return found.bank_code if found and not found.ambiguous else None


async def if_usable(turn: Turn, slots: Slots) -> Slots:
    """``slots``, which hold a new number, if that card can be used; else it is refused: no card in hand."""
    turn.tracker.slots.update(slots)
    verdict, _, _ = await judged(turn)
    if verdict.code not in UNUSABLE:
        return slots
    turn.refuse(CustomerError(verdict.code, **verdict.facts))
    return empty_card()


async def set_number(turn: Turn, token: str) -> Slots:
    """Take a typed card number; the bank follows from its prefix where that is sure."""
    number = normalise(await turn.open(token))
    if not re.fullmatch(r"\d{13,20}", number):
        raise CustomerError("card_number_malformed")
    return {"card_number": token, "card_bank": bank_by_number(turn, number), "card_confirmed": None}
