"""A bank card's number, bank and branch, typed or chosen (R-034, R-041, R-047)."""

from __future__ import annotations

import re

from actions.card_draft import if_usable, set_number
from actions.corrections import correction_in
from actions.steps.bank_card import CardValueStep, bank_list
from actions.steps.card_words import corrected
from actions.turn import Slots, Turn
from settlement.bankcards import branches
from settlement.bankcards.banks import bank_of, find_bank
from settlement.cards import InputCard
from settlement.errors import CustomerError
from settlement.security.vault import Kind


async def noted(turn: Turn) -> Slots | None:
    """A correction of what was given before, taken now and shown when the whole card is compared."""
    slots = await corrected(turn)
    if slots:
        turn.say("tell_correction_noted")
    return slots


class CardNumberStep(CardValueStep):
    """The number typed by hand."""

    name = "card_number"

    async def value(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.CARD_NUMBER) or turn.any_token()
        if token:
            return await if_usable(turn, await set_number(turn, token))
        if turn.intent == "inform_bank_card" or re.search(r"\d{6}", turn.text):
            raise CustomerError("card_number_malformed")
        return None

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_number", card=InputCard(field="card_number", format="card_number"))


class CardBankStep(CardValueStep):
    """开户行, from the company's list."""

    name = "card_bank"

    async def value(self, turn: Turn) -> Slots | None:
        bank = (
            bank_of(turn.item or "")
            if turn.choice == "bank"
            else find_bank(turn.fields.get("bank") or turn.text)
        )
        if bank is None:
            return await noted(turn)
        if turn.broker.bank(bank.code) is None:
            raise CustomerError("card_bank_not_supported", bank=bank.name)
        return {self.name: bank.code, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        card = bank_list(turn.broker)
        buttons = [turn.button(bank["name"], "bank", bank["code"]) for bank in card.banks]
        turn.say("ask_card_bank", card=card, buttons=buttons)


class CardBranchStep(CardValueStep):
    """开户网点: a branch's name (R-047)."""

    name = "card_branch"

    async def value(self, turn: Turn) -> Slots | None:
        branch = (turn.fields.get("branch") or turn.text).strip()
        if not branch or not branches.named_in(branch):
            if turn.fields:
                raise CustomerError("card_branch_malformed")
            return await noted(turn)
        found = correction_in(branch, {turn.wording("label_branch"): "branch"})
        return {self.name: found[1] if found else branch, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_branch", card=InputCard(field="branch"))
