"""The evidence of a case for staff: its papers, what the customer did, the bundle of it all."""

from __future__ import annotations

from sqlalchemy import or_, select

from settlement import clock
from settlement.cases.acts import ActView, acts_of
from settlement.cases.audit import Audit
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.evidence_members import members_of, signatures_of
from settlement.cases.material import ArchiveRenewal, SignatureRecord
from settlement.cases.models import Case
from settlement.cases.papers import paper_view
from settlement.cases.reach import case_for, within_reach
from settlement.cases.states import Actor
from settlement.cases.views import PaperView
from settlement.database import Database
from settlement.evidence.bundle import make_bundle
from settlement.ports.objects import owner_context
from settlement.ports.registry import Ports
from settlement.security.keys import Keyring


class Evidence:
    """For staff; every look is on record."""

    def __init__(self, database: Database, keyring: Keyring, ports: Ports) -> None:
        self._database = database
        self._audit = Audit(keyring)
        self._ports = ports

    async def papers(self, staff: Staff, case_no: str) -> list[PaperView]:
        """Every paper of a case, the newest first."""
        async with self._database.session() as session:
            case = await case_for(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "view_evidence", case_no)
            return [paper_view(row, case_no) for row in reversed(await signatures_of(session, case))]

    async def acts(self, staff: Staff, case_no: str) -> list[ActView]:
        """What the customer opened, agreed to, signed and submitted, and from where; the earliest first."""
        async with self._database.session() as session:
            case = await case_for(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "view_acts", case_no)
            return await acts_of(session, case)

    async def paper(self, staff: Staff, case_no: str, paper_id: str) -> bytes:
        """One of them as PDF; ``DeskError`` paper_not_found."""
        async with self._database.session() as session:
            case = await case_for(session, staff, case_no)
            found = [row for row in await signatures_of(session, case) if row.id == paper_id]
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
            .where(
                or_(SignatureRecord.file_sha256 == sha256, SignatureRecord.id.in_(renewed)),
                within_reach(staff),
            )
        )
        async with self._database.reading() as session:
            found = (await session.execute(query)).first()
        return paper_view(found[0], found[1]) if found else None

    async def bundle(self, staff: Staff, case_no: str) -> bytes:
        """The whole evidence of a case. Raises what the ports raise."""
        async with self._database.session() as session:
            case = await case_for(session, staff, case_no)
            await self._audit.append(session, Actor.STAFF, staff.id, "make_bundle", case_no)
            members, files = await members_of(session, case)
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
