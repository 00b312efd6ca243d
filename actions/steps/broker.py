"""The futures company: its code typed, tapped, or read from a QR picture (R-001…R-004)."""

from __future__ import annotations

from actions.steps.base import Step
from actions.turn import Slots, Turn
from settlement.brokers import qr
from settlement.cards import BrokerCard, PhotoCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.identity import broker_code


async def choose_broker(turn: Turn, code: str) -> Slots:
    """Take ``code`` as the company; ``CustomerError`` when it is unknown or disabled."""
    broker = turn.core.brokers.get(code)
    turn.session.broker = broker.code
    turn.session.broker_version = broker.version
    await turn.save_session()
    return {"broker": broker.code, "broker_confirmed": None, **broker.variables}


class Broker(Step):
    """Which futures company."""

    name = "broker"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.upload:
            return await self._from_picture(turn)
        if content := turn.fields.get("qr"):
            return await choose_broker(turn, qr.verify(content, turn.core.keyring, turn.core.brokers))
        code = turn.item if turn.choice == "broker" else turn.fields.get("broker_code")
        if not code and turn.text:
            code = self._from_words(turn)
        return await choose_broker(turn, code) if code else None

    def _from_words(self, turn: Turn) -> str | None:
        if named := turn.core.brokers.find(turn.text):
            return named.code
        try:
            return broker_code.parse(turn.text)
        except CustomerError:
            # Words without a number are a question, not a wrong code.
            if turn.intent == "inform_broker" or any(c.isdigit() for c in turn.text):
                raise
            return None

    async def _from_picture(self, turn: Turn) -> Slots:
        assert turn.upload is not None
        upload = await turn.core.uploads.get(turn.conversation, turn.upload["id"])
        image = await turn.core.ports.objects.get(upload.id, context=turn.conversation)
        content = await turn.core.reader.read_qr(image)
        if not content:
            raise CustomerError("qr_not_found")
        return await choose_broker(turn, qr.verify(content, turn.core.keyring, turn.core.brokers))

    async def ask(self, turn: Turn) -> None:
        buttons = [
            turn.button(f"{b.short_name} {b.code}", "broker", b.code)
            for b in turn.core.brokers.all()
            if b.status == "enabled"
        ]
        turn.say("ask_broker", card=PhotoCard(kind="qr"), buttons=buttons)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return turn.session.broker


class BrokerConfirmed(Step):
    """The company's name is shown and confirmed (R-004)."""

    name = "broker_confirmed"
    needs_login = False

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "yes" or turn.intent in {"affirm", "agree", "next_step"}:
            return {self.name: "yes"}
        if turn.choice == "other" or turn.intent in {"deny", "disagree"}:
            turn.session.broker = None
            await turn.save_session()
            return {"broker": None, self.name: None}
        if turn.intent == "inform_broker":
            return await choose_broker(turn, broker_code.parse(turn.text))
        return None

    async def ask(self, turn: Turn) -> None:
        card = BrokerCard(code=turn.broker.code, name=turn.broker.name)
        turn.say("ask_broker_confirmed", card=card, name=turn.broker.name, code=turn.broker.code)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return "yes" if turn.session.broker and (turn.session.device or turn.session.logged_in) else None
