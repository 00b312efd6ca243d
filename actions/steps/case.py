"""我的业务: which case to work on (R-020, R-021, R-071…R-081)."""

from __future__ import annotations

from actions.steps.base import Step
from actions.turn import Json, Slots, Turn
from settlement import clock
from settlement.cards import CaseRow, MyBusinessCard
from settlement.cases.states import CUSTOMER_EDITABLE, REOPENABLE, State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

OPERATE_INTENTS = {
    "continue_case", "next_step", "resubmit", "affirm", "modify_settlement_account", "add_bank_card",
    "add_another_card", "agree",
}  # fmt: skip


# Where a rejection leads, these steps ask again, with what is there already (T17).
TO_MEND: dict[str, tuple[str, ...]] = {
    State.D_PHOTO: ("id_front", "id_back", "signature", "identity"),
    State.D_BANK: ("cards_complete",),
}


def row(turn: Turn, case: CaseView) -> CaseRow:
    """One line of 我的业务 (R-080)."""
    broker = turn.broker
    return CaseRow(
        case_no=case.case_no,
        business=turn.wording("label_business"),
        state=case.state,
        status=broker.status_labels[case.state],
        remark=case.remark or "",
        opened=_time(case.created_at),
        updated=_time(case.updated_at),
        can_operate=case.can_operate,
        can_abandon=case.can_abandon,
        current=case.case_no == turn.session.case_no,
        signed=case.paper,
    )


def _time(moment: object) -> str:
    return clock.beijing(moment).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]


async def show_my_business(turn: Turn) -> tuple[list[CaseView], list[CaseView]]:
    """Say the list of cases with 操作 and 放弃 where they may be pressed (R-073)."""
    pending, completed = await turn.core.cases.list(turn.owner)
    buttons: list[Json] = []
    for case in pending:
        line, suffix = row(turn, case), (f" {case.case_no}" if len(pending) > 1 else "")
        if line.can_operate:
            buttons.append(turn.button(turn.wording("label_operate") + suffix, "operate", case.case_no))
        if line.can_abandon:
            buttons.append(turn.button(turn.wording("label_abandon") + suffix, "ask_abandon", case.case_no))
    if not pending:
        buttons.append(turn.button(turn.wording("label_start"), "start"))
    card = MyBusinessCard(
        pending=[row(turn, case) for case in pending], completed=[row(turn, case) for case in completed]
    )
    turn.say("tell_my_business", card=card, buttons=buttons, pending=len(pending), completed=len(completed))
    for case in pending:
        facts: dict[str, str | int] = {
            "case_no": case.case_no,
            "status": turn.broker.status_labels[case.state],
        }
        turn.say("tell_case_status", facts=facts)
        if case.remark:
            turn.say("tell_case_remark", facts=facts, remark=case.remark)
    return pending, completed


class CaseStep(Step):
    """操作 on the pending case, or a new one where none is pending (R-021, rulings O-07)."""

    name = "case_no"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "operate" and turn.item:
            return await self._work_on(turn, await turn.core.cases.get(turn.owner, turn.item))
        if turn.choice == "start":
            return await self._work_on(turn, await self._start(turn))
        if turn.intent in OPERATE_INTENTS:
            pending, _ = await turn.core.cases.list(turn.owner)
            return await self._work_on(turn, pending[0] if pending else await self._start(turn))
        return None

    async def _start(self, turn: Turn) -> CaseView:
        return await turn.core.cases.start(
            turn.owner,
            channel=turn.session.channel,
            fund_account=turn.session.fund_account or "",
            broker_version=turn.broker.version,
            device_ok=turn.session.device is not None and turn.session.device.works,
        )

    async def _work_on(self, turn: Turn, case: CaseView) -> Slots:
        again: Slots = {}
        if case.state in REOPENABLE:
            try:
                case = await self._reopen(turn, case)
            except CustomerError as error:
                if error.code != "login_again":
                    raise
                turn.refuse(error)
                return await self._log_out(turn)
            again = dict.fromkeys(TO_MEND.get(case.state, ()))
        elif case.state not in CUSTOMER_EDITABLE:
            code = "case_completed" if case.bucket == "completed" else "case_in_review"
            raise CustomerError(code, case_no=case.case_no)
        turn.session.case_no = case.case_no
        await turn.save_session()
        turn.now_is(case)
        return {self.name: case.case_no, **again}

    async def _log_out(self, turn: Turn) -> Slots:
        await turn.core.sessions.end_login(turn.conversation)
        turn.session = await turn.core.sessions.get(turn.conversation)
        return dict.fromkeys(("id_number", "captcha", "sms_code", self.name))

    async def _reopen(self, turn: Turn, case: CaseView) -> CaseView:
        if turn.session.login_at is None:
            raise CustomerError("login_expired")
        return await turn.core.cases.reopen(turn.owner, case.case_no, turn.session.login_at)

    async def ask(self, turn: Turn) -> None:
        wants_change = turn.tracker.get_slot("business") == "modify"
        pending, _ = await turn.core.cases.list(turn.owner)
        if wants_change and not pending:
            await self._start(turn)
        await show_my_business(turn)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return case.case_no if case and case.state in CUSTOMER_EDITABLE else None
