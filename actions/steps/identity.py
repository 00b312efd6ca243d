"""What was read from the ID card is compared and corrected in chat (R-028, R-029, R-036)."""

from __future__ import annotations

from typing import Any

from actions.corrections import correction_in, mended, spoken_labels
from actions.steps.base import DONE, Step
from actions.turn import Slots, Turn
from settlement.cards import FieldsCard, ShownField
from settlement.cases.inputs import Identity
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.security.vault import Kind

FIELDS = (
    "name", "id_number", "sex", "nation", "birth", "address", "authority", "valid_from", "valid_until",
)  # fmt: skip
# These leave the server as tokens; the customer compares them in full.
PERSONAL = {
    "name": Kind.NAME, "id_number": Kind.ID_NUMBER, "address": Kind.ADDRESS, "birth": Kind.ADDRESS,
}  # fmt: skip


class IdentityStep(Step):
    """Confirm the fields; name and number must be the logged-in customer's."""

    name = "identity"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "yes":
            return await self._confirm(turn)
        if turn.choice in {"retake_front", "retake_back"}:
            return {"id_front" if turn.choice == "retake_front" else "id_back": None}
        changes = await self._changes(turn)
        if changes:
            case = await turn.case()
            turn.now_is(
                await turn.core.cases.set_identity(
                    turn.owner, case.case_no, Identity(**changes), confirmed=False
                )
            )
            return {}
        if turn.intent in {"affirm", "agree", "deny", "disagree", "correct_info"}:
            turn.say("tell_identity_how")
            return {}
        return None

    async def _changes(self, turn: Turn) -> dict[str, str]:
        if turn.fields:
            return {
                name: await turn.open(value) if value.startswith("⟦") else value
                for name, value in turn.fields.items()
                if name in FIELDS
            }
        labels = {turn.wording(f"label_{name}"): name for name in FIELDS}
        labels |= {word: name for word, name in spoken_labels().items() if name in FIELDS}
        found = mended(await turn.spoken(), current(await turn.case()), "id_number")
        if found:
            return dict([found])
        found = correction_in(turn.text, labels)
        if found and found[1].startswith("⟦"):
            return {found[0]: await turn.open(found[1])}
        # “名字是错的怎么办” asks; a name that is said to be one has come as a token.
        return dict([found]) if found and not turn.question else {}

    async def _confirm(self, turn: Turn) -> Slots:
        case = await turn.case()
        values = current(case)
        if not all(values.get(name) for name in FIELDS):
            raise CustomerError("identity_incomplete")
        turn.now_is(
            await turn.core.cases.set_identity(turn.owner, case.case_no, Identity(**values), confirmed=True)
        )
        return {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        case = await turn.case()
        doubtful, values = _doubtful(case), current(case)
        shown = []
        for name in FIELDS:
            value = values.get(name, "")
            if value and name in PERSONAL:
                value = await turn.hide(PERSONAL[name], value, full=True)
            shown.append(
                ShownField(
                    name=name,
                    label=turn.wording(f"label_{name}"),
                    value=value,
                    editable=True,
                    doubtful=not value or name in doubtful,
                )
            )
        front = case.images.get("id_front")
        turn.say("ask_identity", card=FieldsCard(fields=shown, image=front.file_id if front else None))
        if front and values.get("id_number"):
            tell_unsure(turn, "id_number", (front.reading or {}).get("fields", {}).get("id_number"))

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and case.identity and case.identity.confirmed else None


def tell_unsure(turn: Turn, name: str, read: dict[str, Any] | None) -> None:
    """Say which digits of a number were hard to read."""
    places = [place + 1 for place in (read or {}).get("unsure", ())]
    if places:
        shown = "、".join(map(str, places))
        turn.say("tell_unsure_digits", label=turn.wording(f"label_{name}"), places=shown, place=places[0])


def current(case: CaseView) -> dict[str, str]:
    """Each value as it stands: the customer's correction, unless a newer photo reads otherwise."""
    values: dict[str, str] = {}
    for reading in _readings(case):
        for name, field in reading.get("fields", {}).items():
            if name in FIELDS:
                values[name] = field.get("value", "")
    if case.identity:
        for name, value in case.identity.final.items():
            if value and case.identity.read.get(name) == values.get(name):
                values[name] = value
    return values


def _readings(case: CaseView) -> list[dict[str, Any]]:
    return [image.reading or {} for kind, image in case.images.items() if kind in {"id_front", "id_back"}]


def _doubtful(case: CaseView) -> set[str]:
    """Fields that were read without certainty."""
    return {
        name
        for reading in _readings(case)
        for name, field in reading.get("fields", {}).items()
        if field.get("doubtful")
    }
