"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _agent()
    _budget()
    _event()
    _outbox()
    _person()
    _setting()
    _browser()
    _journey()
    _proof()
    _session()
    _challenge()
    _code()
    _recovery_code()
    _taken()


def _agent() -> None:
    op.create_table(
        "agent",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("asked", sa.Float(), nullable=False),
        sa.Column("failure", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_agent")),
    )


def _budget() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("arrival", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("actor", sa.String(length=36), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=256), nullable=False),
        sa.Column("address_key", sa.String(length=43), nullable=True),
        sa.Column("address_hash", sa.String(length=43), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_index("ix_event_person", "event", ["person"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Float(), nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("upn", sa.String(length=256), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=True),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("blocked", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_person")),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )


def _browser() -> None:
    op.create_table(
        "browser",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.guid"],
            name=op.f("fk_browser_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", "person", name=op.f("pk_browser")),
    )


def _journey() -> None:
    op.create_table(
        "journey",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("name_digest", sa.String(length=43), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=True),
        sa.Column("looked_up", sa.Float(), nullable=True),
        sa.Column("browser", sa.String(length=43), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("ends", sa.Float(), nullable=False),
        sa.Column("claimed", sa.Float(), nullable=True),
        sa.Column("closed", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.guid"],
            name=op.f("fk_journey_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("reference", name=op.f("uq_journey_reference")),
    )


def _proof() -> None:
    op.create_table(
        "proof",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=256), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.String(length=4096), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.guid"],
            name=op.f("fk_proof_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
    )
    op.create_index("ix_proof_person", "proof", ["person"], unique=False)


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("sign_in", sa.LargeBinary(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("browser", sa.String(length=43), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.guid"],
            name=op.f("fk_session_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )


def _challenge() -> None:
    op.create_table(
        "challenge",
        sa.Column("journey", sa.String(length=43), nullable=False),
        sa.Column("use", sa.String(length=64), nullable=False),
        sa.Column("challenge", sa.String(length=43), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey"],
            ["journey.id"],
            name=op.f("fk_challenge_journey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("journey", "use", name=op.f("pk_challenge")),
    )


def _code() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("journey", sa.String(length=43), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.String(length=36), nullable=True),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey"],
            ["journey.id"],
            name=op.f("fk_code_journey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("journey", "kind", name=op.f("uq_code_journey")),
    )


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("proof", sa.String(length=36), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proof"],
            ["proof.id"],
            name=op.f("fk_recovery_code_proof"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_proof", "recovery_code", ["proof"], unique=False)


def _taken() -> None:
    op.create_table(
        "taken",
        sa.Column("journey", sa.String(length=43), nullable=False),
        sa.Column("proof", sa.String(length=36), nullable=False),
        sa.Column("user_verified", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey"],
            ["journey.id"],
            name=op.f("fk_taken_journey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("journey", "proof", name=op.f("pk_taken")),
    )
