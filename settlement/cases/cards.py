"""The bank card step: T03 (R-034 … R-049)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.bankcards.verdict import CardDraft, OtherCard, judge
from settlement.brokers.schema import Broker
from settlement.cases import transitions
from settlement.cases.base import card_view
from settlement.cases.inputs import CardInput, Owner
from settlement.cases.material import CaseBankCard, CaseImage
from settlement.cases.models import Case, RegisteredCard
from settlement.cases.photos import Photos
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import CardView, CaseView
from settlement.errors import CustomerError


class Cards(Photos):
    """Bank cards."""

    async def put_card(self, owner: Owner, case_no: str, card: CardInput, seq: int | None = None) -> CardView:
        """Add a card, or put it in the place of card ``seq``. A card that does not pass is kept too (O-16).

        ``CustomerError``: card_duplicate, card_too_many (max), card_unknown, registered_account_unknown,
        image_not_found.
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_BANK)
            rows = await self._cards(session, case)
            row = next((row for row in rows if row.seq == seq), None)
            if seq is not None and row is None:
                raise CustomerError("card_unknown")
            digest = self._keyring.digest(card.number, "card_number")
            if any(other.number_digest == digest for other in rows if other is not row):
                raise CustomerError("card_duplicate")
            most = self._broker(case).max_cards
            if row is None and len(rows) >= most:
                raise CustomerError("card_too_many", max=most)
            await self._check_named(session, case, card)
            values = {
                "action": card.action, "replaces": card.replaces, "number": card.number,
                "number_digest": digest, "number_read": card.number_read,
                "holder": card.holder or (await self._customer(session, owner)).name,
                "bank_code": card.bank_code or card.verdict.bank_code or "",
                "bank_code_read": card.bank_code_read, "branch": card.branch,
                "card_type": card.verdict.card_type, "printed_type": card.printed_type,
                "entry": card.entry, "file_id": card.file_id, "verdict_ok": card.verdict.ok,
                "verdict_code": card.verdict.code, "marks": list(card.verdict.review_marks),
            }  # fmt: skip
            if row is not None and all(getattr(row, name) == value for name, value in values.items()):
                return card_view(row)
            if row is None:
                row = CaseBankCard(case_id=case.id, seq=await self._next_seq(session, case))
                session.add(row)
            for name, value in values.items():
                setattr(row, name, value)
            await session.flush()
            await self._revised(session, case, State.D_BANK)
            return card_view(row)

    async def remove_card(self, owner: Owner, case_no: str, seq: int) -> CaseView:
        """Take a card out of the case; ``CustomerError("card_unknown")``."""
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_BANK)
            row = next((row for row in await self._cards(session, case) if row.seq == seq), None)
            if row is None:
                raise CustomerError("card_unknown")
            await session.delete(row)
            await session.flush()
            await self._revised(session, case, State.D_BANK)
            return await self._view(session, case)

    async def finish_cards(self, owner: Owner, case_no: str) -> CaseView:
        """T03: every card is judged anew by the rules of this moment. Nothing happens past this step.

        ``CustomerError``: no_card, document_not_agreed (title), or the verdict's code with ``tail`` and its
        facts; the verdict is then kept with the card.
        """
        refused: CustomerError | None = None
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_BANK)
            if case.state == State.D_BANK:
                broker = self._broker(case)
                await self._check_documents(session, case, broker, "photo", "bank")
                refused = await self._judge_all(session, case, broker)
                if refused is None:
                    await transitions.move(
                        session, case, Event.FINISH_CARDS, State.D_AGREE,
                        actor=Actor.CUSTOMER, actor_id=owner.customer,
                    )  # fmt: skip
            view = await self._view(session, case)
        if refused is not None:
            raise refused
        return view

    async def _judge_all(self, session: AsyncSession, case: Case, broker: Broker) -> CustomerError | None:
        """Judge the final values of all cards (R-044, R-048) and keep each verdict; the first refusal."""
        rows = await self._cards(session, case)
        if not rows:
            return CustomerError("no_card")
        customer = await self._customer(session, Owner(broker=case.broker, customer=case.customer_id))
        in_use = select(RegisteredCard).where(
            RegisteredCard.customer_id == case.customer_id, RegisteredCard.in_use
        )
        registered = list(await session.scalars(in_use))
        refused: CustomerError | None = None
        for row in rows:
            draft = CardDraft(
                number=row.number,
                holder=row.holder,
                customer_name=customer.name,
                bank_code=row.bank_code or None,
                branch=row.branch,
                ocr_number=row.number_read or "",
                printed_type=row.printed_type,
                action=row.action,
                others=tuple(
                    OtherCard(number=other.number, bank_code=other.bank_code)
                    for other in rows
                    if other is not row
                ),
                registered=tuple(
                    OtherCard(number=other.number, bank_code=other.bank_code)
                    for other in registered
                    if other.id != row.replaces
                ),
            )
            verdict = judge(draft, broker.card_rules)
            row.verdict_ok, row.verdict_code = verdict.ok, verdict.code
            row.marks, row.card_type = list(verdict.review_marks), verdict.card_type
            if verdict.code and refused is None:
                refused = CustomerError(verdict.code, tail=row.number[-4:], **verdict.facts)
        await session.flush()
        return refused

    async def _check_named(self, session: AsyncSession, case: Case, card: CardInput) -> None:
        """What a card names is there: the registered account that it replaces, and its photo."""
        if (card.action == "replace") != bool(card.replaces):
            raise CustomerError("registered_account_unknown")
        if card.replaces:
            registered = await session.get(RegisteredCard, card.replaces)
            if registered is None or registered.customer_id != case.customer_id or not registered.in_use:
                raise CustomerError("registered_account_unknown")
        if card.file_id:
            query = select(CaseImage.id).where(
                CaseImage.case_id == case.id, CaseImage.file_id == card.file_id
            )
            if await session.scalar(query) is None:
                raise CustomerError("image_not_found")

    async def _cards(self, session: AsyncSession, case: Case) -> list[CaseBankCard]:
        query = select(CaseBankCard).where(CaseBankCard.case_id == case.id).order_by(CaseBankCard.seq)
        return list(await session.scalars(query))

    async def _next_seq(self, session: AsyncSession, case: Case) -> int:
        last = await session.scalar(select(func.max(CaseBankCard.seq)).where(CaseBankCard.case_id == case.id))
        return (last or 0) + 1
