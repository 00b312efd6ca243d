"""From a case's frozen content to the paper that is signed, and from the paper back to its owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from settlement import clock
from settlement.bankcards.banks import bank_of
from settlement.brokers.schema import Broker, Document
from settlement.cases.base import Service
from settlement.cases.content import Material
from settlement.cases.inputs import Owner
from settlement.cases.material import DocumentReading, SignatureRecord
from settlement.cases.models import Case
from settlement.cases.sealed import sha256
from settlement.cases.views import PaperView
from settlement.errors import CustomerError
from settlement.evidence.markdown import blocks
from settlement.evidence.paper import Paper, PaperCard, PaperConsent, PaperDocument, PaperReading

_TIME = "%Y-%m-%d %H:%M:%S"


class Papers(Service):
    """What a customer has signed, for the customer (R-056)."""

    async def papers(self, owner: Owner) -> list[PaperView]:
        """Every paper that the customer signed, the newest first, void ones too."""
        query = (
            select(SignatureRecord, Case.case_no)
            .join(Case, Case.id == SignatureRecord.case_id)
            .where(
                Case.broker == owner.broker,
                Case.customer_id == owner.customer,
                SignatureRecord.file_id.is_not(None),
            )
            .order_by(SignatureRecord.signed_at.desc())
        )
        async with self._database.reading() as session:
            return [paper_view(row, case_no) for row, case_no in (await session.execute(query)).all()]

    async def paper(self, owner: Owner, paper_id: str) -> PaperView:
        """One of them; ``paper_not_found`` also for another's."""
        for paper in await self.papers(owner):
            if paper.id == paper_id:
                return paper
        raise CustomerError("paper_not_found")


def paper_view(row: SignatureRecord, case_no: str) -> PaperView:
    """A signed paper as callers see it."""
    return PaperView(
        id=row.id, case_no=case_no, signed_at=row.signed_at, valid=row.voided_at is None,
        file_id=row.file_id or "", sha256=row.file_sha256, size=row.file_size,
    )  # fmt: skip


def paper_of(content: dict[str, Any], material: Material, broker: Broker, at: datetime) -> Paper:
    """The paper for the frozen ``content`` (``settlement.cases.content.signed_content``)."""
    identity = content["identity"]
    tails = {card.id: card.number[-4:] for card in material.registered}
    documents = [document for one in content["documents"] if (document := broker.document(one["id"]))]
    facts = {
        "case_no": content["case_no"],
        "company": broker.name,
        "name": identity.get("name", ""),
        "id_number": identity.get("id_number", ""),
        "id_validity": f"{identity.get('valid_from', '')} – {identity.get('valid_until', '')}",
        "fund_account": content["fund_account"],
        "prepared_at": _shown(at),
    }
    return Paper(
        texts=broker.paper,
        company={"name": broker.name, "hotline": broker.hotline},
        case_no=content["case_no"],
        content_sha256=sha256(content),
        facts=[{"label": label, "value": value} for label, value in facts.items() if value],
        cards=[
            PaperCard(
                number=card["number"], holder=card["holder"], bank=_bank_name(broker, card["bank_code"]),
                branch=card["branch"], replaces=tails.get(card["replaces"] or ""),
            )
            for card in content["cards"]
        ],
        documents=[
            PaperDocument(
                title=one.title, version=one.version, effective_from=one.effective_from.isoformat(),
                sha256=one.sha256, blocks=blocks(one.body),
            )
            for one in documents
        ],
        images=[{"kind": kind, "sha256": digest} for kind, digest in content["images"]],
        readings=list(_readings(documents, material.readings)),
        consents=[
            PaperConsent(title=one.title, **one.consent.model_dump())
            for one in documents
            if one.consent is not None
        ],
    )  # fmt: skip


def _readings(documents: list[Document], rows: list[DocumentReading]) -> Iterable[PaperReading]:
    known = {(row.document_id, row.version, row.sha256): row for row in rows}
    for document in documents:
        row = known.get((document.id, document.version, document.sha256))
        if row is not None and row.agreed_at is not None:
            yield PaperReading(
                title=document.title, opened_at=_shown(row.opened_at),
                end_at=_shown(row.end_at or row.agreed_at), agreed_at=_shown(row.agreed_at),
                seconds=reading_seconds(row), channel=row.channel,
            )  # fmt: skip


def reading_seconds(row: DocumentReading) -> int:
    """Whole seconds from opening to agreeing."""
    return int(((row.agreed_at or row.opened_at) - row.opened_at) / timedelta(seconds=1))


def _shown(moment: datetime) -> str:
    return clock.beijing(moment).strftime(_TIME)


def _bank_name(broker: Broker, code: str) -> str:
    own = next((bank.name for bank in broker.banks if bank.code == code), None)
    known = bank_of(code)
    return own or (known.name if known else code)
