"""Wizards that ask for an enrolment code (RFC 8628)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "device_grant",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("user_code", sa.String(length=43), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("request", sa.String(length=43), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("ends", sa.Float(), nullable=False),
        sa.Column("polled", sa.Float(), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_grant")),
        sa.UniqueConstraint("user_code", name=op.f("uq_device_grant_user_code")),
    )
    op.create_index("ix_device_grant_ends", "device_grant", ["ends"], unique=False)
