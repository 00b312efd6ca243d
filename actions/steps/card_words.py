"""What customers say of the card in hand: another number, one digit of it, the bank, the branch (R-036)."""

from __future__ import annotations

from actions.card_draft import Draft, set_number
from actions.corrections import correction_in, mended, spoken_field, swap_in
from actions.turn import Slots, Turn
from settlement.bankcards.banks import find_bank
from settlement.security.vault import Kind


async def corrected(turn: Turn) -> Slots | None:
    """The slots that this turn's words or fields change; None when they are about something else."""
    token = turn.token(Kind.CARD_NUMBER)
    if token:
        return await set_number(turn, token)
    mending = await _mended(turn)
    if mending:
        return mending
    slots: Slots = {}
    if turn.fields.get("branch"):
        slots["card_branch"] = turn.fields["branch"]
    found = correction_in(
        turn.text, {turn.wording("label_branch"): "branch", turn.wording("label_branch_short"): "branch"}
    )
    if found:
        slots["card_branch"] = found[1]
    named = find_bank(turn.fields.get("bank") or _bank_said(turn))
    if named:
        slots["card_bank"] = named.code
    return slots or None


async def _mended(turn: Turn) -> Slots | None:
    """One digit of the number, or one part of the branch."""
    token, branch = turn.tracker.get_slot("card_number"), turn.tracker.get_slot("card_branch") or ""
    values = {"card_number": await turn.open(token) if token else "", "branch": branch}
    found = mended(await turn.spoken(), values, "card_number")
    if not found:
        return None
    if found[0] == "branch":
        return {"card_branch": found[1]}
    draft = Draft.of(turn)
    draft.unsure, draft.doubtful = [], [name for name in draft.doubtful if name != "card_number"]
    return draft.slots(**await set_number(turn, await turn.hide(Kind.CARD_NUMBER, found[1])))


def _bank_said(turn: Turn) -> str:
    """The words that name a bank: of “不是建行，是农行” the second half."""
    swap = swap_in(turn.text)
    if swap and find_bank(swap[1]):
        return swap[1]
    about_bank = turn.intent in {"correct_info", "inform_bank_card"} or spoken_field(turn.text) == "bank"
    return turn.text if about_bank else ""
