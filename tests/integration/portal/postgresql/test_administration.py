"""What administrators look at is the same on PostgreSQL, and told once on two nodes."""

import asyncio

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from portal.audit.event import Event, EventKind
from portal.database import administrator_notices as notices
from portal.database import event_search, figures, outbox, people, visits
from portal.database.coverage import Asked, coverage
from portal.database.engine import Database
from portal.database.event_search import EventSearch
from portal.database.events import Events
from portal.database.people_list import (
    PeopleOrder,
    PeopleSearch,
    PeopleState,
    Place,
    people_list,
)
from portal.database.schema import PERSON, PROOF
from portal.keys.pepper import Pepper
from wire.self_service.proof_kind import ProofKind

NOW = 1_800_000_000
PEOPLE = 130
ASKED = [Asked("contoso", 2, tuple(ProofKind), True, 180)]
Nodes = tuple[Database, Database]


def _fill(database: Database) -> None:
    with database.begin() as connection:
        for number in range(PEOPLE):
            people.save(
                connection,
                f"guid-{number:03}",
                domain="contoso",
                name=f"Ärmel {number:03}",
                upn=f"p{number:03}@contoso.test",
                language="en",
            )
            registered = {"registered": NOW - number}
            own = PERSON.c.guid == f"guid-{number:03}"
            connection.execute(PERSON.update().where(own).values(**registered))
            if number % 2:
                values = {"id": f"proof-{number}", "person": f"guid-{number:03}"}
                connection.execute(
                    insert(PROOF).values(
                        **values,
                        kind="passkey",
                        label="",
                        secret=b"",
                        salt=b"",
                        counter=0,
                        registered=NOW,
                    )
                )


@pytest.mark.parametrize("order", [*PeopleOrder])
async def test_people_are_one_list(nodes: Nodes, order: PeopleOrder) -> None:
    _fill(nodes[0])
    seen: list[str] = []
    after: Place | None = None
    search = PeopleSearch("ÄRMEL", PeopleState.NOT_CAPABLE, order)
    while found := await nodes[1].read(
        people_list, search, ASKED, after=after, most=20, now=NOW
    ):
        seen += [each.guid for each in found]
        after = found[-1].place
    assert len(seen) == len(set(seen)) == PEOPLE // 2
    counted = await nodes[1].read(coverage, ASKED, NOW)
    assert (counted.known, counted.capable) == (PEOPLE, PEOPLE // 2)
    for state in PeopleState:
        search = PeopleSearch("", state, order)
        await nodes[1].read(people_list, search, ASKED, after=None, most=20, now=NOW)


async def test_events_are_searched_and_counted(nodes: Nodes) -> None:
    trail = Events(Pepper(b"k" * 32))
    with nodes[0].begin() as connection:
        for number in range(40):
            code = "ok" if number % 4 else "too_short"
            event = Event(
                EventKind.PASSWORD_RESET, NOW, f"a-{number}", "guid", None, code,
                {"ms": 100 + number}, "203.0.113.7",
            )  # fmt: skip
            trail.append(connection, event)
    wanted = EventSearch(person="guid", code="too_short", kind="password_reset")
    found = await nodes[1].read(event_search.newest, wanted, before=20, most=3)
    assert [each.number for each in found] == [17, 13, 9]
    counted = await nodes[1].read(figures.outcomes, NOW - 60)
    assert counted[EventKind.PASSWORD_RESET, "too_short"] == 10
    assert 100 <= (await nodes[1].read(figures.median_ms, NOW - 60) or 0) <= 140
    assert await nodes[1].read(outbox.failing, NOW, 600) == []


async def test_who_reads_writes_nothing(nodes: Nodes) -> None:
    with pytest.raises(DBAPIError):
        await nodes[0].read(people.block, "guid", NOW)


async def test_a_state_is_told_by_one_node(nodes: Nodes) -> None:
    told = await asyncio.gather(
        *(
            nodes[number % 2].run(notices.is_first, "new_agent", "one", NOW)
            for number in range(20)
        )
    )
    assert told.count(True) == 1


async def test_notices_of_an_hour_are_counted_by_all_nodes(nodes: Nodes) -> None:
    sent = await asyncio.gather(
        *(
            nodes[number % 2].run(notices.may_send, "not_me", 5, NOW)
            for number in range(20)
        )
    )
    assert sent.count(True) == 5
    held = await nodes[1].run(notices.take_held_back, NOW + 3600)
    assert [each.held for each in held] == [15]


async def test_a_blocked_person_is_written_for_by_no_node(nodes: Nodes) -> None:
    _fill(nodes[0])
    with nodes[0].begin() as connection:
        people.block(connection, "guid-001", NOW)
        visits.disown(connection, "guid-001")
        assert not visits.claim(connection, "nothing", NOW, 100)
