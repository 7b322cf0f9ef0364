"""What administrators search by, are told, and who says: this was not me."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_EVENT_COLUMNS = ("person", "kind", "code", "address", "reference")


def upgrade() -> None:
    """Make the tables, and the indexes for lists of 50 out of very many."""
    _person()
    op.drop_index("ix_event_person", "event")
    for column in _EVENT_COLUMNS:
        op.create_index(f"ix_event_{column}_number", "event", [column, "number"])
    op.create_index("ix_event_kind_at", "event", ["kind", "at"])
    op.drop_index("ix_proof_person", "proof")
    op.create_index("ix_proof_person_kind", "proof", ["person", "kind"])
    op.create_index("ix_journey_person", "journey", ["person"])
    op.create_index("ix_outbox_sent", "outbox", ["sent", "ends"])
    _not_me_code()
    _notices()


def _person() -> None:
    for name in ("name_key", "upn_key"):
        op.add_column("person", sa.Column(name, sa.String(length=256)))
    table = sa.table(
        "person", *map(sa.column, ("guid", "name", "upn", "name_key", "upn_key"))
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).all():
        named = {"name_key": _key(row.name or row.upn), "upn_key": _key(row.upn)}
        same = table.c.guid == row.guid
        connection.execute(sa.update(table).where(same).values(**named))
    op.create_index("ix_person_name_key", "person", ["name_key", "guid"])
    op.create_index("ix_person_upn_key", "person", ["upn_key", "guid"])
    op.create_index("ix_person_registered", "person", ["registered", "guid"])
    op.create_index("ix_person_blocked", "person", ["blocked"])


def _key(text: str) -> str:
    return text.casefold()[:256]


def _not_me_code() -> None:
    op.create_table(
        "not_me_code",
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.guid"],
            name=op.f("fk_not_me_code_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_not_me_code")),
    )
    op.create_index("ix_not_me_code_person", "not_me_code", ["person"])
    op.create_index("ix_not_me_code_ends", "not_me_code", ["ends"])


def _notices() -> None:
    op.create_table(
        "told",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_told")),
    )
    op.create_table(
        "notice_hour",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_notice_hour")),
    )
