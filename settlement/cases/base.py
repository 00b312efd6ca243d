"""What every part of the customer's side needs: finding a case for its owner, and showing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.brokers.schema import Broker
from settlement.cases import states, transitions
from settlement.cases.audit import Audit
from settlement.cases.inputs import Owner
from settlement.cases.material import CaseBankCard, CaseIdentity, CaseImage, DocumentReading, SignatureRecord
from settlement.cases.models import Case, Customer
from settlement.cases.states import DRAFT_ORDER, Actor, Event, State
from settlement.cases.views import CardView, CaseView, IdentityView, ImageView, ReadingView
from settlement.database import Database
from settlement.errors import CustomerError
from settlement.security.keys import Keyring

STEP_STATE = {
    "photo": State.D_PHOTO,
    "bank": State.D_BANK,
    "agreement": State.D_AGREE,
    "confirm": State.D_CONFIRM,
}


class Service:
    """Shared by the parts of ``Cases``."""

    def __init__(self, database: Database, brokers: Brokers, keyring: Keyring) -> None:
        self._database = database
        self._brokers = brokers
        self._keyring = keyring
        self._audit = Audit(keyring)

    async def _find(self, session: AsyncSession, owner: Owner, case_no: str, *, write: bool = True) -> Case:
        """The owner's case. Another's is as absent as one that does not exist (R-081)."""
        query = select(Case).where(
            Case.case_no == case_no, Case.broker == owner.broker, Case.customer_id == owner.customer
        )
        case = await session.scalar(query.with_for_update() if write else query)
        if case is None:
            raise CustomerError("case_not_found")
        return case

    async def _draft(self, session: AsyncSession, owner: Owner, case_no: str, least: State) -> Case:
        """The owner's case, in a state that may be edited and has reached the step ``least``."""
        case = await self._find(session, owner, case_no)
        if case.state not in states.CUSTOMER_EDITABLE or not reached(case, least):
            raise transitions.refusal(case)
        return case

    async def _customer(self, session: AsyncSession, owner: Owner) -> Customer:
        customer = await session.get(Customer, owner.customer)
        if customer is None or customer.broker != owner.broker:
            raise CustomerError("case_not_found")
        return customer

    def _broker(self, case: Case) -> Broker:
        """The company as it is configured now: rules and documents of this moment apply (R-048, R-055)."""
        return self._brokers.get(case.broker)

    async def _revised(
        self, session: AsyncSession, case: Case, step: State, *, actor: Actor | None = None
    ) -> None:
        """Content of ``step`` changed: what was signed is void, and the case returns to that step (R-058)."""
        at = clock.now()
        await void_signatures(session, case, at, f"content of {step} changed")
        who = actor or Actor.CUSTOMER
        who_id = case.customer_id if who is Actor.CUSTOMER else "submission"
        if case.state != step:
            await transitions.move(
                session,
                case,
                Event.REVISE,
                step,
                actor=who,
                actor_id=who_id,
                at=at,
                changes={"ticked_at": None},
            )
        else:
            await transitions.change(session, case, ticked_at=None)

    async def _view(self, session: AsyncSession, case: Case) -> CaseView:
        return (await self._views(session, [case]))[0]

    async def _views(self, session: AsyncSession, cases: Sequence[Case]) -> list[CaseView]:
        ids = [case.id for case in cases]
        images: defaultdict[str, dict[str, ImageView]] = defaultdict(dict)
        owners = {case.id: case for case in cases}
        in_use = (
            select(CaseImage)
            .where(CaseImage.case_id.in_(ids), CaseImage.in_use)
            .order_by(CaseImage.created_at)
        )
        for image in await session.scalars(in_use):
            if image.kind != "bank_card":
                images[image.case_id][image.kind] = image_view(image, owners[image.case_id])
        identities = {
            row.case_id: identity_view(row)
            for row in await session.scalars(select(CaseIdentity).where(CaseIdentity.case_id.in_(ids)))
        }
        cards: defaultdict[str, list[CardView]] = defaultdict(list)
        of_cases = select(CaseBankCard).where(CaseBankCard.case_id.in_(ids)).order_by(CaseBankCard.seq)
        for card in await session.scalars(of_cases):
            cards[card.case_id].append(card_view(card))
        readings: defaultdict[str, list[ReadingView]] = defaultdict(list)
        read = (
            select(DocumentReading)
            .where(DocumentReading.case_id.in_(ids))
            .order_by(DocumentReading.opened_at)
        )
        for reading in await session.scalars(read):
            readings[reading.case_id].append(ReadingView.model_validate(reading, from_attributes=True))
        signed: dict[str, SignatureRecord] = {}
        valid = select(SignatureRecord).where(
            SignatureRecord.case_id.in_(ids), SignatureRecord.voided_at.is_(None)
        )
        for signature in await session.scalars(valid):
            signed[signature.case_id] = signature
        return [
            CaseView(
                case_no=case.case_no, broker=case.broker, customer=case.customer_id, state=State(case.state),
                business_type=case.business_type, attempt=case.attempt, lock_version=case.lock_version,
                created_at=case.created_at, updated_at=case.updated_at, remark=case.remark,
                reasons=case.reasons, retry=case.retry, images=images[case.id],
                identity=identities.get(case.id), cards=cards[case.id],
                readings=readings[case.id], ticked=case.ticked_at is not None,
                signed_at=signed[case.id].signed_at if case.id in signed else None,
                paper=signed[case.id].id if case.id in signed and signed[case.id].file_id else None,
                submitted_at=case.submitted_at, queued=case.queued, fund_account=case.fund_account,
                broker_version=case.broker_version, channel=case.channel, step_hint=self._hint(case),
            )
            for case in cases
        ]  # fmt: skip

    def _hint(self, case: Case) -> State | None:
        """The earliest step that the reasons of a rejection point to, or the confirmation (R-078)."""
        if case.state not in states.REOPENABLE:
            return None
        known = company(self._brokers, case).reject_reasons
        hints = [STEP_STATE.get(known[code].step_hint) for code in case.reasons if code in known]
        return min((hint for hint in hints if hint), key=DRAFT_ORDER.index, default=State.D_CONFIRM)


