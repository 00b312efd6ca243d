"""Delivering messages to customers; what fails is tried again and never undoes a case (R-064)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import select

from settlement import clock
from settlement.cases.execution import pause
from settlement.cases.models import Case, Customer
from settlement.cases.notices import SMS
from settlement.cases.records import Notification
from settlement.conversation.inbox import Inbox
from settlement.database import Database
from settlement.errors import CustomerError, OperatorError
from settlement.ports.errors import PortUnavailable
from settlement.ports.sms import Sms, SmsSender
from settlement.security.sessions import Sessions

log = structlog.get_logger(__name__)

BATCH = 20
SEND_SECONDS = 20.0
LEASE = timedelta(minutes=2)
MOST_TRIES = 20  # about nine hours; news any older would only confuse
EVENT = "case_result"


class Dispatcher:
    """Hands waiting messages to the SMS port and to the customer's conversations."""

    def __init__(self, database: Database, sms: SmsSender, sessions: Sessions, inbox: Inbox) -> None:
        self._database = database
        self._sms = sms
        self._sessions = sessions
        self._inbox = inbox

    async def run_once(self) -> int:
        """Deliver what is due; how many were tried."""
        due = await self._take()
        for notification_id in due:
            await self._try(notification_id)
        return len(due)

    async def _take(self) -> list[str]:
        """Reserve what is due, so that no other process sends it meanwhile."""
        async with self._database.session() as session:
            query = (
                select(Notification)
                .where(Notification.status == "waiting", Notification.next_at <= clock.now())
                .order_by(Notification.next_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            waiting = list(await session.scalars(query))
            for notification in waiting:
                notification.tries += 1
                notification.next_at = clock.now() + LEASE
            return [notification.id for notification in waiting]

    async def _try(self, notification_id: str) -> None:
        async with self._database.reading() as session:
            notification = await session.get_one(Notification, notification_id)
            case = await session.get_one(Case, notification.case_id)
            customer = await session.get_one(Customer, notification.customer_id)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                if notification.way == SMS:
                    # The key is the provider's idempotency key: a crash after sending sends nothing twice.
                    message = Sms(id=notification.key, phone=customer.phone, text=notification.text or "")
                    provider_id = await self._sms.send(message)
                else:
                    provider_id = await self._tell(customer.id, case.case_no, notification.key)
        except Exception as error:
            # Whatever went wrong outside, the message waits; a CancelledError is no Exception.
            await self._failed(notification_id, error)
            return
        async with self._database.session() as session:
            sent = await session.get_one(Notification, notification_id)
            sent.status, sent.sent_at, sent.provider_id, sent.last_error = (
                "sent",
                clock.now(),
                provider_id,
                "",
            )

    async def _tell(self, customer: str, case_no: str, key: str) -> str:
        """Wake the customer's conversations, each once per message."""
        conversations = await self._sessions.conversations_of(customer)
        for conversation in conversations:
            event = {"type": "event", "name": EVENT, "case": case_no, "cid": key}
            await self._inbox.append(conversation, event)
        return f"conversations:{len(conversations)}"

    async def _failed(self, notification_id: str, error: Exception) -> None:
        async with self._database.session() as session:
            notification = await session.get_one(Notification, notification_id)
            notification.last_error = type(error).__name__
            notification.next_at = clock.now() + pause(notification.tries)
            if notification.tries >= MOST_TRIES:
                notification.status = "failed"
            expected = isinstance(error, PortUnavailable | OperatorError | CustomerError | TimeoutError)
            level = log.warning if expected and notification.status == "waiting" else log.error
            level(
                "notification_not_delivered", key=notification.key, error=type(error).__name__,
                tries=notification.tries, given_up=notification.status == "failed",
            )  # fmt: skip
