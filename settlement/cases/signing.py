"""Ticking and signing: T04 (R-052 … R-058)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.cases import transitions
from settlement.cases.base import void_signatures
from settlement.cases.cards import Cards
from settlement.cases.content import gather, signed_content
from settlement.cases.inputs import Owner, Source
from settlement.cases.material import SignatureRecord
from settlement.cases.models import Case
from settlement.cases.papers import Papers, paper_of
from settlement.cases.sealed import canonical, sha256
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import CaseView
from settlement.database import Database
from settlement.errors import CustomerError, OperatorError
from settlement.evidence.press import Order, PaperMaker, SignedPaper
from settlement.ports.ca import Person
from settlement.ports.objects import owner_context
from settlement.security.keys import Keyring

STEPS = ("photo", "bank", "agreement")


@dataclass(frozen=True)
class _Frozen:
    """What is about to be signed: the content, and the paper to be made of it."""

    content: dict[str, Any]
    order: Order
    broker_version: str


class Signing(Cards, Papers):
    """The agreement step."""

    def __init__(
        self, database: Database, brokers: Brokers, keyring: Keyring, press: PaperMaker | None = None
    ) -> None:
        super().__init__(database, brokers, keyring)
        self._paper_maker = press

    @property
    def _press(self) -> PaperMaker:
        if self._paper_maker is None:
            raise OperatorError("this process was started without a press: it cannot sign or submit")
        return self._paper_maker

    async def tick_documents(self, owner: Owner, case_no: str, ticked: bool) -> CaseView:
        """“我已阅读以上所有协议规则内容”: only after each document was agreed to (R-053).

        ``CustomerError``: document_not_agreed (title), document_version_changed (title).
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_AGREE)
            if ticked:
                await self._check_documents(session, case, self._broker(case), *STEPS)
            if ticked != (case.ticked_at is not None):
                if case.state != State.D_AGREE:
                    await self._revised(session, case, State.D_AGREE)
                await transitions.change(session, case, ticked_at=clock.now() if ticked else None)
            return await self._view(session, case)

    async def sign(
        self,
        owner: Owner,
        case_no: str,
        *,
        source: Source,
        client: str = "",
    ) -> CaseView:
        """T04: make the signed and sealed paper, record it. When that was done already, nothing happens.

        The paper is made between two transactions, so that no lock waits for an authority; what changed
        meanwhile is not what was signed, and is refused. ``client`` is the session's mark.

        ``CustomerError``: document_not_agreed and document_version_changed (title), documents_not_ticked,
        signing_unavailable, signing_impossible, case_changed.
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_AGREE)
            if case.state != State.D_AGREE:
                return await self._view(session, case)
            frozen = await self._freeze(session, case)
        signed = await self._press.make(frozen.order)
        try:
            async with self._database.session() as session:
                case = await self._draft(session, owner, case_no, State.D_AGREE)
                if case.state != State.D_AGREE:  # the tap had arrived twice at once
                    await self._press.drop(signed.file_id)
                    return await self._view(session, case)
                await self._still(session, case, frozen)
                await void_signatures(session, case, clock.now(), "signed again")
                record = _record(case, frozen, signed, source, client)
                session.add(record)
                await transitions.move(
                    session, case, Event.SIGN, State.D_CONFIRM,
                    actor=Actor.CUSTOMER, actor_id=owner.customer, at=record.signed_at,
                )  # fmt: skip
                await self._audit.append(
                    session, Actor.CUSTOMER, owner.customer, "sign", case.case_no,
                    content=record.sha256, file=signed.sha256,
                )  # fmt: skip
                return await self._view(session, case)
        except BaseException:
            await self._press.drop(signed.file_id)
            raise

    async def _freeze(self, session: AsyncSession, case: Case) -> _Frozen:
        broker = self._broker(case)
        await self._check_documents(session, case, broker, *STEPS)
        if case.ticked_at is None:
            raise CustomerError("documents_not_ticked")
        at = clock.now()
        material = await gather(session, case)
        content = signed_content(material, broker)
        photos = {image.kind: image.file_id for image in material.images}
        return _Frozen(
            content=content,
            order=Order(
                paper=paper_of(content, material, broker, at),
                person=Person(name=material.customer.name, id_number=material.customer.id_number),
                broker=case.broker,
                context=owner_context(case.broker, case.customer_id),
                key=f"{case.case_no}-{content['nonce']}",
                photo=photos.get("signature"),
                at=at,
            ),
            broker_version=broker.version,
        )

    async def _still(self, session: AsyncSession, case: Case, frozen: _Frozen) -> None:
        """What the paper says is still so."""
        broker = self._broker(case)
        await self._check_documents(session, case, broker, *STEPS)
        now = signed_content(await gather(session, case), broker, frozen.content["nonce"])
        if case.ticked_at is None or canonical(now) != canonical(frozen.content):
            raise CustomerError("case_changed", case_no=case.case_no)

    async def _paper_kept(self, owner: Owner, case_no: str) -> bool:
        """Whether the paper in force lies in the store as it was signed."""
        query = (
            select(SignatureRecord)
            .join(Case, Case.id == SignatureRecord.case_id)
            .where(
                Case.case_no == case_no,
                Case.broker == owner.broker,
                Case.customer_id == owner.customer,
                SignatureRecord.voided_at.is_(None),
            )
        )
        async with self._database.reading() as session:
            found = await session.scalar(query.order_by(SignatureRecord.signed_at.desc()).limit(1))
        context = owner_context(owner.broker, owner.customer)
        return bool(
            found and found.file_id and await self._press.kept(found.file_id, context, found.file_sha256)
        )


def _record(
    case: Case,
    frozen: _Frozen,
    signed: SignedPaper,
    source: Source,
    client: str,
) -> SignatureRecord:
    return SignatureRecord(
        case_id=case.id, attempt=case.attempt + 1, content=frozen.content, sha256=sha256(frozen.content),
        signed_at=frozen.order.at, client=client, **source.columns(),
        broker_version=frozen.broker_version, file_id=signed.file_id, file_sha256=signed.sha256,
        file_size=signed.size, paper_sha256=signed.paper_sha256, certificate=signed.certificate,
        seal=signed.seal, stamped_at=signed.stamped_at,
        archive_due_at=signed.archive_due_at,
    )  # fmt: skip
