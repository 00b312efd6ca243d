"""The evidence of a case, gathered for a bundle; and whether a paper is as it was stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases.acts import ActView, acts_of
from settlement.cases.audit import Audit
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.material import (
    AgreementVersion,
    ArchiveRenewal,
    CaseImage,
    ConsentRecord,
    DocumentReading,
    SignatureRecord,
)
from settlement.cases.models import Case, CaseEvent, CaseSubmission
from settlement.cases.papers import paper_view, reading_seconds
from settlement.cases.records import AuditEntry
from settlement.cases.sealed import canonical
from settlement.cases.states import Actor
from settlement.cases.views import PaperView
from settlement.database import Database
from settlement.evidence.bundle import chained, make_bundle, pretty
from settlement.ports.objects import owner_context
from settlement.ports.registry import Ports
from settlement.security.keys import Keyring

Members = dict[str, bytes]


class Evidence:
    """For staff; every look is on record."""

    def __init__(self, database: Database, keyring: Keyring, ports: Ports) -> None:
        self._database = database
        self._audit = Audit(keyring)
        self._ports = ports

    async def papers(self, staff: Staff, case_no: str) -> list[PaperView]:
        """Every paper of a case, the newest first."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "view_evidence", case_no)
            return [paper_view(row, case_no) for row in reversed(await self._signatures(session, case))]

    async def acts(self, staff: Staff, case_no: str) -> list[ActView]:
        """What the customer opened, agreed to, signed and submitted, and from where; the earliest first."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "view_acts", case_no)
            return await acts_of(session, case)

    async def paper(self, staff: Staff, case_no: str, paper_id: str) -> bytes:
        """One of them as PDF; ``DeskError`` paper_not_found."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            found = [row for row in await self._signatures(session, case) if row.id == paper_id]
            if not found:
                raise DeskError("paper_not_found")
            file_id = found[0].file_id or ""
            await self._audit.append(session, Actor.STAFF, staff.id, "view_paper", case_no, paper=paper_id)
        return await self._ports.objects.get(file_id, context=owner_context(case.broker, case.customer_id))

    async def stored(self, staff: Staff, sha256: str) -> PaperView | None:
        """The paper of this digest, if one was stored; also as it was before it was prolonged."""
        renewed = select(ArchiveRenewal.signature_id).where(ArchiveRenewal.before_sha256 == sha256)
        query = (
            select(SignatureRecord, Case.case_no)
            .join(Case, Case.id == SignatureRecord.case_id)
            .where(or_(SignatureRecord.file_sha256 == sha256, SignatureRecord.id.in_(renewed)))
        )
        if staff.broker is not None:
            query = query.where(Case.broker == staff.broker)
        async with self._database.reading() as session:
            found = (await session.execute(query)).first()
        return paper_view(found[0], found[1]) if found else None

    async def bundle(self, staff: Staff, case_no: str) -> bytes:
        """The whole evidence of a case. Raises what the ports raise."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "make_bundle", case_no)
            members, files = await self._members(session, case)
        context = owner_context(case.broker, case.customer_id)
        for name, file_id in files.items():
            members[name] = await self._ports.objects.get(file_id, context=context)
        return await make_bundle(
            {
                "case_no": case.case_no, "broker": case.broker, "business_type": case.business_type,
                "state": str(case.state), "attempt": case.attempt, "customer": case.customer_id,
            },
            members,
            seal=await self._ports.authority.seal(case.broker),
            authority=self._ports.authority,
            timestamper=self._ports.timestamper,
            at=clock.now(),
        )  # fmt: skip

    async def _find(self, session: AsyncSession, staff: Staff, case_no: str) -> Case:
        query = select(Case).where(Case.case_no == case_no)
        if staff.broker is not None:
            query = query.where(Case.broker == staff.broker)
        case = await session.scalar(query)
        if case is None:
            raise DeskError("case_not_found")
        return case

    async def _signatures(self, session: AsyncSession, case: Case) -> list[SignatureRecord]:
        query = select(SignatureRecord).where(
            SignatureRecord.case_id == case.id, SignatureRecord.file_id.is_not(None)
        )
        return list(await session.scalars(query.order_by(SignatureRecord.signed_at)))

    async def _members(self, session: AsyncSession, case: Case) -> tuple[Members, dict[str, str]]:
        """Files of the bundle, and which of the store's files are still to be fetched."""
        signatures = await self._signatures(session, case)
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
        members |= await self._agreements(session, case)
        members |= await self._readings(session, case)
        members |= await self._submissions(session, case)
        members |= await self._history(session, case)
        return members, files

    async def _agreements(self, session: AsyncSession, case: Case) -> Members:
        read = select(DocumentReading.sha256).where(DocumentReading.case_id == case.id)
        query = select(AgreementVersion).where(
            AgreementVersion.broker == case.broker, AgreementVersion.sha256.in_(read)
        )
        members: Members = {}
        rows = []
        for one in await session.scalars(
            query.order_by(AgreementVersion.document_id, AgreementVersion.version)
        ):
            file = f"agreements/{one.document_id}-{one.sha256[:12]}.txt"
            members[file] = one.text.encode()
            rows.append(
                {
                    "file": file, "document_id": one.document_id, "version": one.version, "kind": one.kind,
                    "title": one.title, "sha256": one.sha256, "published_at": one.published_at.isoformat(),
                }
            )  # fmt: skip
        return {**members, "agreements.json": pretty(rows)}

    async def _readings(self, session: AsyncSession, case: Case) -> Members:
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

    async def _submissions(self, session: AsyncSession, case: Case) -> Members:
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

    async def _history(self, session: AsyncSession, case: Case) -> Members:
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
