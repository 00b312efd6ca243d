"""签署协议 and 确定: by button alone, each after what it covers was shown (R-052…R-060, R-094)."""

from __future__ import annotations

from abc import abstractmethod

from actions.steps.base import DONE, Step
from actions.steps.cards_complete import shown
from actions.steps.documents import document_card, documents_for
from actions.turn import Slots, Turn
from settlement.cards import ChecklistCard, ShownField, SummaryCard
from settlement.cases.states import State
from settlement.cases.views import CaseView
from settlement.security.vault import Kind

TYPED = {"agree", "affirm", "next_step", "sign_agreements", "submit_application", "finish_cards"}


class ButtonStep(Step):
    """A consequential yes: words never give it, they only bring the button back."""

    async def answer(self, turn: Turn) -> Slots | None:
        slots = await self.press(turn)
        if slots is None and turn.intent in TYPED:
            turn.say("tell_use_button")
            return {}
        return slots

    @abstractmethod
    async def press(self, turn: Turn) -> Slots | None:
        """What a tapped button does; ``None`` when this turn taps none of this step's buttons."""


async def agreements_of(turn: Turn) -> ChecklistCard:
    """What the tick and the signature stand for."""
    case = await turn.case()
    return ChecklistCard(documents=[document_card(case, d) for d in documents_for(turn.broker, "agreements")])


class TickStep(ButtonStep):
    """“我已阅读以上所有协议规则内容” (R-052)."""

    name = "agreements_ticked"

    async def press(self, turn: Turn) -> Slots | None:
        if turn.choice != "tick":
            return None
        case = await turn.case()
        turn.now_is(await turn.core.cases.tick_documents(turn.owner, case.case_no, True))
        return {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        titles = "、".join(f"《{d.title}》" for d in documents_for(turn.broker, "agreements"))
        turn.say("ask_agreements_ticked", card=await agreements_of(turn), titles=titles)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.ticked else None


class SignStep(ButtonStep):
    """“签署协议”, confirmed by a second button."""

    name = "signed"

    async def press(self, turn: Turn) -> Slots | None:
        if turn.choice == "sign":
            return {"sign_asked": "yes"}
        if turn.choice == "not_yet":
            return {"sign_asked": None}
        if turn.choice != "sign_confirmed" or turn.tracker.get_slot("sign_asked") != "yes":
            return None
        case = await turn.case()
        turn.now_is(
            await turn.core.cases.sign(
                turn.owner,
                case.case_no,
                source=await turn.source(),
                client=turn.session.client,
            )
        )
        return {self.name: DONE, "sign_asked": None}

    async def ask(self, turn: Turn) -> None:
        count = len(documents_for(turn.broker, "agreements"))
        question = "ask_sign_confirm" if turn.tracker.get_slot("sign_asked") else "ask_signed"
        turn.say(question, card=await agreements_of(turn), count=count)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.state == State.D_CONFIRM else None


class SubmitStep(ButtonStep):
    """The summary and its “确定”, which submits (rulings O-01)."""

    name = "submitted"

    async def press(self, turn: Turn) -> Slots | None:
        if turn.choice != "submit":
            return None
        case = await turn.case()
        turn.now_is(
            await turn.core.cases.submit(
                turn.owner,
                case.case_no,
                idempotency_key=f"{case.case_no}/{case.attempt + 1}",
                source=await turn.source(),
            )
        )
        return {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        case = await turn.case()
        identity = case.identity
        values = {
            "name": await turn.hide(Kind.NAME, identity.final["name"]) if identity else "",
            "id_number": await turn.hide(Kind.ID_NUMBER, identity.final["id_number"]) if identity else "",
            "case_no": case.case_no,
        }
        card = SummaryCard(
            fields=[
                ShownField(name=name, label=turn.wording(f"label_{name}"), value=value)
                for name, value in values.items()
            ],
            cards=[shown(turn, card) for card in case.cards],
            documents=[document.title for document in documents_for(turn.broker, "agreements")],
        )
        turn.say("ask_submitted", card=card)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return None
