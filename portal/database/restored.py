"""What a database of before may not give back: nothing that is good once is good twice.

A backup knows nothing of what was used after it. So visits, codes that were sent or
handed out and sign-ins end; messages that waited are not sent again; an app's codes of
now are taken for used. Passkeys need nothing: each answers a challenge that ended with
its visit. "This wasn't me" may be said twice: it only switches something off.
Recovery codes that were used since are known where the database of before can be read;
where not, all are used up.
"""

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from portal.database.call_tables import CALL, CALLER_CHECK
from portal.database.schema import (
    BROWSER,
    CHALLENGE,
    CODE,
    DEVICE_GRANT,
    JOURNEY,
    OUTBOX,
    PERSON,
    PROOF,
    PROVIDER_SIGN_IN,
    RECOVERY_CODE,
    REGISTRATION_CODE,
    SESSION,
    TAKEN,
)
from portal.methods import totp
from wire.self_service.proof_kind import ProofKind

# of these nothing is left; those that others point to come last
ENDED = (
    *(CODE, CHALLENGE, TAKEN, JOURNEY, SESSION, BROWSER),
    *(DEVICE_GRANT, REGISTRATION_CODE, PROVIDER_SIGN_IN),
    *(CALLER_CHECK, CALL),
)
_AT_ONCE = 500  # parameters of one statement


@dataclass(frozen=True)
class TakenSince:
    """What the database that is replaced knows: codes used, people blocked."""

    recovery_codes: tuple[str, ...]
    blocked: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Settled:
    """What is good no more: how many of each.

    `codes_known`: recovery codes that were used since the backup were known one by one.
    """

    visits: int
    sign_ins: int
    registration_codes: int
    messages: int
    recovery_codes: int
    blocked: int
    codes_known: bool


def taken_since(database: Path) -> TakenSince | None:
    """Read what was used up in the database that is replaced; None where it can't be.

    Removed methods are not read: somebody who should not have may have removed them.
    """
    if not database.exists():
        return None
    address = f"{database.as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
            (whole,) = db.execute("PRAGMA integrity_check").fetchone()
            used = "SELECT digest FROM recovery_code WHERE used IS NOT NULL"
            blocked = "SELECT guid, blocked FROM person WHERE blocked IS NOT NULL"
            codes = tuple(digest for (digest,) in db.execute(used))
            people = tuple((guid, at) for guid, at in db.execute(blocked))
    except sqlite3.Error:
        return None
    return TakenSince(codes, people) if whole == "ok" else None


def settle(
    connection: Connection, since: TakenSince | None, *, now: int, keep_codes: bool
) -> Settled:
    """End in a restored database what may have been used since; `now` in Unix seconds.

    `since` is what is known of that, None where nothing is; then all recovery codes are
    used up, unless `keep_codes` says that none was used.
    """
    ended = {table: connection.execute(delete(table)).rowcount for table in ENDED}
    connection.execute(update(PERSON).values(epoch=PERSON.c.epoch + 1))
    messages = connection.execute(delete(OUTBOX).where(OUTBOX.c.sent.is_(None)))
    _use_up_app_codes(connection, now)
    codes = 0
    if since is not None or not keep_codes:
        codes = _use_up(connection, since, now)
    return Settled(
        visits=ended[JOURNEY],
        sign_ins=ended[SESSION],
        registration_codes=ended[REGISTRATION_CODE],
        messages=messages.rowcount,
        recovery_codes=codes,
        blocked=_block(connection, () if since is None else since.blocked),
        codes_known=since is not None,
    )


def _use_up_app_codes(connection: Connection, now: int) -> None:
    """Take all codes for used that an app can have shown by now."""
    newest = now // totp.STEP_S + totp.DRIFT
    apps = (PROOF.c.kind == str(ProofKind.TOTP)) & (PROOF.c.counter < newest)
    connection.execute(update(PROOF).where(apps).values(counter=newest))


def _use_up(connection: Connection, since: TakenSince | None, now: int) -> int:
    """Use up recovery codes: those that are known to be used, else every one."""
    unused = update(RECOVERY_CODE).where(RECOVERY_CODE.c.used.is_(None))
    if since is None:
        return connection.execute(unused.values(used=now)).rowcount
    done = 0
    for some in _parts(since.recovery_codes):
        used = unused.where(RECOVERY_CODE.c.digest.in_(some))
        done += connection.execute(used.values(used=now)).rowcount
    return done


def _block(connection: Connection, blocked: Sequence[tuple[str, int]]) -> int:
    """Block who was blocked since, by themselves or the help desk."""
    free = select(PERSON.c.guid).where(PERSON.c.blocked.is_(None))
    known = set(connection.execute(free).scalars())
    again = [(guid, at) for guid, at in blocked if guid in known]
    for guid, at in again:
        own = update(PERSON).where(PERSON.c.guid == guid)
        connection.execute(own.values(blocked=at))
    return len(again)


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE)]
