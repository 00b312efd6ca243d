"""The signed papers, and every version of an agreement that a customer was shown."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "agreement_versions"


def columns() -> list[sa.Column[Any]]:
    """Of the papers. Signatures of before have none: their cases are signed again before they go in."""
    return [
        sa.Column("broker_version", sa.String(64), nullable=False, server_default=""),
        sa.Column("file_id", sa.String(60), nullable=True),
        sa.Column("file_sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("file_size", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paper_sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("certificate", sa.String(60), nullable=False, server_default=""),
        sa.Column("seal", sa.String(60), nullable=False, server_default=""),
        sa.Column("stamped_at", MOMENT, nullable=True),
        sa.Column("client", sa.String(60), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Add the columns and the table, which nothing changes any more."""
    with op.batch_alter_table("signature_records") as table:
        for column in columns():
            table.add_column(column)
    op.create_index("ix_signature_records_file_sha256", "signature_records", ["file_sha256"])
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("broker", sa.String(4), nullable=False),
        sa.Column("document_id", sa.String(60), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.UniqueConstraint("broker", "document_id", "version", name="uq_agreement_versions_version"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{action.lower()} BEFORE {action} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )


def downgrade() -> None:
    """Remove the table and the columns, and what is in them."""
    op.drop_table(TABLE)
    op.drop_index("ix_signature_records_file_sha256", "signature_records")
    with op.batch_alter_table("signature_records") as table:
        for column in columns():
            table.drop_column(column.name)
