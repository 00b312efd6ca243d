"""Photos of the ID card's two sides and of the signature, in any order (R-024…R-030)."""

from __future__ import annotations

from collections.abc import Sequence

from actions.steps.base import DONE, Step
from actions.turn import Slots, Turn
from settlement import clock
from settlement.brokers.parts import PhotoKind
from settlement.cards import PhotoCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.identity import id_number, validity
from settlement.ocr import Reading
from settlement.ports.objects import owner_context

ID_SIDES = ("id_front", "id_back")
READ = (*ID_SIDES, "bank_card")

# A photo that cannot be read is refused this often; then staff look at it, marked (Onfido's ladder).
FIRM_REFUSALS = 2
# Photos of something else than the card alone, as it seems; a suspicion can be wrong, so it yields as well.
NOT_THE_CARD = {"two_cards", "screen", "copy"}


async def photo_of(turn: Turn) -> bytes:
    """The photo of this turn, which must have been uploaded in this conversation."""
    assert turn.upload is not None
    upload = await turn.core.uploads.get(turn.conversation, turn.upload["id"])
    return await turn.core.ports.objects.get(upload.id, context=turn.conversation)


async def keep_photo(
    turn: Turn, kind: str, image: bytes, reading: Reading | None, marks: Sequence[str]
) -> str:
    """Put a photo into the case, beyond the conversation; ``marks`` are for the reviewer. Its file id."""
    owner, case = turn.owner, await turn.case()
    stored = await turn.core.ports.objects.put(
        image, mime="image/jpeg", context=owner_context(owner.broker, owner.customer)
    )
    turn.now_is(
        await turn.core.cases.set_image(
            owner,
            case.case_no,
            kind,
            file_id=stored.id,
            sha256=stored.sha256,
            reading=reading.model_dump(mode="json") if reading else None,
            marks=list(marks),
        )
    )
    return stored.id


def refusal(turn: Turn, reading: Reading, kind: str) -> CustomerError:
    """The one reason to give for a photo that could not be read: the first problem, else its content."""
    nothing = "no_card" if reading.kind == "none" else "unreadable"
    reason = reading.problems[0] if reading.problems else nothing
    return CustomerError(f"photo_{reason}", photo=turn.wording(f"label_{kind}"))


async def _check_owner(turn: Turn, reading: Reading) -> None:
    """Refuse another person's card, and one that has expired, as soon as it was read (R-028, R-029)."""
    customer = await turn.core.customers.get(turn.owner.customer)
    values = {name: field.value for name, field in reading.fields.items()}
    if reading.kind == "id_front" and values.get("id_number") != customer.id_number:
        raise CustomerError("id_number_mismatch")
    if reading.kind == "id_back":
        today = clock.beijing(clock.now()).date()
        birth = id_number.parse(customer.id_number, today).birth
        validity.check_validity(values["valid_from"], values["valid_until"], birth, today)


def _marks(reading: Reading | None) -> list[str]:
    """What the reviewer should look at."""
    if reading is None:
        return []
    return [*([] if reading.complete else ["photo_incomplete"]), *reading.problems]


class PhotoStep(Step):
    """One kind of photo. A photo of the other ID side is taken for that side."""

    kind: PhotoKind

    @property
    def question(self) -> str:
        """The response that asks for this photo."""
        return f"ask_{self.kind}"

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "keep":
            return {self.name: DONE} if self.kind in (await turn.case()).images else {}
        if not turn.upload:
            return None
        image = await photo_of(turn)
        kind = turn.upload.get("kind") or self.kind
        if kind not in (*READ, *turn.broker.photos.kinds):
            kind = self.kind
        if kind not in READ:
            return await self._take(turn, kind, image, None)
        reading = await turn.core.reader.read(image, expected=kind)
        return await self._take_side(turn, kind, image, reading)

    async def _take_side(self, turn: Turn, kind: str, image: bytes, reading: Reading) -> Slots:
        if reading.kind == "bank_card":
            raise CustomerError("photo_is_bank_card", photo=turn.wording(f"label_{kind}"))
        if reading.kind in ID_SIDES and reading.kind != kind:
            if reading.kind in (await turn.case()).images:
                raise CustomerError("photo_wrong_side", photo=turn.wording(f"label_{kind}"))
            kind = reading.kind
            turn.say("tell_photo_taken_as", photo=turn.wording(f"label_{kind}"))
        elif kind != self.kind:
            turn.say("tell_photo_renewed", photo=turn.wording(f"label_{kind}"))
        doubtful = not reading.complete or bool(NOT_THE_CARD.intersection(reading.problems))
        if doubtful:
            tries = int(turn.tracker.get_slot("photo_tries") or 0) + 1
            if tries <= FIRM_REFUSALS:
                turn.refuse(refusal(turn, reading, kind))
                return {"photo_tries": str(tries)}
        # After the ladder: of two cards in one photo the wrong one may have been read.
        if reading.complete:
            await _check_owner(turn, reading)
        if doubtful:
            turn.say("tell_photo_marked", photo=turn.wording(f"label_{kind}"))
        return {"photo_tries": None, **await self._take(turn, kind, image, reading)}

    async def _take(self, turn: Turn, kind: str, image: bytes, reading: Reading | None) -> Slots:
        await keep_photo(turn, kind, image, reading, _marks(reading))
        return {kind: DONE, "identity": None}

    async def ask(self, turn: Turn) -> None:
        received = {kind: image.file_id for kind, image in (await turn.case()).images.items()}
        if self.kind == "id_front" and not received and turn.is_new(self.name):
            turn.say("tell_photo_notice", notice=turn.broker.notices.photo)
        photos = turn.broker.photos
        title = photos.names.get(self.kind, "")
        card = PhotoCard(kind=self.kind, title=title, received=received, max_megabytes=photos.max_megabytes)
        buttons = [turn.button(turn.wording("label_keep_photo"), "keep")] if self.kind in received else []
        turn.say(self.question, card=card, buttons=buttons, photo=title)

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return DONE if case and self.kind in case.images else None


class IdFront(PhotoStep):
    """人像面."""

    name = "id_front"
    kind = "id_front"


class IdBack(PhotoStep):
    """国徽面."""

    name = "id_back"
    kind = "id_back"


class Signature(PhotoStep):
    """签名照."""

    name = "signature"
    kind = "signature"


class FurtherDocument(PhotoStep):
    """A document that a company asks for and names itself (``photos``); staff read it, OCR does not."""

    @property
    def question(self) -> str:
        return "ask_extra_photo"

    def wanted(self, turn: Turn) -> bool:
        return bool(turn.session.broker) and self.kind in turn.broker.photos.kinds

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        return super().done(turn, case) if self.wanted(turn) else DONE


class FurtherDocument1(FurtherDocument):
    """补充证件一."""

    name = "extra_1"
    kind = "extra_1"


class FurtherDocument2(FurtherDocument):
    """补充证件二."""

    name = "extra_2"
    kind = "extra_2"
