"""The audit's chain: nothing is changed or left out unseen, old parts may go."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, delete, select, update

from portal.audit.event import Event, EventKind, shortened
from portal.database import events
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.schema import EVENT, SETTING
from portal.keys.pepper import Pepper
from tests.fixtures.portal.tables import put_tables

ADDRESS = "203.0.113.77"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(put_tables(tmp_path))
    with database.begin() as connection:
        yield connection
    database.close()


@pytest.fixture
def trail(connection: Connection) -> Events:
    trail = Events(Pepper(b"k" * 32))
    for number in range(1, 11):
        event = Event(
            kind=EventKind.METHOD_REFUSED,
            at=1000 * number,
            reference=f"visit-{number}",
            person="00000000-0000-4000-8000-000000000001",
            detail={"method": "totp"},
            address=ADDRESS,
            browser="a browser",
        )
        trail.append(connection, event)
    return trail


def test_a_kind_of_a_later_version_is_read_as_it_is(
    connection: Connection, trail: Events
) -> None:
    """Nodes of two versions share the audit while they are upgraded one by one."""
    kind = EventKind("of_a_later_version")
    trail.append(connection, Event(kind, 11_000, "visit-11", address=ADDRESS))
    assert trail.first_broken(connection) is None
    found = [each.event.kind for each in events.read(connection)][-1]
    assert found == "of_a_later_version"
    assert f"{found}" == "of_a_later_version"
    assert found not in {*EventKind}


@pytest.mark.parametrize("kind", ["", "A kind", "x" * 65, "a\nb", 7])
def test_what_is_no_kind_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid EventKind"):
        EventKind(kind)


def _number(number: int) -> ColumnElement[bool]:
    return EVENT.c.number == number


def test_a_chain_is_whole(connection: Connection, trail: Events) -> None:
    assert trail.first_broken(connection) is None
    assert [each.number for each in events.read(connection)] == list(range(1, 11))


@pytest.mark.parametrize(
    "change",
    [
        {"at": 4001},
        {"kind": "password_reset"},
        {"person": None},
        {"detail": {"method": "email"}},
        {"code": "ok"},
        {"browser": "another"},
        {"address": "203.0.113.78"},
        {"address": "198.51.0.0/16", "address_key": None},
        {"address_hash": "x" * 43},
    ],
)
def test_what_is_changed_breaks_it(
    connection: Connection, trail: Events, change: dict[str, object]
) -> None:
    connection.execute(update(EVENT).where(_number(4)).values(**change))
    assert trail.first_broken(connection) == 4


def test_what_is_left_out_breaks_it(connection: Connection, trail: Events) -> None:
    connection.execute(delete(EVENT).where(_number(6)))
    assert trail.first_broken(connection) == 7


def test_who_has_no_key_makes_no_chain(connection: Connection, trail: Events) -> None:
    """Who writes the database chains events anew, with a key of their own."""
    kept = [each.event for each in events.read(connection)][:5]
    connection.execute(delete(EVENT))
    for event in kept:
        Events(Pepper(b"x" * 32)).append(connection, event)
    assert trail.first_broken(connection) == 1


def test_it_holds_after_the_oldest_are_dropped(
    connection: Connection, trail: Events
) -> None:
    assert trail.drop_before(connection, 4000, most=2) == 2
    assert trail.drop_before(connection, 4000, most=2) == 1
    assert trail.drop_before(connection, 4000, most=2) == 0
    assert next(events.read(connection)).number == 4
    assert trail.first_broken(connection) is None
    connection.execute(delete(EVENT).where(_number(4)))
    assert trail.first_broken(connection) == 5


def test_it_goes_on_after_all_were_dropped(
    connection: Connection, trail: Events
) -> None:
    trail.drop_before(connection, 1_000_000, most=100)
    event = Event(EventKind.SIGNED_IN, 20_000, "visit-11")
    assert trail.append(connection, event) == 11
    assert trail.first_broken(connection) is None


def test_no_anchor_is_made_without_the_key(
    connection: Connection, trail: Events
) -> None:
    """Who writes the database drops the oldest events, and says that it was the age."""
    trail.drop_before(connection, 2000, most=100)
    fourth = connection.scalar(select(EVENT.c.digest).where(_number(4)))
    connection.execute(delete(EVENT).where(EVENT.c.number <= 4))
    value = {"number": 4, "digest": fourth, "proof": "x" * 43}
    connection.execute(update(SETTING).values(value=value))
    assert trail.first_broken(connection) == 5


def test_it_holds_where_addresses_were_shortened(
    connection: Connection, trail: Events
) -> None:
    assert events.shorten_addresses(connection, 5000, most=3) == 3
    assert events.shorten_addresses(connection, 5000, most=3) == 1
    assert events.shorten_addresses(connection, 5000, most=3) == 0
    left = [each.event.address for each in events.read(connection)]
    assert left == ["203.0.0.0/16"] * 4 + [ADDRESS] * 6
    assert trail.first_broken(connection) is None
    keys = select(EVENT.c.address_key).where(EVENT.c.number <= 4)
    assert set(connection.scalars(keys)) == {None}


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("203.0.113.77", "203.0.0.0/16"),
        ("203.0.0.0/16", "203.0.0.0/16"),
        ("2001:db8:1:2::", "2001:db8::/32"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_address_is_shortened(address: str, left: str) -> None:
    assert shortened(address) == left


def test_it_is_read_a_page_at_a_time(connection: Connection, trail: Events) -> None:
    for number in range(1500):
        event = Event(EventKind.SIGNED_IN, number, "visit")
        trail.append(connection, event)
    read = [each.number for each in events.read(connection, after=5, most=1400)]
    assert read == list(range(6, 1406))
