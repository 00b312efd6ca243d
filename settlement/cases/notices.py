"""Messages to the customer, put on their way in the transaction that they tell of (R-060, R-063)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.brokers.schema import Broker
from settlement.cases.models import Case
from settlement.cases.records import Notification

SMS = "sms"
INBOX = "inbox"


async def sms(session: AsyncSession, case: Case, broker: Broker, template: str, again: int = 0) -> None:
    """An SMS by the company's template; ``again`` tells a repeated one of the same submission apart."""
    text = broker.sms(template, case_no=case.case_no, account=_account(case, broker))
    await _put(session, case, SMS, template, again, text=text)


async def result(session: AsyncSession, case: Case, broker: Broker, template: str) -> None:
    """A result: an SMS, and an event for the customer's open conversations."""
    await sms(session, case, broker, template)
    await _put(session, case, INBOX, template, 0, text=None)


async def _put(session: AsyncSession, case: Case, way: str, template: str, again: int, **values: Any) -> None:
    key = f"{case.case_no}:{case.attempt}:{template}:{way}" + (f":{again}" if again else "")
    session.add(
        Notification(
            case_id=case.id, customer_id=case.customer_id, key=key, way=way, template=template,
            next_at=clock.now(), **values,
        )
    )  # fmt: skip
    await session.flush()


def _account(case: Case, broker: Broker) -> str:
    """O-13: the fund account number whole, or its last four digits, as the company decides."""
    account = case.fund_account
    return account if broker.sms_account == "full" else "*" * max(0, len(account) - 4) + account[-4:]
