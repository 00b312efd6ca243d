"""What time does to cases: claims run out, drafts expire, material is needed no longer (T10, T14, T19)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.cases import notices, transitions
from settlement.cases.audit import Audit
from settlement.cases.base import company, void_signatures
from settlement.cases.desk import Desk
from settlement.cases.models import Case
from settlement.cases.retention import Retention
from settlement.cases.states import EXPIRABLE, Actor, Event, State
from settlement.database import Database
from settlement.ports.objects import ObjectStore
from settlement.security.keys import Keyring

BATCH = 100
SYSTEM = "housekeeping"


class Housekeeping:
    """Run it every minute or so."""

    def __init__(self, database: Database, brokers: Brokers, objects: ObjectStore, keyring: Keyring) -> None:
        self._database = database
        self._brokers = brokers
        self._audit = Audit(keyring)
        self._retention = Retention(database, objects, self._audit)
        self._desk = Desk(database, brokers, keyring)

    async def run_once(self) -> int:
        """Do what is due; how much was done."""
        return await self._desk.release_overdue() + await self.expire() + await self._retention.run_once()

    async def expire(self) -> int:
        """T19: drafts and rejected cases that nobody touched for the company's ``draft_days``."""
        done = 0
        for broker in self._brokers.all():
            limit = clock.now() - timedelta(days=broker.draft_days)
            old = select(Case.id).where(
                Case.broker == broker.code, Case.state.in_(EXPIRABLE), Case.updated_at < limit
            )
            async with self._database.reading() as session:
                ids = list(await session.scalars(old.limit(BATCH)))
            for case_id in ids:
                done += await self._expire(case_id, limit)
        return done

    async def _expire(self, case_id: str, limit: datetime) -> bool:
        async with self._database.session() as session:
            case = await session.get_one(Case, case_id, with_for_update=True)
            if case.state not in EXPIRABLE or case.updated_at >= limit:
                return False  # the customer took it up again in this very moment
            await transitions.move(
                session, case, Event.EXPIRE, State.C_EXPIRED, actor=Actor.SYSTEM, actor_id=SYSTEM
            )
            await void_signatures(session, case, case.updated_at, "expired")
            await notices.result(session, case, company(self._brokers, case), "expired")
            await self._audit.append(session, Actor.SYSTEM, SYSTEM, "expire", case.case_no)
        return True
