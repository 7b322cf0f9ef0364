"""Sign-ins at the identity provider that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "provider_sign_in",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_sign_in")),
    )
