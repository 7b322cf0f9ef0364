"""People who registered, as the database keeps them; of others there is no row."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, fields

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from portal.database.schema import BROWSER, PERSON


@dataclass(frozen=True)
class RegisteredPerson:
    """One who registered, or began to; times are in Unix seconds.

    `epoch` is counted up to make what was signed in before worthless; `blocked` since
    when self-service is off for them, by themselves or the help desk.
    """

    guid: str
    domain: str
    name: str
    upn: str
    language: str
    registered: int | None
    confirmed: int | None
    blocked: int | None
    epoch: int

    def is_of(self, domain: str, served: Container[str]) -> bool:
        """Whether an agent of a domain may speak for them.

        Theirs may, and another where theirs is no more among those that are served.
        """
        return self.domain == domain or self.domain not in served


_FIELDS = tuple(each.name for each in fields(RegisteredPerson))
_MOST_KEY = 256
# made once (`portal.database.visits`)
_FIND = select(PERSON).where(PERSON.c.guid == bindparam("own"))
_THEIR_BROWSER = (BROWSER.c.id == bindparam("cookie")) & (
    BROWSER.c.person == bindparam("own")
)
_FORGET = delete(BROWSER).where(_THEIR_BROWSER)
_KNOW = insert(BROWSER)
_KNOWS = (
    select(BROWSER.c.id)
    .join(PERSON, PERSON.c.guid == BROWSER.c.person)
    .where(_THEIR_BROWSER, BROWSER.c.epoch == PERSON.c.epoch)
)


def find(connection: Connection, guid: str) -> RegisteredPerson | None:
    """Read a person; None where nobody of this objectGUID registered."""
    row = connection.execute(_FIND, {"own": guid}).first()
    return None if row is None else _person(row)


def save(
    connection: Connection,
    guid: str,
    *,
    domain: str,
    name: str,
    upn: str,
    language: str,
) -> RegisteredPerson:
    """Note who somebody is, as the directory says now."""
    values = {
        "domain": domain,
        "name": name,
        "upn": upn,
        "language": language,
        "name_key": key(name or upn),
        "upn_key": key(upn),
    }
    known = PERSON.c.guid == guid
    if not connection.execute(update(PERSON).where(known).values(**values)).rowcount:
        connection.execute(insert(PERSON).values(guid=guid, epoch=0, **values))
    return _person(connection.execute(select(PERSON).where(known)).one())


def named(connection: Connection, upn: str) -> str | None:
    """Give the objectGUID of a sign-in name; None where nobody has it."""
    return connection.scalar(select(PERSON.c.guid).where(PERSON.c.upn_key == key(upn)))


def names(connection: Connection, guids: Iterable[str]) -> dict[str, str]:
    """Give the sign-in names of people, or their names."""
    rows = connection.execute(
        select(PERSON.c.guid, PERSON.c.upn, PERSON.c.name).where(
            PERSON.c.guid.in_(list(guids))
        )
    )
    return {row.guid: row.upn or row.name for row in rows}


def registered(connection: Connection, guids: Iterable[str]) -> set[str]:
    """Give those of some people who registered."""
    own = PERSON.c.guid.in_(list(guids)) & PERSON.c.registered.is_not(None)
    return set(connection.scalars(select(PERSON.c.guid).where(own)))


def key(text: str) -> str:
    """Give a name as it is searched and sorted by, whatever case it is typed in."""
    return text.casefold()[:_MOST_KEY]


def mark_registered(connection: Connection, guid: str, now: int) -> bool:
    """Note that somebody has what they need; True at the first time."""
    first = (PERSON.c.guid == guid) & PERSON.c.registered.is_(None)
    began = connection.execute(update(PERSON).where(first).values(registered=now))
    return bool(began.rowcount)


def mark_confirmed(connection: Connection, guid: str, now: int) -> None:
    """Note that somebody said: all of these are still mine."""
    connection.execute(
        update(PERSON).where(PERSON.c.guid == guid).values(confirmed=now)
    )


def must_register(connection: Connection, guid: str) -> None:
    """Make somebody one who did not register, whoever is signed in as them."""
    values = {"registered": None, "confirmed": None, "epoch": PERSON.c.epoch + 1}
    connection.execute(update(PERSON).where(PERSON.c.guid == guid).values(**values))


def block(connection: Connection, guid: str, now: int | None) -> None:
    """Switch self-service off for somebody since `now`, or on again with None.

    Whoever is signed in as them, and each browser that is known, is so no more.
    """
    values = {"blocked": now, "epoch": PERSON.c.epoch + 1}
    connection.execute(update(PERSON).where(PERSON.c.guid == guid).values(**values))


def browsers(connection: Connection, guid: str) -> tuple[str, ...]:
    """Give the browsers that somebody used, by the hashes of their cookies."""
    own = select(BROWSER.c.id).where(BROWSER.c.person == guid)
    return tuple(connection.scalars(own))


def know_browser(
    connection: Connection, browser: str, person: RegisteredPerson, now: int
) -> None:
    """Remember that a person used a browser, by the hash of its cookie."""
    forget_browser(connection, browser, person.guid)
    values = {"id": browser, "person": person.guid, "epoch": person.epoch}
    connection.execute(_KNOW, {**values, "since": now, "seen": now})


def knows_browser(connection: Connection, browser: str | None, guid: str) -> bool:
    """Whether a person used a browser before, since all were made worthless."""
    values = {"cookie": browser, "own": guid}
    return connection.execute(_KNOWS, values).first() is not None


def forget_browser(connection: Connection, browser: str, guid: str) -> None:
    """Forget that a person used a browser."""
    connection.execute(_FORGET, {"cookie": browser, "own": guid})


def _person(row: Row[tuple[object, ...]]) -> RegisteredPerson:
    held = dict(row._mapping)
    return RegisteredPerson(**{name: held[name] for name in _FIELDS})
