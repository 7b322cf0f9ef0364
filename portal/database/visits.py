"""Visits as the database keeps them, with the methods that were taken in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from portal.database.schema import JOURNEY, PERSON, TAKEN
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.visit import Visit, VisitPurpose

# made once: to build and name a statement costs three times what SQLite needs for it
_OWN = JOURNEY.c.id == bindparam("visit")
_IS_OPEN = JOURNEY.c.closed.is_(None) & (JOURNEY.c.ends > bindparam("now"))
_ADD = insert(JOURNEY)
_FIND = select(JOURNEY).where(_OWN)
_SETTLE = update(JOURNEY).where(_OWN & JOURNEY.c.looked_up.is_(None))
_CLAIM = (
    update(JOURNEY)
    .where(
        _OWN & _IS_OPEN,
        JOURNEY.c.claimed.is_(None) | (JOURNEY.c.claimed < bindparam("lost")),
        select(PERSON.c.guid)
        .where(PERSON.c.guid == JOURNEY.c.person, PERSON.c.blocked.is_(None))
        .exists(),
    )
    .values(claimed=bindparam("now"))
)
_CLOSE = (
    update(JOURNEY)
    .where(_OWN & JOURNEY.c.closed.is_(None))
    .values(closed=bindparam("now"))
)
_OF_VISIT = TAKEN.c.journey == bindparam("visit")
_TAKEN = select(TAKEN).where(_OF_VISIT)
_UNTAKE = delete(TAKEN).where(_OF_VISIT & (TAKEN.c.proof == bindparam("method")))
_TAKE = insert(TAKEN)


@dataclass(frozen=True)
class NewVisit:
    """A visit that begins; ids are hashes of what the browser holds."""

    id: str
    reference: str
    purpose: VisitPurpose
    name_digest: str
    browser: str | None
    address: str
    started: float
    ends: float


@dataclass(frozen=True)
class LookedUp:
    """What is known of a visit's person; `guid` is None of who can't use it."""

    domain: str
    agent: str | None
    guid: str | None
    asked: SelfServicePolicy | None
    locked: bool
    known_browser: bool


def add(connection: Connection, visit: NewVisit) -> None:
    """Begin a visit."""
    values = {**vars(visit), "purpose": str(visit.purpose), "domain": ""}
    connection.execute(_ADD, values)


def settle(connection: Connection, visit: str, found: LookedUp, now: float) -> None:
    """Note what the agent said of a visit's person, once."""
    asked = None if found.asked is None else found.asked.model_dump(mode="json")
    values = {
        "domain": found.domain,
        "agent": found.agent,
        "person": found.guid,
        "asked": {
            "policy": asked,
            "locked": found.locked,
            "known_browser": found.known_browser,
        },
        "looked_up": now,
    }
    connection.execute(_SETTLE, {"visit": visit, **values})


def renew(
    connection: Connection, visit: str, asked: SelfServicePolicy, now: float
) -> None:
    """Note what the agent says now of a visit's person."""
    same = JOURNEY.c.id == visit
    held = connection.scalar(select(JOURNEY.c.asked).where(same)) or {}
    renewed = {**held, "policy": asked.model_dump(mode="json")}
    values = {"asked": renewed, "looked_up": now}
    connection.execute(update(JOURNEY).where(same).values(**values))


def find(connection: Connection, visit: str) -> Visit | None:
    """Read a visit; None where there is none of this id."""
    row = connection.execute(_FIND, {"visit": visit}).first()
    return None if row is None else _visit(row)


def claim(connection: Connection, visit: str, now: float, lasting_s: float) -> bool:
    """Take an open visit to write for it; False where another node has it.

    Of somebody whose self-service was switched off meanwhile it can't be taken.
    """
    values = {"visit": visit, "now": now, "lost": now - lasting_s}
    return bool(connection.execute(_CLAIM, values).rowcount)


def is_claimed(connection: Connection, visit: str, now: float) -> bool:
    """Whether a node writes for a visit that is open."""
    claimed = select(JOURNEY.c.id).where(_OWN, _IS_OPEN, JOURNEY.c.claimed.is_not(None))
    found = connection.execute(claimed, {"visit": visit, "now": now})
    return found.first() is not None


def release(connection: Connection, visit: str) -> None:
    """Give a visit back where nothing was written: it may be tried again."""
    same = JOURNEY.c.id == visit
    connection.execute(update(JOURNEY).where(same).values(claimed=None))


def close(connection: Connection, visit: str, now: float) -> bool:
    """End a visit, once: False where it was ended before."""
    return bool(connection.execute(_CLOSE, {"visit": visit, "now": now}).rowcount)


def disown(connection: Connection, guid: str) -> None:
    """Make a person's visits such of nobody; what is being written now ends first.

    Not ended: whoever is in one before anything was proven sees no difference.
    """
    own = (JOURNEY.c.person == guid) & JOURNEY.c.closed.is_(None)
    idle = own & JOURNEY.c.claimed.is_(None)
    connection.execute(update(JOURNEY).where(idle).values(person=None))


@dataclass(frozen=True)
class TakenRow:
    """A method that was used right, as it is kept; `seal` says that we wrote it."""

    proof: str
    user_verified: bool
    at: int
    seal: str


def take(connection: Connection, visit: str, row: TakenRow) -> None:
    """Note a method that was used right; used again, it counts from now."""
    connection.execute(_UNTAKE, {"visit": visit, "method": row.proof})
    connection.execute(_TAKE, {"journey": visit, **vars(row)})


def taken(connection: Connection, visit: str) -> tuple[TakenRow, ...]:
    """Give the methods that were used right in a visit, as they are kept."""
    rows = connection.execute(_TAKEN, {"visit": visit})
    return tuple(
        TakenRow(row.proof, row.user_verified, row.at, row.seal) for row in rows
    )


def forget(connection: Connection, before: float) -> None:
    """Delete visits that ended before a time, with what was proven and sent in them."""
    connection.execute(delete(JOURNEY).where(JOURNEY.c.ends < before))


def _visit(row: Row[Any]) -> Visit:
    known: Mapping[str, Any] = row.asked or {}
    policy = known.get("policy")
    return Visit(
        id=row.id,
        reference=row.reference,
        purpose=VisitPurpose(row.purpose),
        name_digest=row.name_digest,
        domain=row.domain,
        agent=row.agent,
        guid=row.person,
        asked=None if policy is None else SelfServicePolicy.model_validate(policy),
        locked=bool(known.get("locked")),
        looked_up=row.looked_up,
        known_browser=bool(known.get("known_browser")),
        address=row.address,
        started=row.started,
        ends=row.ends,
        closed=row.closed,
        browser=row.browser,
    )
