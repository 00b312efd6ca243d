"""Customers and cases; at most one case of a customer holds the right to submit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
MOMENT = sa.DateTime(timezone=True)
IN_LOCK = sa.text("state IN ('P_EXEC', 'R_DOING', 'R_PENDING', 'W_DOING', 'W_PENDING')")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "customers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("broker", sa.String(4), nullable=False),
        sa.Column("customer_no", sa.String(40), nullable=False),
        sa.Column("name", SEALED, nullable=False),
        sa.Column("id_number", SEALED, nullable=False),
        sa.Column("id_number_digest", sa.String(64), nullable=False),
        sa.Column("phone", SEALED, nullable=False),
        sa.Column("client_type", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("fund_account", SEALED, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("broker", "id_number_digest", name="uq_customers_broker_id_number"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_no", sa.String(20), nullable=False, unique=True),
        sa.Column("broker", sa.String(4), nullable=False),
        sa.Column("customer_id", sa.String(36), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("business_type", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("fund_account", SEALED, nullable=False),
        sa.Column("broker_version", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("retry", sa.Boolean(), nullable=False),
        sa.Column("rejected_at", MOMENT, nullable=True),
        sa.Column("ticked_at", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("queued", sa.Boolean(), nullable=False),
        sa.Column("witness_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_cases_owner", "cases", ["customer_id", "updated_at"])
    op.create_index("ix_cases_queue", "cases", ["broker", "state", "updated_at"])
    op.create_index(
        "uq_cases_lock",
        "cases",
        ["broker", "customer_id"],
        unique=True,
        sqlite_where=IN_LOCK,
        postgresql_where=IN_LOCK,
    )
    op.create_table(
        "registered_cards",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("customer_id", sa.String(36), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("bank_code", sa.String(20), nullable=False),
        sa.Column("bank_name", sa.String(60), nullable=False),
        sa.Column("number", SEALED, nullable=False),
        sa.Column("number_digest", sa.String(64), nullable=False),
        sa.Column("branch", sa.String(100), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("customer_id", "number_digest", name="uq_registered_cards_number"),
    )
    op.create_index("ix_registered_cards_customer_id", "registered_cards", ["customer_id"])
    op.create_table(
        "case_events",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(4), nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("from_state", sa.String(20), nullable=True),
        sa.Column("to_state", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_events_seq"),
    )
    op.create_table(
        "case_submissions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(100), nullable=False),
        sa.Column("snapshot", SEALED, nullable=False),
        sa.Column("snapshot_sha256", sa.String(64), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "attempt", name="uq_case_submissions_attempt"),
        sa.UniqueConstraint("idempotency_key", name="uq_case_submissions_key"),
    )


def downgrade() -> None:
    """Remove the tables, and what is in them."""
    op.drop_table("case_submissions")
    op.drop_table("case_events")
    op.drop_table("registered_cards")
    op.drop_table("cases")
    op.drop_table("customers")
