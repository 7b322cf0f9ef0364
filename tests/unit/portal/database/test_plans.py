"""With 20 000 people and 100 000 events no list of administrators reads a table whole.

The plan is looked at, and not the time: a page costs what it shows.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, insert, text

from portal.audit.event import EventKind
from portal.database import event_search, figures
from portal.database.coverage import Asked
from portal.database.engine import Database
from portal.database.event_search import EventSearch
from portal.database.migrations import migrate
from portal.database.people_list import (
    PeopleOrder,
    PeopleSearch,
    PeopleState,
    Place,
    people_list,
    people_statement,
)
from portal.database.schema import EVENT, PERSON, PROOF
from wire.self_service.proof_kind import ProofKind

PEOPLE, EVENTS = 20_000, 100_000
NOW, DAY = 1_800_000_000, 86_400
ASKED = [Asked("contoso", 2, tuple(ProofKind), True, 180)]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("many") / "portal.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    dice = random.Random(14)  # noqa: S311 - people, and no secrets
    with database.begin() as connection:
        connection.execute(insert(PERSON), [_person(n) for n in range(PEOPLE)])
        connection.execute(insert(PROOF), [_proof(n) for n in range(PEOPLE)])
        connection.execute(
            insert(EVENT), [_event(n, dice) for n in range(1, EVENTS + 1)]
        )
        yield connection
    database.close()


def _person(number: int) -> dict[str, Any]:
    name, upn = f"Person {number:05}", f"p{number:05}@contoso.test"
    return {
        "guid": f"guid-{number:05}",
        "domain": "contoso",
        "name": name,
        "upn": upn,
        "language": "en",
        "registered": NOW - number * 100,
        "epoch": 0,
        "name_key": name.casefold(),
        "upn_key": upn,
    }


def _proof(number: int) -> dict[str, Any]:
    return {
        "id": f"proof-{number:05}",
        "person": f"guid-{number:05}",
        "kind": "passkey" if number % 2 else "totp",
        "label": "",
        "secret": b"",
        "salt": b"",
        "counter": 0,
        "registered": NOW,
    }


def _event(number: int, dice: random.Random) -> dict[str, Any]:
    kind = dice.choice([*EventKind])
    return {
        "number": number,
        "at": NOW - (EVENTS - number) * 30,
        "kind": str(kind),
        "reference": f"visit-{number // 5}",
        "person": f"guid-{dice.randrange(PEOPLE):05}",
        "code": dice.choice(["ok", "ok", "too_short", "in_history", ""]),
        "detail": {"ms": dice.randrange(200, 900)},
        "address": f"192.0.{number % 250}.{number // 250 % 250}",
        "browser": "a browser",
        "address_hash": "h",
        "digest": "d",
    }


def plan(connection: Connection, statement: Select[Any]) -> list[str]:
    """Give the plan of a statement: what SQLite reads, and by which index."""
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.execute(
        text(f"EXPLAIN QUERY PLAN {compiled}".replace(":", "\\:"))
    )
    return [row.detail for row in rows]


def _sees_by_index(connection: Connection, statement: Select[Any]) -> None:
    steps = plan(connection, statement)
    assert not [step for step in steps if step.startswith("SCAN")], steps
    assert not [step for step in steps if "TEMP B-TREE FOR ORDER" in step], steps


@pytest.mark.parametrize(
    "wanted",
    [
        EventSearch(person="guid-00007"),
        EventSearch(kind="password_reset"),
        EventSearch(code="too_short"),
        EventSearch(address="192.0.7.7"),
        EventSearch(reference="visit-77"),
        EventSearch(kind="password_reset", code="too_short"),
        EventSearch(person="guid-00007", kind="password_reset", code="ok"),
    ],
)
def test_events_are_found_by_an_index(
    connection: Connection, wanted: EventSearch
) -> None:
    _sees_by_index(connection, event_search.statement(wanted))
    first = event_search.newest(connection, wanted, before=None, most=5)
    assert first or len(wanted.given) == 3
    for each in first:
        event = each.event
        assert all(
            str(getattr(event, name)) == value for name, value in wanted.given.items()
        )


def test_all_events_are_walked_by_their_number(connection: Connection) -> None:
    steps = plan(connection, event_search.statement(EventSearch()))
    # the rows lie in the order of their number: fifty are read, and no more
    assert steps == ["SCAN event"]
    assert "ORDER" not in "".join(steps)


def test_pages_of_events_are_one_list(connection: Connection) -> None:
    wanted, seen, before = EventSearch(kind="blocked"), [], None
    while found := event_search.newest(connection, wanted, before=before, most=1000):
        seen += [each.number for each in found]
        before = found[-1].number
    forward: list[int] = []
    while rows := event_search.oldest(
        connection, wanted, after=forward[-1] if forward else 0, most=1000
    ):
        forward += [each.number for each in rows]
    assert seen == forward[::-1]
    assert len(seen) == len(set(seen)) > 1000


@pytest.mark.parametrize("order", [*PeopleOrder])
@pytest.mark.parametrize("state", [*PeopleState])
@pytest.mark.parametrize("after", [None, Place("5", "guid-00005")])
def test_people_are_listed_by_an_index(
    connection: Connection, order: PeopleOrder, state: PeopleState, after: Place | None
) -> None:
    search = PeopleSearch("person 00", state, order)
    _sees_by_index(
        connection, people_statement(search, ASKED, after=after, most=51, now=NOW)
    )


@pytest.mark.parametrize("order", [*PeopleOrder])
def test_pages_of_people_are_one_list(
    connection: Connection, order: PeopleOrder
) -> None:
    seen: list[str] = []
    after: Place | None = None
    search = PeopleSearch("person", PeopleState.NOT_CAPABLE, order)
    while found := people_list(
        connection, search, ASKED, after=after, most=997, now=NOW
    ):
        seen += [each.guid for each in found]
        after = found[-1].place
    assert len(seen) == len(set(seen)) == PEOPLE // 2


def test_figures_are_of_the_day_alone(connection: Connection) -> None:
    counted = figures.outcomes(connection, NOW - DAY)
    assert 0 < counted.total() < DAY // 30
    steps = connection.exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT kind, code, count(*) FROM event"
        " WHERE kind IN ('password_reset') AND at >= 1799913600 GROUP BY kind, code"
    )
    assert "SEARCH event USING INDEX ix_event_kind_at" in steps.all()[0].detail
    assert 200 <= (figures.median_ms(connection, NOW - DAY) or 0) <= 900
