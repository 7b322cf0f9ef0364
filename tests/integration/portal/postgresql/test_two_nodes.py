"""Two nodes on one PostgreSQL: one chain of events, each message sent once."""

import asyncio
from collections import Counter

from portal.audit.event import Event, EventKind
from portal.database import budgets, events, visits
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.outbox import Message, Outbox
from portal.database.visits import NewVisit
from portal.housekeeping import Housekeeping
from portal.journeys.visit import VisitPurpose
from portal.keys.pepper import Pepper
from portal.keys.row_keys import RowKeys, new_key
from portal.limits.budget import Budget
from portal.settings import Retention

NOW, DAY = 1_800_000_000, 86_400
Nodes = tuple[Database, Database]


def _trail() -> Events:
    return Events(Pepper(b"k" * 32))


def _event(number: int, at: int = NOW) -> Event:
    return Event(
        EventKind.SIGNED_IN, at, f"visit-{number}", address="203.0.113.7", browser="é"
    )


async def test_events_are_numbered_without_a_gap(nodes: Nodes) -> None:
    trail = _trail()
    work = [
        nodes[number % 2].run(trail.append, _event(number)) for number in range(120)
    ]
    given = await asyncio.gather(*work)
    assert sorted(given) == list(range(1, 121))
    with nodes[1].begin() as connection:
        assert trail.first_broken(connection) is None
        assert [each.number for each in events.read(connection)] == sorted(given)


async def test_a_message_is_taken_by_one_node(nodes: Nodes) -> None:
    queue = Outbox(RowKeys.of(new_key()))
    with nodes[0].begin() as connection:
        for number in range(60):
            to = f"{number}@contoso.test"
            message = Message("mail", "code", None, to, "subject", "text")
            queue.put(connection, message, NOW, 600)

    async def empty(node: Database) -> list[str]:
        taken = []
        while queued := await node.run(queue.take, NOW + 1.0):
            taken.append(queued.message.to)
        return taken

    taken = await asyncio.gather(*(empty(nodes[each % 2]) for each in range(8)))
    counted = Counter(to for each in taken for to in each)
    assert len(counted) == 60
    assert set(counted.values()) == {1}


async def test_a_budget_is_one_for_both(nodes: Nodes) -> None:
    budget = Budget("a budget", 5, 3600.0)
    work = [
        nodes[number % 2].run(budgets.take, budget, "owner", float(NOW))
        for number in range(20)
    ]
    assert sum(await asyncio.gather(*work)) == 5


async def test_a_visit_goes_on_at_the_other_node(nodes: Nodes) -> None:
    visit = NewVisit(
        id="visit",
        reference="reference",
        purpose=VisitPurpose.FORGOTTEN,
        name_digest="name",
        browser=None,
        address="203.0.113.7",
        started=float(NOW),
        ends=NOW + 900.0,
    )
    await nodes[0].run(visits.add, visit)
    found = await nodes[1].run(visits.find, "visit")
    assert found is not None
    assert found.reference == "reference"
    closed = [each.run(visits.close, "visit", NOW + 1.0) for each in nodes]
    assert sorted(await asyncio.gather(*closed)) == [False, True]


async def test_both_keep_house_and_the_chain_holds(nodes: Nodes) -> None:
    trail = _trail()
    with nodes[0].begin() as connection:
        for day in range(450, 0, -1):
            trail.append(connection, _event(day, NOW - day * DAY))
    keepers = [
        Housekeeping(node, trail, Retention(), lambda: float(NOW)) for node in nodes
    ]
    appended = [
        nodes[number % 2].run(trail.append, _event(number)) for number in range(20)
    ]
    await asyncio.gather(*(each.once() for each in keepers), *appended)
    # who came second may have left all to who was at it
    await keepers[0].once()
    with nodes[1].begin() as connection:
        assert trail.first_broken(connection) is None
        left = [each.event for each in events.read(connection)]
    assert len(left) == 420
    assert [each.address for each in left].count("203.0.0.0/16") == 310


async def test_who_reads_writes_nothing(nodes: Nodes, postgresql: str) -> None:
    trail, reader = _trail(), Database(postgresql, reading=True)
    try:
        with nodes[0].begin() as connection:
            trail.append(connection, _event(1))
        with reader.begin() as connection:
            assert trail.first_broken(connection) is None
            assert (
                connection.exec_driver_sql("SHOW transaction_read_only").scalar()
                == "on"
            )
    finally:
        reader.close()
