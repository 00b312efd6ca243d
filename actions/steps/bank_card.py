"""Bank cards by photo or by hand; the three rules of the manual (R-034…R-049)."""

from __future__ import annotations

import re

from actions.card_draft import Draft, bank_by_number, empty_card, judged
from actions.corrections import correction_in
from actions.steps.base import DONE, Step
from actions.steps.photos import keep_photo, photo_of
from actions.turn import Json, Slots, Turn
from settlement.bankcards.banks import bank_of, find_bank
from settlement.bankcards.numbers import normalise
from settlement.cases.inputs import CardInput
from settlement.cases.views import CaseView
from settlement.contract import BankListCard, FieldsCard, InputCard, PhotoCard, ShownField
from settlement.errors import CustomerError
from settlement.ocr import Reading
from settlement.security.vault import Kind

LATER = ("card_number", "card_bank", "card_branch", "card_confirmed")


class _CardStep(Step):
    """The card in hand is asked for until the case holds one."""

    in_hand = True

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.cards else None


class BankCardStep(_CardStep):
    """A photo of the card, or 手动填写."""

    name = "bank_card"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.upload:
            return await self._read(turn, await photo_of(turn))
        token = turn.token(Kind.CARD_NUMBER)
        if token:
            slots = await set_number(turn, token)
            return {**Draft().slots(), self.name: DONE, **slots}
        if turn.choice == "manual" or turn.intent == "ocr_failed":
            return {**empty_card(), **Draft().slots(), self.name: DONE}
        bank = find_bank(turn.text) if turn.intent == "inform_bank_card" else None
        if bank:
            turn.say(
                "tell_bank_noted" if _supported(turn, bank.code) else "error_card_bank_not_supported",
                bank=bank.name,
            )
            return {}
        return None

    async def _read(self, turn: Turn, image: bytes) -> Slots:
        reading = await turn.core.reader.read(image, expected="bank_card")
        if reading.kind in {"id_front", "id_back"}:
            raise CustomerError("photo_is_id_card")
        file_id = await self._keep(turn, image, reading)
        number = normalise(_value(reading, "card_number"))
        if reading.kind != "bank_card" or not number:
            # Rule 3, word for word: 银行卡识别失败; then by hand.
            turn.say("tell_card_unreadable")
            turn.say("tell_card_by_hand")
            return {**empty_card(), **Draft(file_id=file_id).slots(), self.name: DONE}
        token = await turn.hide(Kind.CARD_NUMBER, number)
        bank = bank_by_number(turn, number) or _value(reading, "bank_code") or None
        draft = Draft(
            entry="ocr",
            file_id=file_id,
            number_read=token,
            bank_read=bank,
            printed_type=_value(reading, "card_type") or "unknown",
            doubtful=[name for name, field in reading.fields.items() if field.doubtful],
        )
        turn.tracker.slots.update(draft.slots(card_number=token, card_bank=bank))
        verdict, _, _ = await judged(turn)
        if verdict.code in {
            "card_is_credit",
            "card_is_prepaid",
            "card_is_quasi_credit",
            "card_bank_not_supported",
        }:
            # Rules 1 and 2 need no confirmation of the digits: this card cannot be used.
            turn.refuse(CustomerError(verdict.code, **verdict.facts))
            return empty_card()
        return {**empty_card(), **draft.slots(card_number=token, card_bank=bank), self.name: DONE}

    async def _keep(self, turn: Turn, image: bytes, reading: Reading) -> str:
        file_id, sha256 = await keep_photo(turn, image)
        case = await turn.case()
        turn.now_is(
            await turn.core.cases.set_image(
                turn.owner,
                case.case_no,
                "bank_card",
                file_id=file_id,
                sha256=sha256,
                reading=reading.model_dump(mode="json"),
                marks=list(reading.problems),
            )
        )
        return file_id

    async def ask(self, turn: Turn) -> None:
        broker = turn.broker
        turn.say("tell_bank_notice", notice=broker.notices.bank)
        banks = [{"code": bank.code, "name": bank.name} for bank in broker.enabled_banks]
        turn.say("tell_bank_list", card=BankListCard(banks=banks), banks="、".join(b["name"] for b in banks))
        turn.say("ask_bank_card", card=PhotoCard(kind="bank_card", max_megabytes=broker.photos.max_megabytes))


def _value(reading: Reading, name: str) -> str:
    field = reading.fields.get(name)
    return field.value if field else ""


def _supported(turn: Turn, code: str) -> bool:
    return any(bank.code == code for bank in turn.broker.enabled_banks)


async def set_number(turn: Turn, token: str) -> Slots:
    """Take a typed card number; the bank follows from its prefix where that is sure."""
    number = normalise(await turn.open(token))
    if not re.fullmatch(r"\d{13,20}", number):
        raise CustomerError("card_number_malformed")
    return {"card_number": token, "card_bank": bank_by_number(turn, number), "card_confirmed": None}


class CardNumberStep(_CardStep):
    """The number typed by hand."""

    name = "card_number"

    async def answer(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.CARD_NUMBER) or turn.any_token()
        if token:
            return await set_number(turn, token)
        if turn.upload:
            return await BankCardStep()._read(turn, await photo_of(turn))
        if turn.intent == "inform_bank_card" or re.search(r"\d{6}", turn.text):
            raise CustomerError("card_number_malformed")
        return None

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_number", card=InputCard(field="card_number", format="card_number"))


