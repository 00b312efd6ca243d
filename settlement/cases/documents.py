"""Reading documents and agreeing to them; all times are the server's (R-031, R-032, R-050 … R-055)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers.schema import Broker, Document
from settlement.cases import transitions
from settlement.cases.base import STEP_STATE, Service, reached
from settlement.cases.inputs import Owner, Source
from settlement.cases.material import AgreementVersion, ConsentRecord, DocumentReading
from settlement.cases.models import Case, new_id
from settlement.cases.states import State
from settlement.cases.views import CaseView, DocumentView
from settlement.errors import CustomerError

log = structlog.get_logger(__name__)


class Documents(Service):
    """Documents of the company, as this case has read them."""

    async def documents(self, owner: Owner, case_no: str, step: str | None = None) -> list[DocumentView]:
        """The company's current documents (of ``step``: photo, bank or agreement) and how far each one is."""
        async with self._database.reading() as session:
            case = await self._find(session, owner, case_no, write=False)
            readings = await self._readings(session, case)
            return [
                _document_view(document, readings.get(_key(document)))
                for document in self._broker(case).documents
                if step in (None, document.step)
            ]

    async def open_document(
        self,
        owner: Owner,
        case_no: str,
        document_id: str,
        version: str,
        sha256: str,
        *,
        source: Source,
    ) -> CaseView:
        """Note that a document was opened. Opening it again before its end was reached starts its time anew.

        The first customer who opens a version publishes it: its text is kept and can never be another.
        ``CustomerError``: document_unknown, document_version_changed (title), document_withheld (title).
        """
        async with self._database.session() as session:
            case, document, reading = await self._at(session, owner, case_no, document_id, version, sha256)
            if reading is None:
                await self._publish(session, case.broker, document)
                session.add(
                    DocumentReading(
                        case_id=case.id, document_id=document.id, version=document.version,
                        sha256=document.sha256, opened_at=clock.now(), **source.columns(),
                    )
                )  # fmt: skip
            elif reading.end_at is None:
                for name, value in {"opened_at": clock.now(), **source.columns()}.items():
                    setattr(reading, name, value)
            await session.flush()
            return await self._view(session, case)

    async def reach_end(
        self,
        owner: Owner,
        case_no: str,
        document_id: str,
        version: str,
        sha256: str,
    ) -> CaseView:
        """Note that the end was scrolled to; ``document_not_read`` when it was never opened."""
        async with self._database.session() as session:
            case, document, reading = await self._at(session, owner, case_no, document_id, version, sha256)
            if reading is None:
                raise CustomerError("document_not_read", title=document.title, seconds=document.seconds)
            if reading.end_at is None:
                reading.end_at = clock.now()
            await session.flush()
            return await self._view(session, case)

    async def agree_document(
        self,
        owner: Owner,
        case_no: str,
        document_id: str,
        version: str,
        sha256: str,
        *,
        source: Source,
    ) -> CaseView:
        """Agree to one document: its end was reached and its least time has passed. Again changes nothing.

        ``CustomerError``: document_not_read (title, seconds still to go), document_unknown,
        document_version_changed (title), step_not_ready.
        """
        async with self._database.session() as session:
            case, document, reading = await self._at(session, owner, case_no, document_id, version, sha256)
            if not reached(case, STEP_STATE[document.step]):
                raise transitions.refusal(case)
            if reading is None or reading.end_at is None:
                raise CustomerError("document_not_read", title=document.title, seconds=document.seconds)
            at = clock.now()
            left = document.seconds - int((at - reading.opened_at) / timedelta(seconds=1))
            if left > 0:
                raise CustomerError("document_not_read", title=document.title, seconds=left)
            if reading.agreed_at is None:
                reading.agreed_at = at
                session.add(_consent(case, document, at, source))
                await session.flush()
                await transitions.change(session, case)
            return await self._view(session, case)

    async def _at(
        self, session: AsyncSession, owner: Owner, case_no: str, document_id: str, version: str, sha256: str
    ) -> tuple[Case, Document, DocumentReading | None]:
        """The draft, its current document, and how far that was read, if it was opened."""
        case = await self._draft(session, owner, case_no, State.D_PHOTO)
        document = self._current(case, document_id, version, sha256)
        return case, document, (await self._readings(session, case)).get(_key(document))

    def _current(self, case: Case, document_id: str, version: str, sha256: str) -> Document:
        document = self._broker(case).document(document_id)
        if document is None:
            raise CustomerError("document_unknown")
        if (document.version, document.sha256) != (version, sha256):
            raise CustomerError("document_version_changed", title=document.title)
        return document

    async def _publish(self, session: AsyncSession, broker: str, document: Document) -> None:
        """Keep the text of this version for good; refuse one that is known with another text."""
        dialect = session.get_bind().dialect.name
        insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
        row = {
            "id": new_id(), "broker": broker, "document_id": document.id, "version": document.version,
            "sha256": document.sha256, "kind": document.kind, "title": document.title,
            "text": document.evidence_text, "published_at": clock.now(),
        }  # fmt: skip
        await session.execute(insert(AgreementVersion).values(row).on_conflict_do_nothing())
        known = await session.scalar(
            select(AgreementVersion.sha256).where(
                AgreementVersion.broker == broker,
                AgreementVersion.document_id == document.id,
                AgreementVersion.version == document.version,
            )
        )
        if known != document.sha256:
            log.error("document_republished", broker=broker, document=document.id, version=document.version)
            raise CustomerError("document_withheld", title=document.title)

    async def _readings(
        self, session: AsyncSession, case: Case
    ) -> dict[tuple[str, str, str], DocumentReading]:
        rows = await session.scalars(select(DocumentReading).where(DocumentReading.case_id == case.id))
        return {(row.document_id, row.version, row.sha256): row for row in rows}

    async def _unagreed(
        self, session: AsyncSession, case: Case, broker: Broker, *steps: str
    ) -> tuple[Document, bool] | None:
        """The first required current document that was not agreed to, and whether an older version was."""
        readings = await self._readings(session, case)
        agreed_before = {row.document_id for row in readings.values() if row.agreed_at}
        for document in broker.documents:
            if document.required and document.step in steps:
                reading = readings.get(_key(document))
                if reading is None or reading.agreed_at is None:
                    return document, document.id in agreed_before
        return None

    async def _check_documents(self, session: AsyncSession, case: Case, broker: Broker, *steps: str) -> None:
        """Every required document of ``steps`` is agreed to in its current version."""
        found = await self._unagreed(session, case, broker, *steps)
        if found is not None:
            document, older = found
            code = "document_version_changed" if older else "document_not_agreed"
            raise CustomerError(code, title=document.title)


def _key(document: Document) -> tuple[str, str, str]:
    return document.id, document.version, document.sha256


def _document_view(document: Document, reading: DocumentReading | None) -> DocumentView:
    return DocumentView(
        id=document.id, title=document.title, kind=document.kind, step=document.step,
        version=document.version, sha256=document.sha256, seconds=document.seconds,
        required=document.required,
        opened_at=reading.opened_at if reading else None,
        read=reading is not None and reading.end_at is not None,
        agreed=reading is not None and reading.agreed_at is not None,
    )  # fmt: skip


def _consent(case: Case, document: Document, at: datetime, source: Source) -> ConsentRecord:
    return ConsentRecord(
        customer_id=case.customer_id, case_id=case.id, kind=document.kind, document_id=document.id,
        version=document.version, sha256=document.sha256, granted=True, at=at, **source.columns(),
    )  # fmt: skip
