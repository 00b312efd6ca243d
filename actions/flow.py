"""The flow as a whole: slots follow the core, and the core decides whether a later part may begin."""

from __future__ import annotations

from actions.steps import STEPS
from actions.turn import Slots, Turn
from settlement.cases.states import State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

# Slots that hold a step's own notes; a fresh start clears them too.
NOTES = ("captcha_id", "photo_tries", "card_draft", "sign_asked")

# The steps whose completion moves the case on (T02, T03).
PHOTO_STEPS = (
    "photo_consent",
    "id_front",
    "id_back",
    "signature",
    "extra_1",
    "extra_2",
    "identity",
    "certificate_letter",
)
BANK_STEPS = (
    "bank_consent",
    "bank_card",
    "card_number",
    "card_bank",
    "card_branch",
    "card_confirmed",
    "cards_complete",
)


async def known(turn: Turn) -> Slots:
    """Every step's slot as the core knows it: for a new session, a return, or a login that ended."""
    case = await turn.case_or_none()
    return {**dict.fromkeys(NOTES), **{name: STEPS[name].done(turn, case) for name in turn.order}}


async def settle(turn: Turn, slots: Slots) -> Slots:
    """Bring the case along after an answer, and undo later steps that the answer made untrue (R-058).

    Returns the slots with what follows from them; refusals of the core are said, and point back to the step.
    """
    if not turn.session.logged_in or not turn.session.case_no:
        return slots
    if slots.get("case_no"):
        # A case was taken up: every later step stands where the case does.
        slots = {**await known(turn), **slots}
    values = {**{name: turn.tracker.get_slot(name) for name in turn.order}, **slots}
    case = await turn.case_or_none()
    if case is None:
        return slots
    try:
        case = await _advance(turn, case, values)
    except CustomerError as error:
        turn.refuse(error)
        turn.forget_case()
        case = await turn.case()
        slots = {
            **slots,
            **_unfinished(turn, case, PHOTO_STEPS if case.state == State.D_PHOTO else BANK_STEPS),
        }
    answered = next((name for name in turn.order if name in slots), None)
    if answered is None:
        return slots
    position = turn.order.index(answered)
    for name in turn.order[position + 1 :]:
        step = STEPS[name]
        if name not in slots and values.get(name) and not step.in_hand and step.done(turn, case) is None:
            slots[name] = None
    return slots


async def _advance(turn: Turn, case: CaseView, values: Slots) -> CaseView:
    if case.state == State.D_PHOTO and all(values.get(name) for name in turn.order if name in PHOTO_STEPS):
        case = turn.now_is(await turn.core.cases.finish_photos(turn.owner, case.case_no))
    if case.state == State.D_BANK and all(values.get(name) for name in turn.order if name in BANK_STEPS):
        case = turn.now_is(await turn.core.cases.finish_cards(turn.owner, case.case_no))
    return case


def _unfinished(turn: Turn, case: CaseView, steps: tuple[str, ...]) -> Slots:
    return {name: None for name in turn.order if name in steps and STEPS[name].done(turn, case) is None}