class CardBankStep(_CardStep):
    """开户行, from the company's list."""

    name = "card_bank"

    async def answer(self, turn: Turn) -> Slots | None:
        bank = (
            bank_of(turn.item or "")
            if turn.choice == "bank"
            else find_bank(turn.fields.get("bank") or turn.text)
        )
        if bank is None:
            return None
        if not _supported(turn, bank.code):
            raise CustomerError("card_bank_not_supported", bank=bank.name)
        return {self.name: bank.code, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        banks = [{"code": bank.code, "name": bank.name} for bank in turn.broker.enabled_banks]
        buttons = [turn.button(bank["name"], "bank", bank["code"]) for bank in banks]
        turn.say("ask_card_bank", card=BankListCard(banks=banks), buttons=buttons)


class CardBranchStep(_CardStep):
    """开户网点: a branch's name (R-047)."""

    name = "card_branch"

    async def answer(self, turn: Turn) -> Slots | None:
        branch = (turn.fields.get("branch") or turn.text).strip()
        if not branch or not re.search(r"分行|支行|分理处|营业部|营业室|营业所|储蓄所", branch):
            return None
        found = correction_in(branch, {turn.wording("label_branch"): "branch"})
        return {self.name: found[1] if found else branch, "card_confirmed": None}

    async def ask(self, turn: Turn) -> None:
        turn.say("ask_card_branch", card=InputCard(field="branch"))


class CardConfirmedStep(_CardStep):
    """The customer compares every field; rules are applied to the values as they are now."""

    name = "card_confirmed"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice in {"add", "replace"}:
            return await self._confirm(turn, turn.item if turn.choice == "replace" else None)
        if turn.choice == "retake" or turn.intent == "retake_photo":
            return empty_card()
        if turn.choice in {"change_number", "change_bank", "change_branch"}:
            return {"card_" + turn.choice.removeprefix("change_"): None}
        return await self._correct(turn)

    async def _confirm(self, turn: Turn, replace: str | None) -> Slots:
        verdict, subject, draft = await judged(turn, replace=replace)
        if not verdict.ok:
            return self._refuse(turn, verdict.code or "", verdict.facts)
        case = await turn.case()
        card = CardInput(
            action="replace" if replace else "add",
            replaces=replace,
            number=subject.number,
            number_read=subject.ocr_number or None,
            holder=subject.holder,
            bank_code=verdict.bank_code or "",
            bank_code_read=draft.bank_read,
            branch=subject.branch,
            printed_type=draft.printed_type,
            entry=draft.entry,
            file_id=draft.file_id,
            verdict=verdict,
        )
        kept = await turn.core.cases.put_card(turn.owner, case.case_no, card, seq=draft.editing)
        turn.forget_case()
        # Going back from here takes this very card in hand again.
        draft.editing = kept.seq
        return draft.slots(card_confirmed=DONE, cards_complete=None)

    def _refuse(self, turn: Turn, code: str, facts: dict[str, str]) -> Slots:
        turn.refuse(CustomerError(code, **facts))
        if code in {"card_branch_missing", "card_branch_malformed"}:
            return {"card_branch": None}
        if code in {"card_bank_missing", "card_bank_mismatch"}:
            return {"card_bank": None}
        if code in {"card_number_malformed", "card_number_length", "card_number_checksum"}:
            return {"card_number": None}
        return empty_card()

    async def _correct(self, turn: Turn) -> Slots | None:
        token = turn.token(Kind.CARD_NUMBER)
        if token:
            return await set_number(turn, token)
        slots: Slots = {}
        if turn.fields.get("branch"):
            slots["card_branch"] = turn.fields["branch"]
        found = correction_in(
            turn.text, {turn.wording("label_branch"): "branch", turn.wording("label_branch_short"): "branch"}
        )
        if found:
            slots["card_branch"] = found[1]
        named = find_bank(
            turn.fields.get("bank")
            or (turn.text if turn.intent in {"correct_info", "inform_bank_card"} else "")
        )
        if named:
            slots["card_bank"] = named.code
        if slots:
            return slots
        if turn.intent in {"affirm", "agree", "deny", "correct_info", "next_step", "finish_cards"}:
            turn.say("tell_use_button")
            return {}
        return None

    async def ask(self, turn: Turn) -> None:
        verdict, subject, draft = await judged(turn)
        number = await turn.hide(Kind.CARD_NUMBER, subject.number, full=True)
        holder = await turn.hide(Kind.NAME, subject.holder)
        bank = bank_of(subject.bank_code or "")
        values = {
            "card_number": (number, True),
            "bank": (bank.name if bank else "", True),
            "branch": (subject.branch, True),
            "card_type": (turn.wording(f"label_card_type_{verdict.card_type}"), False),
            "holder": (holder, False),
        }
        fields = [
            ShownField(
                name=name,
                label=turn.wording(f"label_{name}"),
                value=value,
                editable=editable,
                doubtful=not value
                or name in draft.doubtful
                or (name == "card_number" and verdict.check_please),
            )
            for name, (value, editable) in values.items()
        ]
        registered = await turn.core.customers.registered_accounts(turn.owner.customer)
        buttons: list[Json] = [
            turn.button(
                turn.wording("label_replace", bank=account.bank_name, tail=account.number[-4:]),
                "replace",
                account.id,
            )
            for account in registered
        ]
        turn.say("ask_card_confirmed", card=FieldsCard(fields=fields, image=draft.file_id), buttons=buttons)
        if verdict.check_please:
            turn.say("tell_check_number")
