"""Tables of customers and of the cases themselves (product/data-model.md)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from settlement import clock
from settlement.cases.sealed import SealedJson
from settlement.cases.states import LOCK
from settlement.database import Base, UtcDateTime
from settlement.security.columns import SealedText

LOCK_INDEX = "uq_cases_lock"
_IN_LOCK = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LOCK))))


def new_id() -> str:
    """An id that says nothing."""
    return str(uuid.uuid4())


def _now() -> datetime:
    return clock.now()


class Row(Base):
    """What every table has."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=_now, onupdate=_now)


class Customer(Row):
    """One person at one futures company."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("broker", "id_number_digest", name="uq_customers_broker_id_number"),)

    broker: Mapped[str] = mapped_column(String(4))
    customer_no: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(SealedText("customer.name"))
    id_number: Mapped[str] = mapped_column(SealedText("customer.id_number"))
    id_number_digest: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(SealedText("customer.phone"))
    client_type: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    fund_account: Mapped[str] = mapped_column(SealedText("customer.fund_account"))


class RegisteredCard(Row):
    """A settlement account that the counter has on record, as of the customer's latest login."""

    __tablename__ = "registered_cards"
    __table_args__ = (UniqueConstraint("customer_id", "number_digest", name="uq_registered_cards_number"),)

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    bank_code: Mapped[str] = mapped_column(String(20))
    bank_name: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(SealedText("registered_card.number"))
    number_digest: Mapped[str] = mapped_column(String(64))
    branch: Mapped[str] = mapped_column(String(100), default="")
    in_use: Mapped[bool] = mapped_column(default=True)


class Case(Row):
    """受理单. ``state`` and everything else here is written by ``transitions`` alone."""

    __tablename__ = "cases"
    __table_args__ = (
        # I1: whoever submits takes the right to submit; the database, not a look before, says who is first.
        Index(
            LOCK_INDEX,
            "broker",
            "customer_id",
            unique=True,
            sqlite_where=_IN_LOCK,
            postgresql_where=_IN_LOCK,
        ),
        Index("ix_cases_queue", "broker", "state", "updated_at"),
        Index("ix_cases_owner", "customer_id", "updated_at"),
    )

    case_no: Mapped[str] = mapped_column(String(20), unique=True)
    broker: Mapped[str] = mapped_column(String(4))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    business_type: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    fund_account: Mapped[str] = mapped_column(SealedText("case.fund_account"))
    broker_version: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    lock_version: Mapped[int] = mapped_column(default=1)
    attempt: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    retry: Mapped[bool] = mapped_column(default=True)
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ticked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued: Mapped[bool] = mapped_column(default=False)
    witness_tries: Mapped[int] = mapped_column(default=0)


class CaseEvent(Base):
    """One step in a case's life. Append-only: a trigger refuses changes."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "seq", name="uq_case_events_seq"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(4))
    event: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempt: Mapped[int]
    remark: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)


class CaseSubmission(Base):
    """What was submitted, for good (I7). Append-only: a trigger refuses changes."""

    __tablename__ = "case_submissions"
    __table_args__ = (
        UniqueConstraint("case_id", "attempt", name="uq_case_submissions_attempt"),
        UniqueConstraint("idempotency_key", name="uq_case_submissions_key"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    attempt: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(100))
    snapshot: Mapped[dict[str, Any]] = mapped_column(SealedJson("case_submission.snapshot"))
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(20), default="")
    origin: Mapped[dict[str, str] | None] = mapped_column(SealedJson("case_submission.origin"))
