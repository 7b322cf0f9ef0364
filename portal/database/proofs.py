"""Verification methods as the database keeps them: sealed, each for its own row."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from portal.database.schema import PROOF, RECOVERY_CODE
from portal.keys.row_keys import RowKeys, Unsealable
from portal.methods.registered_id import new_salt, registered_id
from wire.self_service.proof_kind import ProofKind

LOG = logging.getLogger("portal.database")
# made once (`portal.database.visits`)
_OF_PERSON = (
    select(PROOF)
    .where(PROOF.c.person == bindparam("own"))
    .order_by(PROOF.c.registered, PROOF.c.id)
)
_USED = update(PROOF).where(PROOF.c.id == bindparam("method"))


@dataclass(frozen=True)
class RegisteredMethod:
    """One verification method of one person; times are in Unix seconds.

    `secret` is what it is proven by: a TOTP secret, an address, a passkey, the hashes
    of recovery codes. `counter` is the last step that was taken, which never comes
    again; `receipt` is what an agent signed of it.
    """

    id: str
    person: str
    kind: ProofKind
    label: str
    secret: str = field(repr=False)
    salt: bytes = field(repr=False)
    counter: int
    registered: int
    confirmed: int | None
    used: int | None
    receipt: str | None

    @property
    def wire_id(self) -> str:
        """The hash that it is called by on the wire, made anew."""
        return registered_id(self.person, self.kind, self.salt, self.secret)


@dataclass(frozen=True)
class NewMethod:
    """A verification method as it is registered."""

    person: str
    kind: ProofKind
    label: str
    secret: str = field(repr=False)
    salt: bytes = field(repr=False, default_factory=new_salt)
    counter: int = 0
    receipt: str | None = None

    @property
    def wire_id(self) -> str:
        """The hash that it is called by on the wire."""
        return registered_id(self.person, self.kind, self.salt, self.secret)


class Proofs:
    """Reads and writes verification methods with the keys that seal them."""

    def __init__(self, keys: RowKeys) -> None:
        self._keys = keys

    def add(self, connection: Connection, method: NewMethod, now: int) -> str:
        """Add a method and give its id."""
        own_id = str(uuid.uuid4())
        sealed = self._keys.seal(method.secret, _row(own_id))
        connection.execute(
            insert(PROOF).values(
                id=own_id,
                person=method.person,
                kind=str(method.kind),
                label=method.label,
                secret=sealed,
                salt=method.salt,
                counter=method.counter,
                registered=now,
                receipt=method.receipt,
            )
        )
        return own_id

    def of_person(
        self, connection: Connection, guid: str | None
    ) -> tuple[RegisteredMethod, ...]:
        """Give a person's methods, the oldest first; of nobody there are none.

        One that somebody else wrote, or moved to another row, is none.
        """
        rows = connection.execute(_OF_PERSON, {"own": guid})
        read = (self._method(connection, row) for row in rows.all())
        return tuple(method for method in read if method is not None)

    def _method(
        self, connection: Connection, row: Row[tuple[object, ...]]
    ) -> RegisteredMethod | None:
        held = dict(row._mapping)
        held["kind"] = ProofKind(held["kind"])
        try:
            held["secret"] = self._keys.open(held["secret"], _row(held["id"]))
        except Unsealable as error:
            LOG.error("a verification method is left out: %s", error)
            return None
        if held["kind"] is ProofKind.RECOVERY_CODE:
            # what is tried is in rows of their own, so that is what it is called by
            held["secret"] = _recovery_codes(connection, held["id"])
        return RegisteredMethod(**held)


def remove(connection: Connection, guid: str, proof: str) -> bool:
    """Remove one method of a person; False where it is none of theirs."""
    own = (PROOF.c.id == proof) & (PROOF.c.person == guid)
    return bool(connection.execute(delete(PROOF).where(own)).rowcount)


def remove_all(connection: Connection, guid: str) -> None:
    """Remove all methods of a person."""
    connection.execute(delete(PROOF).where(PROOF.c.person == guid))


def advance(connection: Connection, proof: str, counter: int, now: int) -> bool:
    """Note that a step was taken; False where it, or a later one, was before."""
    newer = (PROOF.c.id == proof) & (PROOF.c.counter < counter)
    values = {"counter": counter, "used": now}
    return bool(
        connection.execute(update(PROOF).where(newer).values(**values)).rowcount
    )


def mark_used(connection: Connection, proof: str, now: int) -> None:
    """Note that a method was used."""
    connection.execute(_USED, {"method": proof, "used": now})


def mark_confirmed(connection: Connection, guid: str, now: int) -> None:
    """Note that a person said of all their methods: still mine."""
    connection.execute(
        update(PROOF).where(PROOF.c.person == guid).values(confirmed=now)
    )


def add_recovery_codes(
    connection: Connection, proof: str, digests: tuple[str, ...]
) -> None:
    """Keep the hashes of a set of recovery codes."""
    rows = [{"digest": digest, "proof": proof} for digest in digests]
    connection.execute(insert(RECOVERY_CODE), rows)


def use_recovery_code(
    connection: Connection, proof: str, digest: str, now: int
) -> bool:
    """Use one code of a set, once; False where it is none, or was used before."""
    unused = (
        (RECOVERY_CODE.c.digest == digest)
        & (RECOVERY_CODE.c.proof == proof)
        & RECOVERY_CODE.c.used.is_(None)
    )
    used = connection.execute(update(RECOVERY_CODE).where(unused).values(used=now))
    return bool(used.rowcount)


def recovery_codes_left(connection: Connection, proof: str) -> int:
    """Count the codes of a set that were not used."""
    unused = (RECOVERY_CODE.c.proof == proof) & RECOVERY_CODE.c.used.is_(None)
    return len(connection.execute(select(RECOVERY_CODE.c.digest).where(unused)).all())


def recovery_secret(digests: Iterable[str]) -> str:
    """Spell a set of recovery codes, used ones too, as what is registered."""
    return "\n".join(sorted(digests))


def keep_receipt(connection: Connection, proof: str, receipt: str) -> None:
    """Keep what an agent signed of a method, in place of what it signed before."""
    connection.execute(update(PROOF).where(PROOF.c.id == proof).values(receipt=receipt))


def _recovery_codes(connection: Connection, proof: str) -> str:
    of_set = select(RECOVERY_CODE.c.digest).where(RECOVERY_CODE.c.proof == proof)
    return recovery_secret(connection.execute(of_set).scalars())


def _row(proof: str) -> str:
    return f"proof:{proof}:secret"
