"""我的业务 at any time, 放弃 with its confirmation, and results that arrive later (R-062, R-071…R-079)."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions.flow import NOTES, known
from actions.form import Events, TurnAction, slot_events
from actions.navigation import ASK_AGAIN
from actions.progress import steps
from actions.turn import LISTEN, Slots, Turn
from settlement.brokers import hours
from settlement.cards import ResultCard
from settlement.cases.states import State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.security.vault import Kind


def from_case_step(turn: Turn) -> Slots:
    """Slots that bring the form to 我的业务, with nothing after it."""
    later = turn.order[turn.order.index("case_no") :]
    return {**dict.fromkeys(NOTES), **dict.fromkeys(later)}


class MyBusiness(TurnAction):
    """“我的业务”: after login, at once; before, the login comes first (R-077)."""

    action_name = "action_my_business"

    async def act(self, turn: Turn) -> Events:
        if not turn.session.logged_in:
            slots = await known(turn) if not turn.in_form else {}
            if turn.session.broker and turn.requested != "broker_confirmed":
                slots["business"] = "my_business"
            turn.say("tell_login_first")
            return [*slot_events(slots), ASK_AGAIN]
        if turn.intent == "continue_case" and turn.in_form and turn.session.case_no:
            turn.say("tell_go_on")  # “继续办理” within a case does not lead out of it
            return [ASK_AGAIN]
        turn.session.case_no = None
        await turn.save_session()
        return [*slot_events({**from_case_step(turn), "business": "my_business"}), ASK_AGAIN]


class AskAbandon(TurnAction):
    """放弃 asks for confirmation, whether typed or tapped (R-079, R-094)."""

    action_name = "action_ask_abandon"

    async def act(self, turn: Turn) -> Events:
        case = await _case_to_abandon(turn)
        if case is None:
            turn.say("error_nothing_to_abandon")
            return [ASK_AGAIN] if turn.in_form else []
        if not case.can_abandon:
            turn.say("error_abandon_closed", status=turn.broker.status_labels[case.state])
            return [ASK_AGAIN] if turn.in_form else []
        confirm = {
            "title": turn.wording("label_abandon_yes"),
            "payload": f'/confirm_abandon{{"item": "{case.case_no}"}}',
        }
        turn.say("ask_abandon", buttons=[confirm], case_no=case.case_no)
        # The form would put its own question below; here the confirmation must be the last word.
        return [FollowupAction(LISTEN)]


async def _case_to_abandon(turn: Turn) -> CaseView | None:
    if not turn.session.logged_in:
        return None
    if item := turn.entities.get("item"):
        return await turn.core.cases.get(turn.owner, item)
    pending, _ = await turn.core.cases.list(turn.owner)
    current = [case for case in pending if case.case_no == turn.session.case_no]
    return next(iter(current or pending), None)


class Abandon(TurnAction):
    """The confirming button alone abandons a case (T18)."""

    action_name = "action_abandon"

    async def act(self, turn: Turn) -> Events:
        item = turn.entities.get("item")
        if turn.metadata.get("button") is not True or not item:
            turn.say("tell_use_button")
            return [ASK_AGAIN] if turn.in_form else []
        case = await turn.core.cases.abandon(turn.owner, item)
        if turn.session.case_no == case.case_no:
            turn.session.case_no = None
            await turn.save_session()
        turn.say(
            "tell_abandoned", card=ResultCard(case_no=case.case_no, outcome="abandoned"), case_no=case.case_no
        )
        return [*slot_events({**from_case_step(turn), "business": "my_business"}), ASK_AGAIN]


class Submitted(TurnAction):
    """The form is through: case number, SMS notice, what happens next (R-059, R-060)."""

    action_name = "action_submitted"

    async def act(self, turn: Turn) -> Events:
        case = await turn.case()
        status = turn.broker.status_labels[case.state]
        turn.say(
            "tell_submitted",
            card=ResultCard(case_no=case.case_no, outcome="submitted"),
            case_no=case.case_no,
            status=status,
        )
        if case.queued:
            turn.say("tell_queued", hours=hours.describe(turn.broker))
        turn.stands(steps(turn, None))
        turn.session.case_no = None
        await turn.save_session()
        return slot_events({**from_case_step(turn), "business": None})


class CaseResult(TurnAction):
    """What staff or the counter decided, told in the conversation (R-061…R-063)."""

    action_name = "action_case_result"

    async def act(self, turn: Turn) -> Events:
        again: Events = [ASK_AGAIN] if turn.in_form else []
        try:
            case = await turn.core.cases.get(turn.owner, turn.entities.get("case", ""))
        except CustomerError:
            # The login has ended: nothing of the case may be shown, only that there is news.
            turn.say("tell_news")
            return again
        if case.state == State.C_DONE:
            account = await turn.hide(Kind.ACCOUNT, case.fund_account or "", full=True)
            card = ResultCard(case_no=case.case_no, outcome="done", fund_account=account)
            turn.say("tell_done", card=card, case_no=case.case_no, fund_account=account)
        elif case.state in {State.W_REJECTED, State.R_REJECTED, State.P_FAILED}:
            outcome = "failed" if case.state == State.P_FAILED else "rejected"
            card = ResultCard(case_no=case.case_no, outcome=outcome, remark=case.remark)
            turn.say(
                "tell_rejected",
                card=card,
                case_no=case.case_no,
                status=turn.broker.status_labels[case.state],
                remark=case.remark or "",
            )
        else:
            turn.say("tell_case_status", case_no=case.case_no, status=turn.broker.status_labels[case.state])
        return again


class KeepGoing(TurnAction):
    """“先别放弃”: nothing was abandoned; go on."""

    action_name = "action_keep_case"

    async def act(self, turn: Turn) -> Events:
        turn.say("tell_kept")
        return [SlotSet("misunderstandings", None), *([ASK_AGAIN] if turn.in_form else [])]
