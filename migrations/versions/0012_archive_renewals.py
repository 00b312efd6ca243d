"""When a paper's archive timestamp is to be followed by another, and the digests of before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "archive_renewals"


def upgrade() -> None:
    """Add the column and the table; the job finds out by itself when papers of before are due."""
    op.add_column("signature_records", sa.Column("archive_due_at", MOMENT, nullable=True))
    op.create_index("ix_signature_records_archive_due_at", "signature_records", ["archive_due_at"])
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("signature_id", sa.String(36), sa.ForeignKey("signature_records.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before_sha256", sa.String(64), nullable=False),
        sa.Column("after_sha256", sa.String(64), nullable=False),
        sa.Column("before_file_id", sa.String(60), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_archive_renewals_signature_id", TABLE, ["signature_id"])
    op.create_index("ix_archive_renewals_before_sha256", TABLE, ["before_sha256"])


def downgrade() -> None:
    """Remove both."""
    op.drop_table(TABLE)
    op.drop_index("ix_signature_records_archive_due_at", "signature_records")
    op.drop_column("signature_records", "archive_due_at")
