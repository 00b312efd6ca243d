"""The card as it stands is compared, corrected, and put into the case (R-036, R-039…R-049)."""

from __future__ import annotations

from actions.card_draft import empty_card, judged
from actions.steps.bank_card import CardStep
from actions.steps.base import DONE
from actions.steps.card_words import corrected
from actions.steps.identity import tell_unsure
from actions.turn import Json, Slots, Turn
from settlement.bankcards.banks import bank_of
from settlement.cards import FieldsCard, ShownField
from settlement.cases.inputs import CardInput
from settlement.errors import CustomerError
from settlement.security.vault import Kind

# Words for which a button must be tapped.
USELESS_HERE = {"affirm", "agree", "deny", "correct_info", "next_step", "finish_cards"}
_READ_AS = {"bank": "bank_code"}  # a shown field's name in the reading


class CardConfirmedStep(CardStep):
    """The customer compares every field; rules are applied to the values as they are now."""

    name = "card_confirmed"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice in {"add", "replace"}:
            return await self._confirm(turn, turn.item if turn.choice == "replace" else None)
        if turn.choice == "retake" or turn.intent == "retake_photo":
            return empty_card()
        if turn.choice in {"change_number", "change_bank", "change_branch"}:
            return {"card_" + turn.choice.removeprefix("change_"): None}
        return await self._correct(turn)

    async def _confirm(self, turn: Turn, replace: str | None) -> Slots:
        verdict, subject, draft = await judged(turn, replace=replace)
        if not verdict.ok:
            return self._refuse(turn, verdict.code or "", verdict.facts)
        case = await turn.case()
        card = CardInput(
            action="replace" if replace else "add",
            replaces=replace,
            number=subject.number,
            number_read=subject.ocr_number or None,
            holder=subject.holder,
            bank_code=verdict.bank_code or "",
            bank_code_read=draft.bank_read,
            branch=subject.branch,
            printed_type=draft.printed_type,
            entry=draft.entry,
            file_id=draft.file_id,
            verdict=verdict,
        )
        kept = await turn.core.cases.put_card(turn.owner, case.case_no, card, seq=draft.editing)
        turn.forget_case()
        bank = turn.broker.bank(verdict.bank_code or "")
        if bank and bank.linked_by_broker:
            turn.say("tell_bank_linked", bank=bank.name)
        # Going back from here takes this very card in hand again.
        draft.editing = kept.seq
        return draft.slots(card_confirmed=DONE, cards_complete=None)

    def _refuse(self, turn: Turn, code: str, facts: dict[str, str]) -> Slots:
        turn.refuse(CustomerError(code, **facts))
        if code in {"card_branch_missing", "card_branch_malformed"}:
            return {"card_branch": None}
        if code in {"card_bank_missing", "card_bank_mismatch"}:
            return {"card_bank": None}
        if code in {"card_number_malformed", "card_number_length", "card_number_checksum"}:
            return {"card_number": None}
        return empty_card()

    async def _correct(self, turn: Turn) -> Slots | None:
        slots = await corrected(turn)
        if slots is None and turn.intent in USELESS_HERE:
            turn.say("tell_use_button")
            return {}
        return slots

    async def ask(self, turn: Turn) -> None:
        verdict, subject, draft = await judged(turn)
        number = await turn.hide(Kind.CARD_NUMBER, subject.number, full=True)
        holder = await turn.hide(Kind.NAME, subject.holder)
        bank = bank_of(subject.bank_code or "")
        values = {
            "card_number": (number, True),
            "bank": (bank.name if bank else "", True),
            "branch": (subject.branch, True),
            "card_type": (turn.wording(f"label_card_type_{verdict.card_type}"), False),
            "holder": (holder, False),
        }
        fields = [
            ShownField(
                name=name,
                label=turn.wording(f"label_{name}"),
                value=value,
                editable=editable,
                doubtful=not value
                or _READ_AS.get(name, name) in draft.doubtful
                or (name == "card_number" and verdict.check_please),
            )
            for name, (value, editable) in values.items()
        ]
        registered = await turn.core.customers.registered_accounts(turn.owner.customer)
        buttons: list[Json] = [
            turn.button(
                turn.wording("label_replace", bank=account.bank_name, tail=account.number[-4:]),
                "replace",
                account.id,
            )
            for account in registered
        ]
        turn.say("ask_card_confirmed", card=FieldsCard(fields=fields, image=draft.file_id), buttons=buttons)
        tell_unsure(turn, "card_number", {"unsure": draft.unsure})
        if verdict.code == "card_bank_mismatch" or "bank_code" in draft.doubtful:
            turn.say("tell_bank_conflict")
        if verdict.check_please:
            turn.say("tell_check_number")
