"""What customers said, without anything personal, and what trainers want to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

SEALED = sa.LargeBinary()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "heard_turns",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("broker", sa.String(4), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("asked", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", SEALED, nullable=False),
        sa.Column("intent", sa.String(80), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("second", sa.String(80), nullable=False),
        sa.Column("second_confidence", sa.Double(), nullable=False),
        sa.Column("answer", sa.String(80), nullable=False),
        sa.Column("answer_confidence", sa.Double(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("conversation", "message", name="uq_heard_turns_message"),
    )
    op.create_index("ix_heard_turns_at", "heard_turns", ["at"])
    op.create_index("ix_heard_turns_outcome", "heard_turns", ["outcome", "at"])
    op.create_table(
        "training_changes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("sentence", SEALED, nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "heard_id", sa.String(36), sa.ForeignKey("heard_turns.id", ondelete="SET NULL"), nullable=True
        ),
        sa.Column("author", sa.String(36), sa.ForeignKey("staff_users.id"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("branch", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_training_changes_state", "training_changes", ["state"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("training_changes")
    op.drop_table("heard_turns")
