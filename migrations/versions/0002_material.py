"""What a customer puts into a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
MOMENT = sa.DateTime(timezone=True)
ONE_IN_USE = sa.text("in_use AND kind <> 'bank_card'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_bank_cards",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("replaces", sa.String(36), sa.ForeignKey("registered_cards.id"), nullable=True),
        sa.Column("number", SEALED, nullable=False),
        sa.Column("number_digest", sa.String(64), nullable=False),
        sa.Column("number_read", SEALED, nullable=True),
        sa.Column("holder", SEALED, nullable=False),
        sa.Column("bank_code", sa.String(20), nullable=False),
        sa.Column("bank_code_read", sa.String(20), nullable=True),
        sa.Column("branch", sa.String(100), nullable=False),
        sa.Column("card_type", sa.String(20), nullable=False),
        sa.Column("printed_type", sa.String(20), nullable=False),
        sa.Column("entry", sa.String(10), nullable=False),
        sa.Column("file_id", sa.String(60), nullable=True),
        sa.Column("verdict_ok", sa.Boolean(), nullable=False),
        sa.Column("verdict_code", sa.String(60), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "number_digest", name="uq_case_bank_cards_number"),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_bank_cards_seq"),
    )
    op.create_table(
        "case_identities",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False, unique=True),
        sa.Column("ocr", SEALED, nullable=False),
        sa.Column("final", SEALED, nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_table(
        "case_images",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_id", sa.String(60), nullable=False, unique=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reading", SEALED, nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("purged_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_case_images_case_id", "case_images", ["case_id"])
    op.create_index(
        "uq_case_images_in_use",
        "case_images",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=ONE_IN_USE,
        postgresql_where=ONE_IN_USE,
    )
    op.create_table(
        "consent_records",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("customer_id", sa.String(36), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("document_id", sa.String(60), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("conversation", sa.String(60), nullable=False),
    )
    op.create_index("ix_consent_records_customer_id", "consent_records", ["customer_id"])
    op.create_table(
        "document_readings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("document_id", sa.String(60), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("end_at", MOMENT, nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("conversation", sa.String(60), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "case_id", "document_id", "version", "sha256", name="uq_document_readings_version"
        ),
    )
    op.create_table(
        "signature_records",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("content", SEALED, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("conversation", sa.String(60), nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_signature_records_case_id", "signature_records", ["case_id"])


def downgrade() -> None:
    """Remove the tables, and what is in them."""
    op.drop_table("signature_records")
    op.drop_table("document_readings")
    op.drop_table("consent_records")
    op.drop_table("case_images")
    op.drop_table("case_identities")
    op.drop_table("case_bank_cards")
