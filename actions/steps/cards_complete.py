"""Another card, or on to the agreements (R-037, R-042, R-046)."""

from __future__ import annotations

from actions.card_draft import empty_card
from actions.steps.base import DONE, Step
from actions.turn import Json, Slots, Turn
from settlement.bankcards.banks import bank_of, find_bank
from settlement.cards import BankCardsCard
from settlement.cases.states import DRAFT_ORDER, State
from settlement.cases.views import CardView, CaseView
from settlement.errors import CustomerError


def shown(turn: Turn, card: CardView) -> dict[str, str]:
    """A card of the case as the customer sees it in a list: the last four digits alone."""
    bank = bank_of(card.bank_code)
    return {
        "seq": str(card.seq),
        "bank": bank.name if bank else card.bank_code,
        "tail": card.number[-4:],
        "branch": card.branch,
        "action": turn.wording(f"label_action_{card.action}"),
    }


class CardsCompleteStep(Step):
    """再加一张, 删除 or 下一步."""

    name = "cards_complete"

    async def answer(self, turn: Turn) -> Slots | None:
        case = await turn.case()
        if turn.choice == "next" or turn.intent in {"finish_cards", "next_step", "affirm", "deny"}:
            if not case.cards:
                raise CustomerError("no_card")
            return {self.name: DONE}
        if turn.choice == "another" or turn.intent in {
            "add_another_card",
            "add_bank_card",
            "inform_bank_card",
        }:
            if len(case.cards) >= turn.broker.max_cards:
                raise CustomerError("card_too_many")
            return empty_card()
        if turn.choice == "remove" or turn.intent == "delete_card":
            return await self._remove(turn, case)
        return None

    async def _remove(self, turn: Turn, case: CaseView) -> Slots:
        seq = int(turn.item) if turn.choice == "remove" and turn.item else None
        if seq is None:
            bank = find_bank(turn.text)
            named = [card for card in case.cards if bank is None or card.bank_code == bank.code]
            if len(named) != 1:
                turn.say("tell_which_card")
                return {}
            seq = named[0].seq
        await turn.core.cases.remove_card(turn.owner, case.case_no, seq)
        turn.forget_case()
        turn.say("tell_card_removed")
        return {} if (await turn.case()).cards else empty_card()

    async def ask(self, turn: Turn) -> None:
        cards = [shown(turn, card) for card in (await turn.case()).cards]
        buttons: list[Json] = [
            turn.button(
                turn.wording("label_remove", bank=card["bank"], tail=card["tail"]), "remove", card["seq"]
            )
            for card in cards
        ]
        turn.say("ask_cards_complete", card=BankCardsCard(cards=cards), buttons=buttons, count=len(cards))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        beyond = case and case.state in DRAFT_ORDER and DRAFT_ORDER.index(State(case.state)) > 1
        return DONE if beyond else None
