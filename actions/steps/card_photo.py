"""A photo of a bank card: kept, read, and its values taken in hand (R-036…R-041)."""

from __future__ import annotations

from actions.card_draft import Draft, bank_by_number, empty_card, if_usable
from actions.steps.base import DONE
from actions.steps.photos import keep_photo, photo_of, refusal
from actions.turn import Slots, Turn
from settlement.bankcards.numbers import normalise
from settlement.errors import CustomerError
from settlement.ocr import Reading
from settlement.security.vault import Kind


async def read_card(turn: Turn) -> Slots:
    """The card in hand as this turn's photo shows it; what cannot be read is asked for by hand."""
    image = await photo_of(turn)
    reading = await turn.core.reader.read(image, expected="bank_card")
    if reading.kind in {"id_front", "id_back"}:
        raise CustomerError("photo_is_id_card")
    file_id = await keep_photo(turn, "bank_card", image, reading, reading.problems)
    number = normalise(_value(reading, "card_number"))
    if reading.kind != "bank_card" or not number:
        # Rule 3, word for word: 银行卡识别失败; then by hand.
        turn.say("tell_card_unreadable")
        if reading.problems:
            turn.refuse(refusal(turn, reading, "bank_card"))
        turn.say("tell_card_by_hand")
        return {**empty_card(), **Draft(file_id=file_id).slots(), "bank_card": DONE}
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
    return await if_usable(turn, {**empty_card(), **slots, "bank_card": DONE})


def _value(reading: Reading, name: str) -> str:
    field = reading.fields.get(name)
    return field.value if field else ""
