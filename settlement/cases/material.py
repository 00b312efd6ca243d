"""Tables of what a customer puts into a case: photos, identity, cards, readings, consents, signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from settlement.cases.models import Row, new_id
from settlement.cases.sealed import SealedJson
from settlement.database import Base, UtcDateTime
from settlement.security.columns import SealedText

_ONE_IN_USE = text("in_use AND kind <> 'bank_card'")


class CaseImage(Row):
    """A photo; a newer one of its kind puts it out of use, and it stays on record."""

    __tablename__ = "case_images"
    __table_args__ = (
        Index(
            "uq_case_images_in_use",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=_ONE_IN_USE,
            postgresql_where=_ONE_IN_USE,
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[str] = mapped_column(String(60), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    reading: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("case_image.reading"))
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    in_use: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseIdentity(Row):
    """The identity card's values: as read (``ocr``) and as the customer left them (``final``)."""

    __tablename__ = "case_identities"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    ocr: Mapped[dict[str, Any]] = mapped_column(SealedJson("case_identity.ocr"))
    final: Mapped[dict[str, Any]] = mapped_column(SealedJson("case_identity.final"))
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseBankCard(Row):
    """One card to register; the OCR value is kept beside the final one (R-044)."""

    __tablename__ = "case_bank_cards"
    __table_args__ = (
        UniqueConstraint("case_id", "seq", name="uq_case_bank_cards_seq"),
        UniqueConstraint("case_id", "number_digest", name="uq_case_bank_cards_number"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    replaces: Mapped[str | None] = mapped_column(ForeignKey("registered_cards.id"))
    number: Mapped[str] = mapped_column(SealedText("case_bank_card.number"))
    number_digest: Mapped[str] = mapped_column(String(64))
    number_read: Mapped[str | None] = mapped_column(SealedText("case_bank_card.number_read"))
    holder: Mapped[str] = mapped_column(SealedText("case_bank_card.holder"))
    bank_code: Mapped[str] = mapped_column(String(20))
    bank_code_read: Mapped[str | None] = mapped_column(String(20))
    branch: Mapped[str] = mapped_column(String(100), default="")
    card_type: Mapped[str] = mapped_column(String(20))
    printed_type: Mapped[str] = mapped_column(String(20))
    entry: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[str | None] = mapped_column(String(60))
    verdict_ok: Mapped[bool]
    verdict_code: Mapped[str | None] = mapped_column(String(60))
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)


class DocumentReading(Row):
    """Reading one version of one document; times are the server's."""

    __tablename__ = "document_readings"
    __table_args__ = (
        UniqueConstraint("case_id", "document_id", "version", "sha256", name="uq_document_readings_version"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    document_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(60))
    origin: Mapped[dict[str, str] | None] = mapped_column(SealedJson("document_reading.origin"))


class ConsentRecord(Base):
    """A consent that was given (§5.3). Append-only: a trigger refuses changes."""

    __tablename__ = "consent_records"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30))
    document_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    granted: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(60))
    origin: Mapped[dict[str, str] | None] = mapped_column(SealedJson("consent_record.origin"))


class AgreementVersion(Base):
    """A document as a customer was shown it. Append-only: a trigger refuses changes."""

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("broker", "document_id", "version", name="uq_agreement_versions_version"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    broker: Mapped[str] = mapped_column(String(4))
    document_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignatureRecord(Row):
    """What was signed and when; voided when the content changes afterwards (R-058), never removed.

    ``file_id`` is the signed paper in the object store; ``paper_sha256`` its digest before it was signed.
    """

    __tablename__ = "signature_records"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    attempt: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("signature_record.content"))
    sha256: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(60))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    broker_version: Mapped[str] = mapped_column(String(64), default="")
    file_id: Mapped[str | None] = mapped_column(String(60))
    file_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    file_size: Mapped[int] = mapped_column(default=0)
    paper_sha256: Mapped[str] = mapped_column(String(64), default="")
    certificate: Mapped[str] = mapped_column(String(60), default="")
    seal: Mapped[str] = mapped_column(String(60), default="")
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    client: Mapped[str] = mapped_column(String(60), default="")
    origin: Mapped[dict[str, str] | None] = mapped_column(SealedJson("signature_record.origin"))
    archive_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class ArchiveRenewal(Row):
    """Another archive timestamp on a signed paper; ``before_file_id`` until the file of before is removed."""

    __tablename__ = "archive_renewals"

    signature_id: Mapped[str] = mapped_column(ForeignKey("signature_records.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_sha256: Mapped[str] = mapped_column(String(64), index=True)
    after_sha256: Mapped[str] = mapped_column(String(64))
    before_file_id: Mapped[str | None] = mapped_column(String(60))
