"""That a draft's material goes is on record before anything of it goes, and never of a held case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "material_removals"
HELD = "EXISTS (SELECT 1 FROM case_holds WHERE case_id = NEW.case_id AND lifted_at IS NULL)"


def upgrade() -> None:
    """Make the table; the triggers are those of ``case_removals``, but its rows go with their case."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_held BEFORE INSERT ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_removal_of_held()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {TABLE}_held BEFORE INSERT ON {TABLE} "
            f"WHEN {HELD} "
            "BEGIN SELECT RAISE(ABORT, 'the case is held'); END"
        )


def downgrade() -> None:
    """Remove the table, and the trigger with it."""
    op.drop_table(TABLE)