def company(brokers: Brokers, case: Case) -> Broker:
    """The case's company; one that was switched off since still has its wordings and reasons."""
    try:
        return brokers.get(case.broker)
    except CustomerError:
        return brokers.at_version(case.broker, case.broker_version)


def reached(case: Case, step: State) -> bool:
    """Whether a draft is at ``step`` or after it."""
    return DRAFT_ORDER.index(State(case.state)) >= DRAFT_ORDER.index(step)


async def void_signatures(session: AsyncSession, case: Case, at: datetime, why: str) -> None:
    """Take every signature of the case out of force, keeping it on record."""
    valid = select(SignatureRecord).where(
        SignatureRecord.case_id == case.id, SignatureRecord.voided_at.is_(None)
    )
    for signature in await session.scalars(valid):
        signature.voided_at, signature.void_reason = at, why
    await session.flush()


def image_view(image: CaseImage, case: Case) -> ImageView:
    """A photo as callers see it."""
    return ImageView(
        kind=image.kind, file_id=image.file_id, sha256=image.sha256, broker=case.broker,
        customer=case.customer_id, reading=image.reading, marks=image.marks, created_at=image.created_at,
    )  # fmt: skip


def identity_view(row: CaseIdentity) -> IdentityView:
    """The identity as callers see it."""
    return IdentityView(
        final=row.final, read=row.ocr, marks=row.marks, confirmed=row.confirmed_at is not None
    )


def card_view(row: CaseBankCard) -> CardView:
    """A card as callers see it."""
    return CardView.model_validate(row, from_attributes=True)
