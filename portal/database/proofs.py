"""Verification methods as the database keeps them: sealed, each for its own row."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, delete, insert, select, update

from portal.database.schema import PROOF, RECOVERY_CODE
from portal.keys.row_keys import RowKeys
from wire.proof_kind import ProofKind


@dataclass(frozen=True)
class RegisteredMethod:
    """One verification method of one person; times are in Unix seconds.

    `secret` is what it is proven by: a TOTP secret, an address, a passkey. `digest` is
    `id` on the wire; `counter` the last step that was taken, which never comes again.
    """

    id: str
    person: str
    kind: ProofKind
    label: str
    secret: str = field(repr=False)
    digest: str
    counter: int
    registered: int
    confirmed: int | None
    used: int | None
    receipt: str | None


@dataclass(frozen=True)
class NewMethod:
    """A verification method as it is registered."""

    person: str
    kind: ProofKind
    label: str
    secret: str = field(repr=False)
    digest: str
    counter: int = 0
    receipt: str | None = None


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
                digest=method.digest,
                counter=method.counter,
                registered=now,
                receipt=method.receipt,
            )
        )
        return own_id

    def of_person(
        self, connection: Connection, guid: str | None
    ) -> tuple[RegisteredMethod, ...]:
        """Give a person's methods, the oldest first; of nobody there are none."""
        statement = select(PROOF).where(PROOF.c.person == guid)
        rows = connection.execute(statement.order_by(PROOF.c.registered, PROOF.c.id))
        return tuple(map(self._method, rows))

    def _method(self, row: Row[tuple[object, ...]]) -> RegisteredMethod:
        held = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        held["kind"] = ProofKind(held["kind"])
        held["secret"] = self._keys.open(held["secret"], _row(held["id"]))
        return RegisteredMethod(**held)


def remove(connection: Connection, guid: str, proof: str) -> bool:
    """Remove one method of a person; False where it is none of theirs."""
    own = (PROOF.c.id == proof) & (PROOF.c.person == guid)
    return bool(connection.execute(delete(PROOF).where(own)).rowcount)


def advance(connection: Connection, proof: str, counter: int, now: int) -> bool:
    """Note that a step was taken; False where it, or a later one, was before."""
    newer = (PROOF.c.id == proof) & (PROOF.c.counter < counter)
    values = {"counter": counter, "used": now}
    return bool(
        connection.execute(update(PROOF).where(newer).values(**values)).rowcount
    )


def mark_used(connection: Connection, proof: str, now: int) -> None:
    """Note that a method was used."""
    connection.execute(update(PROOF).where(PROOF.c.id == proof).values(used=now))


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


def _row(proof: str) -> str:
    return f"proof:{proof}:secret"
