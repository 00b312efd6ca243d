"""Giving a case up, and taking it up again after a rejection: T17, T18 (R-062, R-072, R-073, O-05)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from settlement.cases import notices, states, transitions
from settlement.cases.base import company, void_signatures
from settlement.cases.inputs import Owner
from settlement.cases.material import SignatureRecord
from settlement.cases.states import Actor, Event, State
from settlement.cases.submission import Submission
from settlement.cases.views import CaseView
from settlement.errors import CustomerError


class Ending(Submission):
    """The customer's other two ways out of a state."""

    async def abandon(self, owner: Owner, case_no: str) -> CaseView:
        """T18, for good. An abandoned case stays as it is.

        ``CustomerError``: case_claimed (a witness or reviewer has it), case_executing, case_completed.
        """
        async with self._database.session() as session:
            case = await self._find(session, owner, case_no)
            if case.state == State.C_ABANDONED:
                return await self._view(session, case)
            if case.state not in states.ABANDONABLE:
                if case.state in (State.W_DOING, State.R_DOING):
                    raise CustomerError("case_claimed", case_no=case_no)
                raise transitions.refusal(case)
            before = case.state
            await transitions.move(
                session, case, Event.ABANDON, State.C_ABANDONED, actor=Actor.CUSTOMER, actor_id=owner.customer
            )
            await void_signatures(session, case, case.updated_at, "abandoned")
            if case.attempt:  # nobody was told of a draft, so nobody is told of its end
                await notices.sms(session, case, company(self._brokers, case), "abandoned")
            await self._audit.append(
                session, Actor.CUSTOMER, owner.customer, "abandon", case_no, from_state=before
            )
            return await self._view(session, case)

    async def reopen(self, owner: Owner, case_no: str, login_at: datetime) -> CaseView:
        """T17: back to the earliest step that the reasons point to; everything that was filled in stays.

        A draft stays as it is. ``CustomerError``: login_again when the customer has not logged in since the
        rejection (R-062); else what ``refusal`` says.
        """
        async with self._database.session() as session:
            case = await self._find(session, owner, case_no)
            if case.state in states.CUSTOMER_EDITABLE:
                return await self._view(session, case)
            if case.state not in states.REOPENABLE:
                raise transitions.refusal(case)
            if case.rejected_at is None or login_at <= case.rejected_at:
                raise CustomerError("login_again")
            target = self._hint(case) or State.D_CONFIRM
            valid = select(SignatureRecord.id).where(
                SignatureRecord.case_id == case.id, SignatureRecord.voided_at.is_(None)
            )
            if target is State.D_CONFIRM and await session.scalar(valid) is None:
                target = State.D_AGREE
            changes = {} if target is State.D_CONFIRM else {"ticked_at": None}
            await transitions.move(
                session, case, Event.REOPEN, target, actor=Actor.CUSTOMER, actor_id=owner.customer,
                changes=changes,
            )  # fmt: skip
            return await self._view(session, case)
