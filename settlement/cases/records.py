"""Tables of staff work, of what is on its way out, of what was removed, and of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from settlement.cases.models import Row, new_id
from settlement.database import Base, UtcDateTime
from settlement.security.columns import SealedText


class StaffUser(Row):
    """Somebody who works at the desk; ``broker`` empty: all companies."""

    __tablename__ = "staff_users"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    broker: Mapped[str | None] = mapped_column(String(4))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class DeskTask(Row):
    """One claim of one case by one person, and what came of it."""

    __tablename__ = "desk_tasks"
    __table_args__ = (Index("ix_desk_tasks_case", "case_id", "attempt"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    attempt: Mapped[int]
    stage: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_users.id"))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(20))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)
    remark: Mapped[str] = mapped_column(Text, default="")


class Execution(Row):
    """The registering of one approved submission at the counter."""

    __tablename__ = "executions"
    __table_args__ = (UniqueConstraint("case_id", "attempt", name="uq_executions_attempt"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    attempt: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_result: Mapped[str] = mapped_column(String(40), default="")


class Notification(Row):
    """A message on its way to a customer, written with the change that it tells of."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_due", "status", "next_at"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    key: Mapped[str] = mapped_column(String(100), unique=True)
    way: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(40))
    text: Mapped[str | None] = mapped_column(SealedText("notification.text"))
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str] = mapped_column(String(100), default="")
    last_error: Mapped[str] = mapped_column(String(100), default="")


class AuditEntry(Base):
    """Who did what (§5.3), chained: each entry's hash covers the one before. Append-only by trigger."""

    __tablename__ = "audit_log"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class CaseHold(Row):
    """Why a case is not removed although its time has come; in force until it is lifted."""

    __tablename__ = "case_holds"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str] = mapped_column(SealedText("case_hold.reason"))
    placed_by: Mapped[str] = mapped_column(String(60))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(60))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MaterialRemoval(Base):
    """That an ended draft loses its material: decided before the first file goes. Not of a held case."""

    __tablename__ = "material_removals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseRemoval(Base):
    """That a case is removed, and the digests of what was in it. Append-only, and not of a held case."""

    __tablename__ = "case_removals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(String(36), unique=True)
    case_no: Mapped[str] = mapped_column(String(20))
    broker: Mapped[str] = mapped_column(String(4))
    why: Mapped[str] = mapped_column(String(20))
    digests: Mapped[list[str]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
