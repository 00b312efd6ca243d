"""Business choice, and the check of the device (R-005…R-007, R-012, R-013, R-022)."""

from __future__ import annotations

from datetime import timedelta

from actions.steps.base import DONE, Step
from actions.turn import Slots, Turn
from settlement import clock
from settlement.brokers.schema import Broker
from settlement.cards import DeviceCheckCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.security.sessions import DeviceCheck

CHANGE_INTENTS = {"modify_settlement_account", "add_bank_card", "add_another_card"}
CASE_INTENTS = {"my_business", "continue_case", "resubmit"}

# A check older than this is made again before login.
CHECK_HOLDS = timedelta(hours=12)


class Business(Step):
    """修改结算账户, or 我的业务."""

    name = "business"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice in {"modify", "my_business"}:
            return {self.name: turn.choice}
        if turn.choice == "other_business":
            turn.say("tell_other_business")
            return {}
        if turn.intent in CHANGE_INTENTS:
            return {self.name: "modify"}
        if turn.intent in CASE_INTENTS:
            return {self.name: "my_business"}
        return None

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_business")

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return "modify" if turn.session.logged_in or turn.session.device else None


def require_device(broker: Broker, check: DeviceCheck | None) -> None:
    """Refuse a device that failed, was never checked, or is too old (R-012, R-013, R-022).

    Raises ``CustomerError``: ``device_unchecked``, ``device_camera``, ``device_microphone``,
    ``device_speaker`` or ``device_system``.
    """
    if check is None or clock.now() - check.at > CHECK_HOLDS:
        raise CustomerError("device_unchecked")
    for part in ("camera", "microphone", "speaker"):
        if not getattr(check, part):
            raise CustomerError(f"device_{part}")
    lowest = {**broker.minimum_systems}.get(check.system)
    if lowest and _numbers(check.system_version) < _numbers(lowest):
        raise CustomerError("device_system", lowest=lowest)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part]


class DeviceStep(Step):
    """Camera, microphone and speaker; whoever fails is stopped here (R-012)."""

    name = "device_check"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.intent != "device_checked":
            return None
        require_device(turn.broker, turn.session.device)
        return {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_device_check", card=DeviceCheckCard(minimum=turn.broker.minimum_systems))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        check = turn.session.device
        return DONE if turn.session.logged_in or (check and check.works) else None
