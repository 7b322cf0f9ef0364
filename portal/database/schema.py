"""The tables of the portal. Times are in Unix seconds; row keys seal what is sealed.

A person has rows once they registered; of others there is the hash of a name that was
typed, for as long as a visit lasts. Ids of cookies are kept as hashes.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_ID, _DIGEST, _LABEL, _NAME = String(36), String(43), String(64), String(256)


def _person() -> Column[str]:
    return Column(
        "person", _ID, ForeignKey("person.guid", ondelete="CASCADE"), nullable=True
    )


PERSON = Table(
    "person",
    METADATA,
    Column("guid", _ID, primary_key=True),
    Column("domain", _LABEL, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("upn", _NAME, nullable=False),
    Column("language", _LABEL, nullable=False),
    Column("registered", BigInteger),
    Column("confirmed", BigInteger),
    Column("blocked", BigInteger),
    # counted up to make all sessions and known browsers of before worthless
    Column("epoch", Integer, nullable=False),
    # name and sign-in name as they are searched and sorted by (`people.key`)
    Column("name_key", _NAME),
    Column("upn_key", _NAME),
    Index("ix_person_name_key", "name_key", "guid"),
    Index("ix_person_upn_key", "upn_key", "guid"),
    Index("ix_person_registered", "registered", "guid"),
    Index("ix_person_blocked", "blocked"),
)

PROOF = Table(
    "proof",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column(
        "person", _ID, ForeignKey("person.guid", ondelete="CASCADE"), nullable=False
    ),
    Column("kind", _LABEL, nullable=False),
    Column("label", _NAME, nullable=False),
    # what it is proven by: a TOTP secret, an address, a passkey's public key; sealed
    Column("secret", LargeBinary, nullable=False),
    # of the hash that it is called by on the wire, which is never kept
    Column("salt", LargeBinary, nullable=False),
    # the last TOTP step, or the passkey's counter of signatures: none is taken twice
    Column("counter", BigInteger, nullable=False),
    Column("registered", BigInteger, nullable=False),
    Column("confirmed", BigInteger),
    Column("used", BigInteger),
    Column("receipt", String(4096)),
    Index("ix_proof_person_kind", "person", "kind"),
)

RECOVERY_CODE = Table(
    "recovery_code",
    METADATA,
    Column("digest", _DIGEST, primary_key=True),
    Column("proof", _ID, ForeignKey("proof.id", ondelete="CASCADE"), nullable=False),
    Column("used", BigInteger),
    Index("ix_recovery_code_proof", "proof"),
)

JOURNEY = Table(
    "journey",
    METADATA,
    Column("id", _DIGEST, primary_key=True),
    # joins the requests of one visit in the agent's audit; no secret
    Column("reference", _LABEL, nullable=False, unique=True),
    Column("purpose", _LABEL, nullable=False),
    Column("domain", _LABEL, nullable=False),
    Column("agent", _LABEL),
    Column("name_digest", _DIGEST, nullable=False),
    _person(),
    Column("asked", JSON),
    Column("looked_up", Float),
    Column("browser", _DIGEST),
    Column("address", _LABEL, nullable=False),
    Column("started", Float, nullable=False),
    Column("ends", Float, nullable=False),
    # since when a node writes for it: no other does
    Column("claimed", Float),
    Column("closed", Float),
    Index("ix_journey_person", "person"),
)

TAKEN = Table(
    "taken",
    METADATA,
    Column(
        "journey",
        _DIGEST,
        ForeignKey("journey.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("proof", _ID, primary_key=True),
    Column("user_verified", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    # a keyed hash of this row: who writes the database proves nothing with it
    Column("seal", _DIGEST, nullable=False),
)

CODE = Table(
    "code",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column(
        "journey", _DIGEST, ForeignKey("journey.id", ondelete="CASCADE"), nullable=False
    ),
    Column("kind", _LABEL, nullable=False),
    # none where nothing was sent: the page is the same
    Column("proof", _ID),
    Column("digest", _DIGEST, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    UniqueConstraint("journey", "kind"),
)

CHALLENGE = Table(
    "challenge",
    METADATA,
    Column(
        "journey",
        _DIGEST,
        ForeignKey("journey.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("use", _LABEL, primary_key=True),
    Column("challenge", _DIGEST, nullable=False),
    Column("ends", BigInteger, nullable=False),
)

# of who may not have registered yet: there may be no row of the person
REGISTRATION_CODE = Table(
    "registration_code",
    METADATA,
    Column("person", _ID, primary_key=True),
    # a keyed hash of person and code
    Column("digest", _DIGEST, nullable=False),
    # domain, end and who gave it, sealed for this person and code
    Column("content", LargeBinary, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
)

# somebody who went to the identity provider, and is not back yet
PROVIDER_SIGN_IN = Table(
    "provider_sign_in",
    METADATA,
    Column("id", _DIGEST, primary_key=True),
    # state, nonce, verifier and browser, sealed
    Column("content", LargeBinary, nullable=False),
    Column("ends", BigInteger, nullable=False),
)

SESSION = Table(
    "session",
    METADATA,
    Column("id", _DIGEST, primary_key=True),
    Column(
        "person", _ID, ForeignKey("person.guid", ondelete="CASCADE"), nullable=False
    ),
    Column("epoch", Integer, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("started", BigInteger, nullable=False),
    # by what they came in, sealed: it gives receipts (`portal.journeys.entry`)
    Column("sign_in", LargeBinary),
    Column("seen", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("browser", _DIGEST),
    Column("address", _LABEL, nullable=False),
)

BROWSER = Table(
    "browser",
    METADATA,
    Column("id", _DIGEST, primary_key=True),
    Column(
        "person",
        _ID,
        ForeignKey("person.guid", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("epoch", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

BUDGET = Table(
    "budget",
    METADATA,
    Column("id", _DIGEST, primary_key=True),
    # the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371)
    Column("arrival", Float, nullable=False),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("channel", _LABEL, nullable=False),
    Column("kind", _LABEL, nullable=False),
    Column("person", _ID),
    # address and words, sealed: they may hold a code
    Column("message", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("due", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("taken", Float),
    Column("sent", BigInteger),
    Column("failure", _NAME),
    Index("ix_outbox_due", "due"),
    Index("ix_outbox_sent", "sent", "ends"),
)

EVENT = Table(
    "event",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", _LABEL, nullable=False),
    Column("reference", _LABEL, nullable=False),
    Column("person", _ID),
    Column("actor", _ID),
    Column("code", _LABEL, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("address", _LABEL, nullable=False),
    Column("browser", _NAME, nullable=False),
    # the address in the chain; its key goes when the address is shortened
    Column("address_key", _DIGEST),
    Column("address_hash", _DIGEST, nullable=False),
    # HMAC-SHA-256 over this record and the digest of the one before
    Column("digest", _DIGEST, nullable=False),
    # what administrators search by, the newest first
    Index("ix_event_person_number", "person", "number"),
    Index("ix_event_kind_number", "kind", "number"),
    Index("ix_event_code_number", "code", "number"),
    Index("ix_event_address_number", "address", "number"),
    Index("ix_event_reference_number", "reference", "number"),
    Index("ix_event_kind_at", "kind", "at"),
    Index("ix_event_at", "at"),
)

AGENT = Table(
    "agent",
    METADATA,
    Column("fingerprint", _LABEL, primary_key=True),
    # of these an agent never counts fewer, or its machine was restored or copied
    Column("starts", BigInteger, nullable=False),
    Column("statement", JSON, nullable=False),
    Column("keys", JSON, nullable=False),
    Column("asked", Float, nullable=False),
    Column("failure", _NAME, nullable=False),
)

SETTING = Table(
    "setting",
    METADATA,
    Column("name", _LABEL, primary_key=True),
    Column("value", JSON, nullable=False),
)

DEVICE_GRANT = Table(
    "device_grant",
    METADATA,
    # of the device code, which its wizard alone holds (RFC 8628)
    Column("id", _DIGEST, primary_key=True),
    # of the code that people type; nobody reads it here
    Column("user_code", _DIGEST, nullable=False, unique=True),
    Column("reference", _LABEL, nullable=False),
    Column("agent", _LABEL, nullable=False),
    Column("keys", JSON, nullable=False),
    # the hash of what was asked with, which the answer names
    Column("request", _DIGEST, nullable=False),
    Column("address", _LABEL, nullable=False),
    Column("started", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("polled", Float),
    Column("interval", Integer, nullable=False),
    Column("state", _LABEL, nullable=False),
    # the link with the whole code, sealed, until it is taken
    Column("link", LargeBinary),
    Index("ix_device_grant_ends", "ends"),
)

NOT_ME_CODE = Table(
    "not_me_code",
    METADATA,
    # of the code in a mail, by which its reader says: this was not me
    Column("digest", _DIGEST, primary_key=True),
    Column(
        "person", _ID, ForeignKey("person.guid", ondelete="CASCADE"), nullable=False
    ),
    Column("ends", BigInteger, nullable=False),
    Index("ix_not_me_code_person", "person"),
    Index("ix_not_me_code_ends", "ends"),
)

# what administrators were told, once each
TOLD = Table(
    "told",
    METADATA,
    Column("kind", _LABEL, primary_key=True),
    Column("subject", _LABEL, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# how many notices of a kind went to administrators in an hour, and were held back
NOTICE_HOUR = Table(
    "notice_hour",
    METADATA,
    Column("kind", _LABEL, primary_key=True),
    Column("began", BigInteger, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("held", Integer, nullable=False),
)
