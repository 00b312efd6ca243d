"""Ticking and signing: T04 (R-052 … R-058)."""

from __future__ import annotations

from settlement import clock
from settlement.cases import transitions
from settlement.cases.base import void_signatures
from settlement.cases.cards import Cards
from settlement.cases.content import gather, signed_content
from settlement.cases.inputs import Owner
from settlement.cases.material import SignatureRecord
from settlement.cases.sealed import sha256
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

STEPS = ("photo", "bank", "agreement")


class Signing(Cards):
    """The agreement step."""

    async def tick_documents(self, owner: Owner, case_no: str, ticked: bool) -> CaseView:
        """“我已阅读以上所有协议规则内容”: only after each document was agreed to (R-053).

        ``CustomerError``: document_not_agreed (title), document_version_changed (title).
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_AGREE)
            if ticked:
                await self._check_documents(session, case, self._broker(case), *STEPS)
            if ticked != (case.ticked_at is not None):
                if case.state != State.D_AGREE:
                    await self._revised(session, case, State.D_AGREE)
                await transitions.change(session, case, ticked_at=clock.now() if ticked else None)
            return await self._view(session, case)

    async def sign(self, owner: Owner, case_no: str, *, channel: str, conversation: str) -> CaseView:
        """T04: put the content on record as signed. Nothing happens when it is signed already.

        ``CustomerError``: document_not_agreed and document_version_changed (title), documents_not_ticked.
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_AGREE)
            if case.state == State.D_AGREE:
                broker = self._broker(case)
                await self._check_documents(session, case, broker, *STEPS)
                if case.ticked_at is None:
                    raise CustomerError("documents_not_ticked")
                at = clock.now()
                await void_signatures(session, case, at, "signed again")
                content = signed_content(await gather(session, case), broker)
                session.add(
                    SignatureRecord(
                        case_id=case.id, attempt=case.attempt + 1, content=content, sha256=sha256(content),
                        signed_at=at, channel=channel, conversation=conversation,
                    )
                )  # fmt: skip
                await transitions.move(
                    session, case, Event.SIGN, State.D_CONFIRM,
                    actor=Actor.CUSTOMER, actor_id=owner.customer, at=at,
                )  # fmt: skip
                await self._audit.append(session, Actor.CUSTOMER, owner.customer, "sign", case.case_no)
            return await self._view(session, case)
