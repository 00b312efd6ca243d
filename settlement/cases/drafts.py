"""Beginning a case, finding it again, and going back in it: T01 and T05 (R-009, R-021, R-071)."""

from __future__ import annotations

from sqlalchemy import select

from settlement import clock
from settlement.cases import states, transitions
from settlement.cases.base import Service
from settlement.cases.inputs import Owner
from settlement.cases.models import Case
from settlement.cases.states import DRAFT_ORDER, Actor, Event, State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

BUSINESS = "change_settlement_account"
Views = list[CaseView]


class Drafts(Service):
    """A case as a whole, before it is submitted."""

    async def start(
        self,
        owner: Owner,
        *,
        channel: str,
        fund_account: str,
        broker_version: str,
        device_ok: bool,
        business_type: str = BUSINESS,
    ) -> CaseView:
        """T01. An unfinished case of the same business is returned instead of a new one (O-07).

        ``CustomerError``: device_not_checked, account_abnormal, other_business_pending (case_no).
        """
        async with self._database.session() as session:
            customer = await self._customer(session, owner)
            # One customer's cases are begun one after another, so that two taps do not begin two.
            await session.refresh(customer, with_for_update=True)
            unfinished = select(Case).where(
                Case.broker == owner.broker,
                Case.customer_id == owner.customer,
                Case.state.in_(states.UNFINISHED),
            )
            present = list(await session.scalars(unfinished.order_by(Case.updated_at.desc())))
            for case in present:
                if case.business_type == business_type:
                    return await self._view(session, case)
            if present:
                raise CustomerError("other_business_pending", case_no=present[0].case_no)
            if not device_ok:
                raise CustomerError("device_not_checked")
            if customer.status != "active":
                raise CustomerError("account_abnormal")
            case = Case(
                broker=owner.broker, customer_id=owner.customer, business_type=business_type, channel=channel,
                fund_account=fund_account, broker_version=broker_version, created_at=clock.now(),
            )  # fmt: skip
            await transitions.create(session, case)
            return await self._view(session, case)

    async def get(self, owner: Owner, case_no: str) -> CaseView:
        """One case; ``CustomerError("case_not_found")`` also when it is somebody else's."""
        async with self._database.reading() as session:
            return await self._view(session, await self._find(session, owner, case_no, write=False))

    async def list(self, owner: Owner) -> tuple[Views, Views]:
        """我的业务: 待完成 and 已完成, what changed last first (R-071)."""
        async with self._database.reading() as session:
            query = select(Case).where(Case.broker == owner.broker, Case.customer_id == owner.customer)
            cases = list(await session.scalars(query.order_by(Case.updated_at.desc(), Case.case_no)))
            views = await self._views(session, cases)
        pending = [view for view in views if view.bucket == "pending"]
        return pending, [view for view in views if view.bucket == "completed"]

    async def back(self, owner: Owner, case_no: str) -> CaseView:
        """T05: one step back, keeping everything (R-009, R-010); ``CustomerError("no_previous_step")``."""
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_PHOTO)
            position = DRAFT_ORDER.index(State(case.state))
            if position == 0:
                raise CustomerError("no_previous_step")
            target = DRAFT_ORDER[position - 1]
            await transitions.move(
                session, case, Event.BACK, target, actor=Actor.CUSTOMER, actor_id=owner.customer
            )
            return await self._view(session, case)
