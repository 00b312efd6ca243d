"""Bank cards by photo or by hand; the three rules of the manual (R-034…R-049)."""

from __future__ import annotations

import re

from actions.card_draft import Draft, bank_by_number, empty_card, judged
from actions.steps.base import DONE, Step
from actions.steps.photos import keep_photo, photo_of, refusal
from actions.turn import Slots, Turn
from settlement.bankcards.banks import find_bank
from settlement.bankcards.numbers import normalise
from settlement.cards import BankListCard, PhotoCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.ocr import Reading
from settlement.security.vault import Kind

UNUSABLE = {"card_is_credit", "card_is_prepaid", "card_is_quasi_credit", "card_bank_not_supported"}


class CardStep(Step):
    """The card in hand is asked for until the case holds one."""

    in_hand = True

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.cards else None


class BankCardStep(CardStep):
    """A photo of the card, or 手动填写; where a photo is required, only after one (R-047)."""

    name = "bank_card"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.upload:
            return await self.read(turn, await photo_of(turn))
        token = turn.token(Kind.CARD_NUMBER)
        by_hand = turn.choice == "manual" or turn.intent == "ocr_failed"
        if (token or by_hand) and turn.broker.photos.bank_card_required:
            raise CustomerError("card_photo_first")
        if token:
            slots = await set_number(turn, token)
            return await taken(turn, {**Draft().slots(), self.name: DONE, **slots})
        if by_hand:
            return {**empty_card(), **Draft().slots(), self.name: DONE}
        bank = find_bank(turn.text) if turn.intent == "inform_bank_card" else None
        if bank:
            turn.say(
                "tell_bank_noted" if supported(turn, bank.code) else "error_card_bank_not_supported",
                bank=bank.name,
            )
            return {}
        return None

    async def read(self, turn: Turn, image: bytes) -> Slots:
        reading = await turn.core.reader.read(image, expected="bank_card")
        if reading.kind in {"id_front", "id_back"}:
            raise CustomerError("photo_is_id_card")
        file_id = await self._keep(turn, image, reading)
        number = normalise(_value(reading, "card_number"))
        if reading.kind != "bank_card" or not number:
            # Rule 3, word for word: 银行卡识别失败; then by hand.
            turn.say("tell_card_unreadable")
            if reading.problems:
                turn.refuse(refusal(turn, reading, "bank_card"))
            turn.say("tell_card_by_hand")
            return {**empty_card(), **Draft(file_id=file_id).slots(), self.name: DONE}
        token = await turn.hide(Kind.CARD_NUMBER, number)
        bank = bank_by_number(turn, number) or _value(reading, "bank_code") or None
        draft = Draft(
            entry="ocr",
            file_id=file_id,
            number_read=token,
            bank_read=bank,
            printed_type=_value(reading, "card_type") or "unknown",
            doubtful=[name for name, field in reading.fields.items() if field.doubtful],
            unsure=list(reading.fields["card_number"].unsure),
        )
        slots = draft.slots(card_number=token, card_bank=bank)
        return await taken(turn, {**empty_card(), **slots, self.name: DONE})

    async def _keep(self, turn: Turn, image: bytes, reading: Reading) -> str:
        file_id, sha256 = await keep_photo(turn, image)
        case = await turn.case()
        turn.now_is(
            await turn.core.cases.set_image(
                turn.owner,
                case.case_no,
                "bank_card",
                file_id=file_id,
                sha256=sha256,
                reading=reading.model_dump(mode="json"),
                marks=list(reading.problems),
            )
        )
        return file_id

    async def ask(self, turn: Turn) -> None:
        broker = turn.broker
        if turn.is_new(self.name):
            turn.say("tell_bank_notice", notice=broker.notices.bank)
            banks = [{"code": bank.code, "name": bank.name} for bank in broker.enabled_banks]
            names = "、".join(bank["name"] for bank in banks)
            turn.say("tell_bank_list", card=BankListCard(banks=banks), banks=names)
        turn.say("ask_bank_card", card=PhotoCard(kind="bank_card", max_megabytes=broker.photos.max_megabytes))


def _value(reading: Reading, name: str) -> str:
    field = reading.fields.get(name)
    return field.value if field else ""


def supported(turn: Turn, code: str) -> bool:
    return any(bank.code == code for bank in turn.broker.enabled_banks)


async def taken(turn: Turn, slots: Slots) -> Slots:
    """The card in hand with ``slots``, unless rule 1 or 2 refuses it: then another one is asked for.

    These need no confirmation of the digits: such a card cannot be used, whatever else is corrected.
    """
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
