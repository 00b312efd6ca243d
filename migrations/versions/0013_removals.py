"""What was kept for its time may be removed, on record; what is held may not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("case_events", "case_submissions", "consent_records")
REMOVALS, HOLDS = "case_removals", "case_holds"
RECORDED = "EXISTS (SELECT 1 FROM case_removals WHERE case_id = OLD.case_id)"
HELD = "EXISTS (SELECT 1 FROM case_holds WHERE case_id = NEW.case_id AND lifted_at IS NULL)"


def upgrade() -> None:
    """Make the tables; rows of a case may go once its removal is on record, and then alone."""
    op.create_table(
        REMOVALS,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False, unique=True),
        sa.Column("case_no", sa.String(20), nullable=False),
        sa.Column("broker", sa.String(4), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        HOLDS,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("placed_by", sa.String(60), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("lifted_by", sa.String(60), nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("ix_case_holds_case_id", HOLDS, ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_early_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT {RECORDED} THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_removal_of_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {HELD} THEN "
        "RAISE EXCEPTION 'the case is held'; END IF; RETURN NEW; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_removal BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_early_removal()"
        )
    op.execute(
        f"CREATE TRIGGER {REMOVALS}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {REMOVALS} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {REMOVALS}_held BEFORE INSERT ON {REMOVALS} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_removal_of_held()"
    )


def _sqlite() -> None:
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT {RECORDED} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {REMOVALS}_no_{action.lower()} BEFORE {action} ON {REMOVALS} "
            f"BEGIN SELECT RAISE(ABORT, '{REMOVALS} is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER {REMOVALS}_held BEFORE INSERT ON {REMOVALS} "
        f"WHEN {HELD} "
        "BEGIN SELECT RAISE(ABORT, 'the case is held'); END"
    )


def downgrade() -> None:
    """Back to rows that nothing removes; the record of removals goes."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        if postgresql:
            op.execute(f"DROP TRIGGER {table}_removal ON {table}")
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            op.execute(f"DROP TRIGGER {table}_no_delete")
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.drop_table(REMOVALS)
    op.drop_table(HOLDS)
    if postgresql:
        op.execute("DROP FUNCTION refuse_early_removal()")
        op.execute("DROP FUNCTION refuse_removal_of_held()")
