"""Calls of the help desk, and what was checked in them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "help_call",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["journey.id"], name=op.f("fk_help_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
    )
    op.create_table(
        "caller_check",
        sa.Column("call", sa.String(length=43), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.String(length=36), nullable=True),
        sa.Column("seal", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"],
            ["help_call.id"],
            name=op.f("fk_caller_check_call"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call", "kind", name=op.f("pk_caller_check")),
    )
