"""Bank cards by photo or by hand; the three rules of the manual (R-034…R-049)."""

from __future__ import annotations

from abc import abstractmethod

from actions.card_draft import Draft, empty_card, if_usable, set_number
from actions.steps.base import DONE, Step
from actions.steps.card_photo import read_card
from actions.turn import Slots, Turn
from settlement.bankcards.banks import find_bank
from settlement.brokers import Broker
from settlement.cards import BankListCard, PhotoCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.security.vault import Kind


class CardStep(Step):
    """The card in hand is asked for until the case holds one."""

    in_hand = True

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.cards else None


class CardValueStep(CardStep):
    """A value of the card; a photo of the card gives them all, whichever is asked for."""

    async def answer(self, turn: Turn) -> Slots | None:
        return await read_card(turn) if turn.upload else await self.value(turn)

    @abstractmethod
    async def value(self, turn: Turn) -> Slots | None:
        """As ``answer``, of what was typed or tapped."""


class BankCardStep(CardValueStep):
    """A photo of the card, or 手动填写; where a photo is required, only after one (R-047)."""

    name = "bank_card"

    async def value(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.CARD_NUMBER)
        by_hand = turn.choice == "manual" or turn.intent == "ocr_failed"
        if (token or by_hand) and turn.broker.photos.bank_card_required:
            raise CustomerError("card_photo_first")
        if token:
            slots = await set_number(turn, token)
            return await if_usable(turn, {**Draft().slots(), self.name: DONE, **slots})
        if by_hand:
            return {**empty_card(), **Draft().slots(), self.name: DONE}
        bank = find_bank(turn.text) if turn.intent == "inform_bank_card" else None
        if bank:
            turn.say(
                "tell_bank_noted" if turn.broker.bank(bank.code) else "error_card_bank_not_supported",
                bank=bank.name,
            )
            return {}
        return None

    async def ask(self, turn: Turn) -> None:
        broker = turn.broker
        if turn.is_new(self.name):
            turn.say("tell_bank_notice", notice=broker.notices.bank)
            turn.say("tell_bank_list", card=bank_list(broker))
        turn.say("ask_bank_card", card=PhotoCard(kind="bank_card", max_megabytes=broker.photos.max_megabytes))


def bank_list(broker: Broker) -> BankListCard:
    """The banks that the company takes."""
    return BankListCard(banks=[{"code": bank.code, "name": bank.name} for bank in broker.enabled_banks])
