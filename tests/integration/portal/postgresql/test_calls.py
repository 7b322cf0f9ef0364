"""Calls of the help desk on two nodes: pressed at both at once, it is one check."""

import asyncio

from sqlalchemy import Connection

from portal.database import visits
from portal.database.calls import Calls
from portal.database.engine import Database
from portal.database.visits import NewVisit
from portal.journeys.caller import Call, CallerCheck, CheckKind
from portal.journeys.visit import VisitPurpose
from portal.keys.pepper import Pepper, new_pepper
from portal.keys.row_keys import RowKeys, new_key

NOW = 1_800_000_000
CALL = Call(
    "c" * 43, "r" * 22, "h", "g", "corp", "anna", "Anna", "", "why", NOW + 900.0
)


async def test_a_check_and_its_confirmation_are_made_once(
    nodes: tuple[Database, Database],
) -> None:
    calls = Calls(RowKeys.of(new_key()), Pepper.of(new_pepper()))
    kind = CheckKind.IN_PERSON

    def begin(connection: Connection) -> None:
        visit = NewVisit(
            CALL.id,
            CALL.reference,
            VisitPurpose.HELP_DESK,
            "n" * 43,
            None,
            "",
            float(NOW),
            CALL.ends,
        )
        visits.add(connection, visit)
        calls.add(connection, CALL)

    await nodes[0].run(begin)
    noted = await asyncio.gather(
        *(node.run(calls.check, CALL, kind, NOW) for node in nodes)
    )
    assert sorted(noted) == [False, True]
    assert await nodes[1].run(calls.find, CALL.id) == CALL
    (waits,) = await nodes[1].run(calls.waiting, float(NOW))
    assert (waits.call, waits.kind) == (CALL, kind)
    confirmed = await asyncio.gather(
        *(
            node.run(calls.confirm, CALL, kind, f"second-{n}")
            for n, node in enumerate(nodes)
        )
    )
    assert sorted(confirmed) == [False, True]
    own = f"second-{confirmed.index(True)}"
    assert await nodes[0].run(calls.checks, CALL) == (CallerCheck(kind, own),)
