"""What a customer may say at any time: back, where am I, go on (R-008…R-010)."""

from __future__ import annotations

from rasa_sdk.events import ActionExecuted, ActiveLoop, FollowupAction, SessionStarted, SlotSet

from actions.card_draft import CARD_SLOTS, last_card
from actions.flow import known
from actions.form import Events, TurnAction, slot_events
from actions.progress import steps
from actions.steps import STEPS
from actions.steps.broker import choose_broker
from actions.turn import FORM, LISTEN, Turn
from settlement.cards import ProgressCard
from settlement.errors import CustomerError

ASK_AGAIN = FollowupAction(FORM)
# Asked what the procedure is, the customer also sees it.
PROCEDURE = "faq/modify_meaning"
# “继续”, “下一步”, “好”: willing, but the step wants its own answer.
GO_ON = {"next_step", "affirm", "continue_case"}


class Hello(TurnAction):
    """First contact, and every return: greet, then go on where the case stands."""

    action_name = "action_hello"

    async def act(self, turn: Turn) -> Events:
        slots = await known(turn)
        code = turn.entities.get("broker")
        if code and not turn.session.logged_in:
            try:
                slots.update(await choose_broker(turn, code))
            except CustomerError as error:
                turn.refuse(error)
        elif turn.session.broker:
            slots.update(turn.broker.variables)
        turn.say("tell_welcome_back" if turn.session.broker and not code else "tell_welcome")
        return [*slot_events(slots), ActiveLoop(None), ASK_AGAIN]


class SessionStart(TurnAction):
    """Rasa's own sessions are short; a new one stands where the core says, with the form going."""

    action_name = "action_session_start"

    async def act(self, turn: Turn) -> Events:
        slots = await known(turn)
        if turn.session.broker:
            slots.update(turn.broker.variables)
        waiting = next((name for name in turn.order if slots.get(name) is None), None)
        return [
            SessionStarted(),
            *slot_events(slots),
            ActiveLoop(FORM),
            SlotSet("requested_slot", waiting),
            ActionExecuted(LISTEN),
        ]


class AskAgain(TurnAction):
    """After an answer to a question: put the step's question again."""

    action_name = "action_ask_again"

    async def act(self, turn: Turn) -> Events:
        understood = SlotSet("misunderstandings", None)
        if turn.question == PROCEDURE:
            show_steps(turn)
        if turn.in_form:
            return [understood, ASK_AGAIN]
        if not turn.session.broker or not turn.session.logged_in:
            return [understood, *slot_events(await known(turn)), ASK_AGAIN]
        turn.say("tell_what_next")
        return [understood]


class Start(TurnAction):
    """“我要修改结算账户”: begin, or go on where the case stands."""

    action_name = "action_start"

    async def act(self, turn: Turn) -> Events:
        if turn.in_form:
            return [ASK_AGAIN]
        return [*slot_events({**await known(turn), "business": "modify"}), ASK_AGAIN]


class NotHere(TurnAction):
    """An answer that this step has no use for."""

    action_name = "action_not_here"

    async def act(self, turn: Turn) -> Events:
        if not turn.in_form:
            turn.say("tell_what_next")
            return []
        if turn.intent == "upload":
            turn.say("tell_photo_not_here")
        else:
            turn.say("tell_go_on" if turn.intent in GO_ON else "tell_not_here")
        return [ASK_AGAIN]


class GoBack(TurnAction):
    """“上一步”: the step before asks again, with what was filled in (R-009, R-010)."""

    action_name = "action_go_back"

    async def act(self, turn: Turn) -> Events:
        if not turn.requested:
            turn.say("error_back_closed")
            return []
        position = turn.order.index(turn.requested)
        earlier = [name for name in turn.order[:position] if STEPS[name].wanted(turn)]
        before = [name for name in earlier if turn.tracker.get_slot(name) is not None]
        # What came with a login is behind a new login; 我的业务 is the first step after it.
        if turn.session.logged_in:
            before = [name for name in before if STEPS[name].needs_login]
        if not before:
            turn.say("error_back_first")
            return [ASK_AGAIN]
        target = before[-1]
        slots = await last_card(turn) if target in CARD_SLOTS else {}
        return [*slot_events({**slots, target: None, "sign_asked": None}), ASK_AGAIN]


class Progress(TurnAction):
    """“现在到哪一步” (R-008)."""

    action_name = "action_progress"

    async def act(self, turn: Turn) -> Events:
        show_steps(turn)
        return [ASK_AGAIN] if turn.in_form else []


def show_steps(turn: Turn) -> None:
    """The manual's parts in order, and which of them is done or under way."""
    here = steps(turn, turn.requested)
    marks = {"done": "label_mark_done", "now": "label_mark_now", "later": "label_mark_later"}
    lines = "\n".join(f"{turn.wording(marks[step.state])}{step.title}" for step in here)
    now = next((step.title for step in here if step.state == "now"), turn.wording("label_part_none"))
    turn.say("tell_progress", card=ProgressCard(steps=here), steps=lines, here=now)


class NotUnderstood(TurnAction):
    """Nothing fits: say so and ask again; the second time in a row, offer a person."""

    action_name = "action_default_fallback"

    async def act(self, turn: Turn) -> Events:
        before = int(turn.tracker.get_slot("misunderstandings") or 0)
        if before >= 1:
            turn.say("tell_offer_person")
        else:
            turn.say("tell_not_understood")
        count = SlotSet("misunderstandings", str(before + 1))
        return [count, ASK_AGAIN] if turn.in_form else [count]
