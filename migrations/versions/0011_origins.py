"""Records of reading, consents, signatures and submissions say where the customer acted from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("document_readings", "consent_records", "signature_records", "case_submissions")


def upgrade() -> None:
    """Add the sealed column; records of before have none."""
    for table in TABLES:
        # Not in a batch: SQLite would make the table anew, without the triggers that keep it as it is.
        op.add_column(table, sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.add_column("case_submissions", sa.Column("channel", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("case_submissions", "channel")
    for table in TABLES:
        op.drop_column(table, "origin")
