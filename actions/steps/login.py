"""Login: ID number, account type, picture captcha and SMS code (R-016…R-019)."""

from __future__ import annotations

import re

from actions.steps.base import DONE, Step
from actions.steps.business import require_device
from actions.turn import Slots, Turn
from settlement import clock
from settlement.brokers import hours
from settlement.cards import CaptchaCard, InputCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.identity import id_number
from settlement.security.vault import Kind


class IdNumberStep(Step):
    """The ID number; the notice with the service hours stands before it (R-011, R-015)."""

    name = "id_number"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.ID_NUMBER) or turn.any_token()
        if token:
            number = await turn.open(token)
        elif turn.intent == "inform_id_number":
            number = turn.text
        else:
            return None
        id_number.parse(number, clock.beijing(clock.now()).date())
        return {self.name: token, "captcha": None, "sms_code": None}

    async def ask(self, turn: Turn) -> None:
        broker = turn.broker
        if turn.is_new(self.name):
            opened = hours.describe(broker, "acceptance")
            turn.say("tell_login_notice", notice=broker.notices.login, hours=opened)
        turn.say("ask_id_number", card=InputCard(field="id_number", format="id_number"))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if turn.session.logged_in else None


class AccountTypeStep(Step):
    """The account type, from the company's own list (rulings O-02)."""

    name = "account_type"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        named = turn.item if turn.choice == "account_type" else None
        for kind in turn.broker.account_types:
            words = [word for word in re.split(r"[()（）]", kind.name) if word]
            if kind.name == named or any(word in turn.text for word in words):
                if kind.offline:
                    raise CustomerError("account_type_offline", type=kind.name)
                turn.session.account_type = kind.name
                await turn.save_session()
                return {self.name: kind.name}
        if turn.intent == "inform_account_type":
            raise CustomerError("account_type_unknown")
        return None

    async def ask(self, turn: Turn) -> None:
        buttons = [turn.button(kind.name, "account_type", kind.name) for kind in turn.broker.account_types]
        turn.say("ask_account_type", buttons=buttons)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return turn.session.account_type if turn.session.logged_in else None


class CaptchaStep(Step):
    """The picture captcha; only after it is right does an SMS go out (R-017)."""

    name = "captcha"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        typed = (turn.fields.get("captcha") or turn.text).strip()
        captcha = turn.tracker.get_slot("captcha_id")
        if turn.choice == "refresh":
            return {}
        if not re.fullmatch(r"[A-Za-z0-9]{4}", typed) or not captcha:
            return None
        await turn.core.login.pass_captcha(turn.session, captcha, typed)
        number, kind = turn.tracker.get_slot("id_number"), turn.tracker.get_slot("account_type")
        await turn.core.login.send_code(turn.session, await turn.open(number), kind)
        return {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_captcha", card=CaptchaCard(captcha=turn.tracker.get_slot("captcha_id") or ""))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if turn.session.logged_in else None


class SmsCodeStep(Step):
    """The SMS code; with it the customer is logged in (R-016 “马上登录”)."""

    name = "sms_code"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "resend":
            return {"captcha": None}
        token = turn.token(Kind.CODE, "sms_code") or turn.any_token()
        if token:
            code = await turn.open(token)
        elif turn.intent == "inform_sms_code" or re.fullmatch(r"\d+", turn.text):
            code = re.sub(r"\D", "", turn.text)
        else:
            return None
        require_device(turn.broker, turn.session.device)
        number, kind = turn.tracker.get_slot("id_number"), turn.tracker.get_slot("account_type")
        try:
            turn.session = await turn.core.login.enter(turn.session, await turn.open(number), kind, code)
        except CustomerError as error:
            if error.code in {"code_expired", "code_locked"}:
                turn.refuse(error)
                return {"captcha": None}
            raise
        turn.forget_case()
        return {self.name: DONE, "id_number": DONE}

    async def ask(self, turn: Turn) -> None:
        number = await turn.open(turn.tracker.get_slot("id_number"))
        again = await turn.core.login.next_code_after(turn.session, number)
        turn.say("ask_sms_code", card=InputCard(field="sms_code", format="code", again_after=again))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if turn.session.logged_in else None
