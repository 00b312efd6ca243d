"""A bank card's number, bank and branch, typed or chosen (R-034, R-041, R-047)."""

from __future__ import annotations

import re

from actions.corrections import correction_in
from actions.steps.bank_card import BankCardStep, CardStep, set_number, supported, taken
from actions.steps.card_words import corrected
from actions.steps.photos import photo_of
from actions.turn import Slots, Turn
from settlement.bankcards.banks import bank_of, find_bank
from settlement.cards import BankListCard, InputCard
from settlement.errors import CustomerError
from settlement.security.vault import Kind


async def noted(turn: Turn) -> Slots | None:
    """A correction of what was given before, taken now and shown when the whole card is compared."""
    slots = await corrected(turn)
    if slots:
        turn.say("tell_correction_noted")
    return slots


class CardNumberStep(CardStep):
    """The number typed by hand."""

    name = "card_number"

    async def answer(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.CARD_NUMBER) or turn.any_token()
        if token:
            return await taken(turn, await set_number(turn, token))
        if turn.upload:
            return await BankCardStep().read(turn, await photo_of(turn))
        if turn.intent == "inform_bank_card" or re.search(r"\d{6}", turn.text):
            raise CustomerError("card_number_malformed")
        return None

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_number", card=InputCard(field="card_number", format="card_number"))


class CardBankStep(CardStep):
    """开户行, from the company's list."""

    name = "card_bank"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.upload:
            return await BankCardStep().read(turn, await photo_of(turn))
        bank = (
            bank_of(turn.item or "")
            if turn.choice == "bank"
            else find_bank(turn.fields.get("bank") or turn.text)
        )
        if bank is None:
            return await noted(turn)
        if not supported(turn, bank.code):
            raise CustomerError("card_bank_not_supported", bank=bank.name)
        return {self.name: bank.code, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        banks = [{"code": bank.code, "name": bank.name} for bank in turn.broker.enabled_banks]
        buttons = [turn.button(bank["name"], "bank", bank["code"]) for bank in banks]
        turn.say("ask_card_bank", card=BankListCard(banks=banks), buttons=buttons)


class CardBranchStep(CardStep):
    """开户网点: a branch's name (R-047)."""

    name = "card_branch"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.upload:
            return await BankCardStep().read(turn, await photo_of(turn))
        branch = (turn.fields.get("branch") or turn.text).strip()
        if not branch or not re.search(r"分行|支行|分理处|营业部|营业室|营业所|储蓄所", branch):
            if turn.fields:
                raise CustomerError("card_branch_malformed")
            return await noted(turn)
        found = correction_in(branch, {turn.wording("label_branch"): "branch"})
        return {self.name: found[1] if found else branch, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_branch", card=InputCard(field="branch"))
