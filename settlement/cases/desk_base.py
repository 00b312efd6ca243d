"""Looking at cases from the desk; every look at one is on record (R-085)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.brokers.registry import Brokers
from settlement.cases.audit import Audit
from settlement.cases.base import image_view
from settlement.cases.desk_views import (
    STAGE_STATES,
    AttemptView,
    CaseDetail,
    DecisionView,
    DeskError,
    EventView,
    QueueRow,
    Staff,
)
from settlement.cases.material import CaseImage
from settlement.cases.models import Case, CaseEvent, CaseSubmission, Customer
from settlement.cases.reach import case_for
from settlement.cases.records import DeskTask, StaffUser
from settlement.cases.sealed import sha256
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import ImageView
from settlement.database import Database
from settlement.security.keys import Keyring

QUEUE_LENGTH = 200
DECISIONS = (Event.WITNESS_PASS, Event.WITNESS_FAIL, Event.APPROVE, Event.REJECT)


class DeskLook:
    """The reading half of the desk."""

    def __init__(
        self, database: Database, brokers: Brokers, keyring: Keyring, *, claim_minutes: int = 30
    ) -> None:
        self._database = database
        self._brokers = brokers
        self._audit = Audit(keyring)
        self._claim_minutes = claim_minutes

    async def queue(self, staff: Staff, stage: str, broker: str | None = None) -> list[QueueRow]:
        """Cases of a stage: what waits longest first; of completed ones the latest first."""
        wanted = staff.broker or broker
        async with self._database.reading() as session:
            query = (
                select(Case, Customer.name)
                .join(Customer, Customer.id == Case.customer_id)
                .where(Case.state.in_(STAGE_STATES[stage]), Case.attempt > 0)
            )
            if wanted:
                query = query.where(Case.broker == wanted)
            order = Case.updated_at.desc() if stage == "completed" else Case.submitted_at
            found = (await session.execute(query.order_by(order).limit(QUEUE_LENGTH))).all()
            claims = await self._claims(session, [case.id for case, _ in found])
            return [
                QueueRow(
                    case_no=case.case_no, broker=case.broker, state=State(case.state), attempt=case.attempt,
                    customer_name=name, submitted_at=case.submitted_at, updated_at=case.updated_at,
                    queued=case.queued, witness_tries=case.witness_tries,
                    **_claim(claims.get(case.id), staff),
                )
                for case, name in found
            ]  # fmt: skip

    async def detail(self, staff: Staff, case_no: str) -> CaseDetail:
        """What was submitted, and what happened since; the look goes on record."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            await self._audit.append(
                session, Actor.STAFF, staff.id, "view_case", case_no, state=str(case.state)
            )
            return await self._detail(session, staff, case)

    async def reveal(self, staff: Staff, case_no: str, purpose: str) -> None:
        """Put on record that whole numbers are shown, and what for."""
        async with self._database.session() as session:
            await self._find(session, staff, case_no)
            await self._audit.append(
                session, Actor.STAFF, staff.id, "reveal_numbers", case_no, purpose=purpose[:60]
            )

    async def image(self, staff: Staff, case_no: str, file_id: str) -> ImageView:
        """A photo of the case, to show it now; the look goes on record. ``DeskError`` image_not_found."""
        async with self._database.session() as session:
            case = await self._find(session, staff, case_no)
            query = select(CaseImage).where(CaseImage.case_id == case.id, CaseImage.file_id == file_id)
            image = await session.scalar(query)
            if image is None:
                raise DeskError("image_not_found")
            await self._audit.append(
                session, Actor.STAFF, staff.id, "view_photo", case_no, kind=image.kind, file=file_id
            )
            return image_view(image, case)

    async def _find(self, session: AsyncSession, staff: Staff, case_no: str, *, lock: bool = False) -> Case:
        """A case that was submitted, of a company that this person works for; otherwise it is absent."""
        return await case_for(session, staff, case_no, Case.attempt > 0, lock=lock)

    async def _claims(self, session: AsyncSession, case_ids: list[str]) -> dict[str, tuple[DeskTask, str]]:
        """Open claims by case, with who holds each."""
        query = (
            select(DeskTask, StaffUser.name)
            .join(StaffUser, StaffUser.id == DeskTask.staff_id)
            .where(DeskTask.case_id.in_(case_ids), DeskTask.finished_at.is_(None))
        )
        return {task.case_id: (task, name) for task, name in (await session.execute(query)).all()}

    async def _detail(self, session: AsyncSession, staff: Staff, case: Case) -> CaseDetail:
        submissions = await session.scalars(
            select(CaseSubmission).where(CaseSubmission.case_id == case.id).order_by(CaseSubmission.attempt)
        )
        attempts = [
            AttemptView(
                attempt=one.attempt, submitted_at=one.submitted_at, sha256=one.snapshot_sha256,
                intact=sha256(one.snapshot) == one.snapshot_sha256, snapshot=one.snapshot,
            )
            for one in submissions
        ]  # fmt: skip
        names = {user.id: user.name for user in await session.scalars(select(StaffUser))}
        events = await session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)
        )
        tasks = await session.scalars(
            select(DeskTask)
            .where(DeskTask.case_id == case.id, DeskTask.result.in_(DECISIONS))
            .order_by(DeskTask.finished_at)
        )
        return CaseDetail(
            case_no=case.case_no, broker=case.broker, broker_version=case.broker_version,
            customer=case.customer_id, state=State(case.state), attempt=case.attempt, remark=case.remark,
            reasons=case.reasons, queued=case.queued, witness_tries=case.witness_tries,
            snapshot=attempts[-1].snapshot, intact=all(one.intact for one in attempts), attempts=attempts,
            decisions=[
                DecisionView(
                    attempt=one.attempt, stage=one.stage, who=names.get(one.staff_id),
                    result=one.result or "", at=one.finished_at or one.claimed_at, checks=one.checks,
                )
                for one in tasks
            ],
            events=[
                EventView(
                    seq=one.seq, number=one.number, event=one.event, from_state=one.from_state,
                    to_state=one.to_state, actor=one.actor, who=names.get(one.actor_id), at=one.at,
                    attempt=one.attempt, remark=one.remark, reasons=one.reasons,
                )
                for one in events
            ],
            **_claim((await self._claims(session, [case.id])).get(case.id), staff),
        )  # fmt: skip


def _claim(found: tuple[DeskTask, str] | None, staff: Staff) -> dict[str, Any]:
    if found is None:
        return {"claimed_by": None, "mine": False, "expires_at": None}
    task, name = found
    return {"claimed_by": name, "mine": task.staff_id == staff.id, "expires_at": task.expires_at}
