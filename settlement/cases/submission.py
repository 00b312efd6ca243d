"""Submitting: T06 and T06x. The lock index decides who is first (R-064 … R-070, I1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers import hours
from settlement.brokers.schema import Broker
from settlement.cases import notices, states, transitions
from settlement.cases.base import STEP_STATE
from settlement.cases.content import Material, gather, signed_content, snapshot
from settlement.cases.inputs import NOT_SAID, Owner, Source
from settlement.cases.models import Case, CaseSubmission
from settlement.cases.photos import check_identity
from settlement.cases.sealed import canonical, sha256
from settlement.cases.signing import STEPS, Signing
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

REFUSED = "another_case_in_review"  # what the manual's sentence is known by


@dataclass(frozen=True)
class _Tap:
    """The “确定” that submits."""

    key: str
    moment: datetime
    source: Source


class Submission(Signing):
    """The confirmation step."""

    async def submit(
        self,
        owner: Owner,
        case_no: str,
        *,
        idempotency_key: str,
        moment: datetime | None = None,
        source: Source = NOT_SAID,
    ) -> CaseView:
        """T06. One key submits once: a resend with it is answered with the case as it is.

        ``CustomerError``: another_case_in_review (case_no of that one); outside_service_hours (hours); and,
        taking the case back to the step to mend: signature_void, document_version_changed (title),
        registered_accounts_changed, bank_no_longer_supported (tail), a code of a card's verdict, those of
        ``settlement.identity``. Otherwise what ``refusal`` says.
        """
        kept = await self._paper_kept(owner, case_no)  # a look into the store, so outside of the transaction
        try:
            tap = _Tap(idempotency_key, moment or clock.now(), source)
            return await self._submit(owner, case_no, tap, kept=kept)
        except IntegrityError:
            # Another of the customer's cases took the right to submit, or the same tap arrived twice at once.
            return await self._beaten(owner, case_no, idempotency_key)

    async def _submit(self, owner: Owner, case_no: str, tap: _Tap, *, kept: bool) -> CaseView:
        refused: tuple[CustomerError, State] | None
        async with self._database.session() as session:
            case = await self._find(session, owner, case_no)
            if await self._submitted_with(session, case, tap.key):
                return await self._view(session, case)
            if case.state != State.D_CONFIRM:
                raise transitions.refusal(case)
            broker = self._broker(case)
            refused = await self._stale(session, case, broker, kept=kept)
            if refused is None:
                await self._accept(session, case, broker, tap)
            else:
                await self._revised(session, case, refused[1], actor=Actor.SYSTEM)
                code = refused[0].code
                await self._audit.append(session, Actor.CUSTOMER, owner.customer, "submit", case_no, code)
            view = await self._view(session, case)
        if refused is not None:
            raise refused[0]
        return view

    async def _accept(self, session: AsyncSession, case: Case, broker: Broker, tap: _Tap) -> None:
        """Take the right to submit, keep the snapshot, tell the customer: all or nothing."""
        moment = tap.moment
        is_open = hours.is_open(broker, moment, "acceptance")
        if not is_open and broker.off_hours == "refuse":
            raise CustomerError("outside_service_hours", hours=hours.describe(broker, "acceptance"))
        attempt = case.attempt + 1
        content = snapshot(await gather(session, case), broker, attempt, moment.isoformat())
        await transitions.move(
            session, case, Event.SUBMIT, State.W_PENDING if broker.needs_witness else State.R_PENDING,
            actor=Actor.CUSTOMER, actor_id=case.customer_id, at=moment,
            changes={
                "attempt": attempt, "submitted_at": moment, "queued": not is_open,
                "remark": "", "reasons": [], "retry": True, "rejected_at": None, "witness_tries": 0,
            },
        )  # fmt: skip
        session.add(
            CaseSubmission(
                case_id=case.id, attempt=attempt, idempotency_key=tap.key, snapshot=content,
                snapshot_sha256=sha256(content), submitted_at=moment, channel=tap.source.channel,
                origin=tap.source.origin.model_dump(),
            )
        )  # fmt: skip
        await notices.sms(session, case, broker, "submitted")
        await self._audit.append(
            session, Actor.CUSTOMER, case.customer_id, "submit", case.case_no,
            attempt=attempt, sha256=sha256(content),
        )  # fmt: skip

    async def _stale(
        self, session: AsyncSession, case: Case, broker: Broker, *, kept: bool
    ) -> tuple[CustomerError, State] | None:
        """What no longer holds of a signed case, and the step where it is mended."""
        material = await gather(session, case)
        identity = material.identity
        if identity is None or identity.confirmed_at is None:
            return CustomerError("identity_not_confirmed"), State.D_PHOTO
        try:
            check_identity(identity.final, material.customer)
        except CustomerError as error:
            return error, State.D_PHOTO
        supported = broker.card_rules.banks
        for card in material.cards:
            if card.bank_code not in supported:
                return CustomerError("bank_no_longer_supported", tail=card.number[-4:]), State.D_BANK
        refused = await self._judge_all(session, case, broker)
        if refused is not None:
            return refused, State.D_BANK
        unread = await self._unagreed(session, case, broker, *STEPS)
        if unread is not None:
            return CustomerError("document_version_changed", title=unread[0].title), STEP_STATE[
                unread[0].step
            ]
        return self._signature(material, broker, kept=kept)

    def _signature(
        self, material: Material, broker: Broker, *, kept: bool
    ) -> tuple[CustomerError, State] | None:
        """The content is what was signed, and neither the signature's record nor the paper was changed."""
        signature = material.signature
        if signature is None or not kept or sha256(signature.content) != signature.sha256:
            return CustomerError("signature_void"), State.D_AGREE
        now = signed_content(material, broker, signature.content["nonce"])
        if canonical(now) == canonical(signature.content):
            return None
        if now["registered"] != signature.content["registered"]:
            return CustomerError("registered_accounts_changed"), State.D_AGREE
        return CustomerError("signature_void"), State.D_AGREE

    async def _submitted_with(self, session: AsyncSession, case: Case, key: str) -> bool:
        found = await session.scalar(
            select(CaseSubmission.case_id).where(CaseSubmission.idempotency_key == key)
        )
        if found is not None and found != case.id:
            raise CustomerError("case_changed", case_no=case.case_no)
        return found is not None

    async def _beaten(self, owner: Owner, case_no: str, key: str) -> CaseView:
        """T06x: say which case holds the right to submit, and put the refusal on record."""
        async with self._database.session() as session:
            case = await self._find(session, owner, case_no)
            if await self._submitted_with(session, case, key):
                return await self._view(session, case)
            holder = await session.scalar(
                select(Case.case_no).where(
                    Case.broker == owner.broker,
                    Case.customer_id == owner.customer,
                    Case.state.in_(states.LOCK),
                )
            )
            if holder is not None:
                await self._audit.append(
                    session, Actor.CUSTOMER, owner.customer, "submit", case_no, REFUSED, holder=holder
                )
        if holder is None or holder == case_no:
            raise CustomerError("case_changed", case_no=case_no)
        raise CustomerError(REFUSED, case_no=holder)
