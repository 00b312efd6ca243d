"""What a witness or reviewer ticked is kept with the decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; decisions of before have ticked nothing on record."""
    with op.batch_alter_table("desk_tasks") as table:
        table.add_column(sa.Column("checks", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("desk_tasks") as table:
        table.alter_column("checks", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Remove the column."""
    with op.batch_alter_table("desk_tasks") as table:
        table.drop_column("checks")
