"""What a bundle of evidence holds of a case: papers, documents, readings, submissions, events, audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.cases.material import (
    AgreementVersion,
    ArchiveRenewal,
    CaseImage,
    ConsentRecord,
    DocumentReading,
    SignatureRecord,
)
from settlement.cases.models import Case, CaseEvent, CaseSubmission
from settlement.cases.papers import reading_seconds
from settlement.cases.records import AuditEntry
from settlement.cases.sealed import canonical
from settlement.evidence.bundle import chained, pretty

Members = dict[str, bytes]


async def signatures_of(session: AsyncSession, case: Case) -> list[SignatureRecord]:
    """Every paper of the case whose file is kept, the earliest first."""
    query = select(SignatureRecord).where(
        SignatureRecord.case_id == case.id, SignatureRecord.file_id.is_not(None)
    )
    return list(await session.scalars(query.order_by(SignatureRecord.signed_at)))


async def members_of(session: AsyncSession, case: Case) -> tuple[Members, dict[str, str]]:
    """Files of the bundle, and which of the store's files are still to be fetched."""
    signatures = await signatures_of(session, case)
    members: Members = {}
    files: dict[str, str] = {}
    papers = []
    for number, row in enumerate(signatures, start=1):
        file, content = f"papers/{number}.pdf", f"papers/{number}.json"
        files[file] = row.file_id or ""
        members[content] = canonical(row.content)
        papers.append({"file": file, "content": content, **_paper(row)})
        renewals = select(ArchiveRenewal).where(ArchiveRenewal.signature_id == row.id)
        papers[-1]["renewals"] = [
            _columns(one, "at", "before_sha256", "after_sha256")
            for one in await session.scalars(renewals.order_by(ArchiveRenewal.at))
        ]
    members["papers.json"] = pretty(papers)
    members |= await _agreements(session, case)
    members |= await _readings(session, case)
    members |= await _submissions(session, case)
    members |= await _history(session, case)
    return members, files


async def _agreements(session: AsyncSession, case: Case) -> Members:
    read = select(DocumentReading.sha256).where(DocumentReading.case_id == case.id)
    query = select(AgreementVersion).where(
        AgreementVersion.broker == case.broker, AgreementVersion.sha256.in_(read)
    )
    members: Members = {}
    rows = []
    for one in await session.scalars(query.order_by(AgreementVersion.document_id, AgreementVersion.version)):
        file = f"agreements/{one.document_id}-{one.sha256[:12]}.txt"
        members[file] = one.text.encode()
        rows.append(
            {
                "file": file, "document_id": one.document_id, "version": one.version, "kind": one.kind,
                "title": one.title, "sha256": one.sha256, "published_at": one.published_at.isoformat(),
            }
        )  # fmt: skip
    return {**members, "agreements.json": pretty(rows)}


async def _readings(session: AsyncSession, case: Case) -> Members:
    readings = select(DocumentReading).where(DocumentReading.case_id == case.id)
    consents = select(ConsentRecord).where(ConsentRecord.case_id == case.id)
    return {
        "readings.json": pretty(
            [
                {
                    **_columns(row, "document_id", "version", "sha256"),
                    **_columns(row, "opened_at", "end_at", "agreed_at"),
                    "seconds": reading_seconds(row) if row.agreed_at else None,
                    **_columns(row, "channel", "conversation", "origin"),
                }
                for row in await session.scalars(readings.order_by(DocumentReading.opened_at))
            ]
        ),
        "consents.json": pretty(
            [
                _columns(
                    row, "kind", "document_id", "version", "sha256", "granted", "at", "channel",
                    "conversation", "origin",
                )
                for row in await session.scalars(consents.order_by(ConsentRecord.at))
            ]
        ),
    }  # fmt: skip


async def _submissions(session: AsyncSession, case: Case) -> Members:
    query = select(CaseSubmission).where(CaseSubmission.case_id == case.id)
    images = select(CaseImage).where(CaseImage.case_id == case.id).order_by(CaseImage.created_at)
    members: Members = {}
    rows = []
    for one in await session.scalars(query.order_by(CaseSubmission.attempt)):
        file = f"submissions/{one.attempt}.json"
        members[file] = canonical(one.snapshot)
        rows.append(
            {
                "file": file,
                "sha256": one.snapshot_sha256,
                **_columns(one, "attempt", "submitted_at", "channel", "origin"),
            }
        )
    members["images.json"] = pretty(
        [
            _columns(row, "kind", "sha256", "in_use", "created_at", "removed_at")
            for row in await session.scalars(images)
        ]
    )
    return {**members, "submissions.json": pretty(rows)}


async def _history(session: AsyncSession, case: Case) -> Members:
    events = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)
    entries = select(AuditEntry).where(AuditEntry.object == case.case_no).order_by(AuditEntry.seq)
    last = await session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    columns = (
        "seq", "at", "actor", "actor_id", "action", "object", "result", "detail", "prev_hash", "hash",
    )  # fmt: skip
    return {
        "events.jsonl": chained(
            [
                _columns(
                    row, "seq", "number", "event", "from_state", "to_state", "actor", "actor_id", "at",
                    "attempt", "remark", "reasons",
                )
                for row in await session.scalars(events)
            ]
        ),
        "audit.json": pretty(
            {
                "entries": [_columns(row, *columns) for row in await session.scalars(entries)],
                "head": _columns(last, "seq", "hash") if last else None,
            }
        ),
    }  # fmt: skip


def _paper(row: SignatureRecord) -> dict[str, Any]:
    return {
        "content_sha256": row.sha256,
        "sha256": row.file_sha256,
        **_columns(
            row, "attempt", "paper_sha256", "certificate", "seal", "signed_at", "stamped_at", "voided_at",
            "void_reason", "channel", "conversation", "client", "origin", "broker_version",
        ),
    }  # fmt: skip


def _columns(row: Any, *names: str) -> dict[str, Any]:
    """Columns as JSON values; moments in ISO 8601, UTC."""
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()
    }
