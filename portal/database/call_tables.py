"""The tables of the help desk's calls, beside those of `portal.database.schema`."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
)

from portal.database.schema import METADATA

_ID, _DIGEST, _LABEL = String(36), String(43), String(64)

CALL = Table(
    "help_call",
    METADATA,
    Column(
        "id",
        _DIGEST,
        ForeignKey("journey.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    # who helps whom, and why; sealed: whom may be somebody who never registered
    Column("content", LargeBinary, nullable=False),
)

CALLER_CHECK = Table(
    "caller_check",
    METADATA,
    Column(
        "call",
        _DIGEST,
        ForeignKey("help_call.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("kind", _LABEL, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("second", _ID),
    # a keyed hash of this row: who writes the database verifies nobody with it
    Column("seal", _DIGEST, nullable=False),
)
