"""The form's two hooks: one takes an answer, one puts a question; both hand over to the step."""

from __future__ import annotations

from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.core import Core
from actions.flow import known, settle
from actions.noting import note
from actions.progress import steps
from actions.steps import STEPS
from actions.steps.base import Step
from actions.turn import FORM, Slots, Turn
from settlement.errors import CustomerError

log = structlog.get_logger()

Events = list[dict[str, Any]]


def slot_events(slots: Slots) -> Events:
    """Slots as Rasa's events."""
    return [SlotSet(name, value) for name, value in slots.items()]


class TurnAction(Action):
    """An action that gets a ``Turn``; a ``CustomerError`` becomes its sentence."""

    action_name = ""

    def __init__(self, core: Core) -> None:
        self.core = core

    def name(self) -> str:
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        turn = await Turn.of(self.core, dispatcher, tracker, domain)
        step = turn.requested
        try:
            events = await self.act(turn)
        except CustomerError as error:
            turn.refuse(error)
            events = []
        taken = self.action_name == TakeAnswer.action_name and bool(events)
        await note(turn, self.action_name, step, dispatcher, taken=taken)
        return events

    async def act(self, turn: Turn) -> Events:
        """Do it; returns Rasa's events."""
        raise NotImplementedError


class TakeAnswer(TurnAction):
    """Called by the form after each message: the requested step takes it, or leaves it to the rules."""

    action_name = f"validate_{FORM}"

    async def act(self, turn: Turn) -> Events:
        # The form also calls this when it is (re)started; only a message that has just come is an answer.
        if not turn.requested or not turn.unanswered:
            return []
        step = STEPS[turn.requested]
        if step.needs_login and not turn.session.logged_in:
            turn.say("tell_login_expired")
            return slot_events(await known(turn))
        return await self._answer(turn, step)

    async def _answer(self, turn: Turn, step: Step) -> Events:
        try:
            slots = await step.answer(turn)
            if slots is None:
                return []
            slots = await settle(turn, slots)
        except CustomerError as error:
            turn.refuse(error)
            slots = {}
        # A slot event keeps the form going: it asks the step again, or the next one.
        return slot_events({step.name: None, "misunderstandings": None, **slots})


class Ask(TurnAction):
    """``action_ask_settlement_form_<step>``."""

    def __init__(self, core: Core, step: Step) -> None:
        super().__init__(core)
        self.step = step
        self.action_name = f"action_ask_{FORM}_{step.name}"

    async def act(self, turn: Turn) -> Events:
        notes: Slots = {}
        if self.step.name == "captcha":
            notes["captcha_id"] = await turn.core.captchas.new(turn.conversation)
            turn.tracker.slots.update(notes)
        await self.step.ask(turn)
        turn.stands(steps(turn, self.step.name))
        return slot_events(notes)
