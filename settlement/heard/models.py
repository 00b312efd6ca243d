"""Tables of trainers: what was heard, and what they want to change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from settlement.cases.models import Row
from settlement.database import UtcDateTime
from settlement.security.columns import SealedText


class HeardTurn(Row):
    """One turn. ``conversation`` is a pseudonym; ``text`` is empty when a step took it as its answer."""

    __tablename__ = "heard_turns"
    __table_args__ = (
        UniqueConstraint("conversation", "message", name="uq_heard_turns_message"),
        Index("ix_heard_turns_at", "at"),
        Index("ix_heard_turns_outcome", "outcome", "at"),
    )

    conversation: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    broker: Mapped[str] = mapped_column(String(4), default="")
    step: Mapped[str] = mapped_column(String(40), default="")
    asked: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(SealedText("heard.text"), default="")
    intent: Mapped[str] = mapped_column(String(80), default="")
    confidence: Mapped[float] = mapped_column(default=0.0)
    second: Mapped[str] = mapped_column(String(80), default="")
    second_confidence: Mapped[float] = mapped_column(default=0.0)
    answer: Mapped[str] = mapped_column(String(80), default="")
    answer_confidence: Mapped[float] = mapped_column(default=0.0)
    said: Mapped[list[str]] = mapped_column(JSON, default=list)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrainingChange(Row):
    """A sentence that should mean ``target`` from now on; with ``answer``, a question that is new."""

    __tablename__ = "training_changes"

    sentence: Mapped[str] = mapped_column(SealedText("training_change.sentence"))
    target: Mapped[str] = mapped_column(String(80))
    answer: Mapped[str] = mapped_column(Text, default="")
    heard_id: Mapped[str | None] = mapped_column(ForeignKey("heard_turns.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(ForeignKey("staff_users.id"))
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    branch: Mapped[str] = mapped_column(String(80), default="")
