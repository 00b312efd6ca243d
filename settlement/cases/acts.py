"""What a customer did with legal weight in a case, each with when, by which channel and from where (§5.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.cases.material import AgreementVersion, ConsentRecord, DocumentReading, SignatureRecord
from settlement.cases.models import Case, CaseSubmission
from settlement.security.origins import Origin

Kind = Literal["opened", "agreed", "signed", "submitted"]


class ActView(BaseModel):
    """One act. ``title`` is of a document; ``origin`` is ``None`` for records older than that column."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    title: str
    at: datetime
    channel: str
    origin: Origin | None


async def acts_of(session: AsyncSession, case: Case) -> list[ActView]:
    """All of them, the earliest first. A document that was opened anew shows its last opening alone."""
    known = select(AgreementVersion.sha256, AgreementVersion.title).where(
        AgreementVersion.broker == case.broker
    )
    titles = {row.sha256: row.title for row in await session.execute(known)}
    found = [
        _act("opened", row, row.opened_at, row.channel, titles.get(row.sha256, row.document_id))
        for row in await session.scalars(select(DocumentReading).where(DocumentReading.case_id == case.id))
    ]
    found += [
        _act("agreed", row, row.at, row.channel, titles.get(row.sha256, row.document_id))
        for row in await session.scalars(select(ConsentRecord).where(ConsentRecord.case_id == case.id))
    ]
    found += [
        _act("signed", row, row.signed_at, row.channel)
        for row in await session.scalars(select(SignatureRecord).where(SignatureRecord.case_id == case.id))
    ]
    found += [
        _act("submitted", row, row.submitted_at, row.channel)
        for row in await session.scalars(select(CaseSubmission).where(CaseSubmission.case_id == case.id))
    ]
    return sorted(found, key=lambda act: act.at)


def _act(
    kind: Kind,
    row: DocumentReading | ConsentRecord | SignatureRecord | CaseSubmission,
    at: datetime,
    channel: str,
    title: str = "",
) -> ActView:
    origin = None if row.origin is None else Origin.model_validate(row.origin)
    return ActView(kind=kind, title=title, at=at, channel=channel, origin=origin)
