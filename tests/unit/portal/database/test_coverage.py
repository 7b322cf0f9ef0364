"""The counts of coverage follow the rule of proof_worth, and read indexes alone."""

from itertools import chain, combinations

import pytest
from sqlalchemy import Connection, delete, insert, select

from portal.database import people
from portal.database.coverage import Asked, capable, coverage
from portal.database.schema import PERSON, PROOF
from tests.unit.portal.database.conftest import GUID
from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import UsedMethod, worth

NOW, DAY = 1_800_000_000, 86_400
ASKED = Asked("contoso", 2, tuple(ProofKind), True, 180)


def _add(
    connection: Connection, kinds: tuple[ProofKind, ...], guid: str = GUID
) -> None:
    for number, kind in enumerate(kinds):
        connection.execute(
            insert(PROOF).values(
                id=f"{guid[-6:]}-{number}",
                person=guid,
                kind=str(kind),
                label="",
                secret=b"",
                salt=b"",
                counter=0,
                registered=NOW,
            )
        )


@pytest.mark.parametrize("passkey_alone", [True, False])
@pytest.mark.parametrize("needed", [1, 2, 3])
def test_what_is_counted_is_the_rule_of_the_wire(
    connection: Connection, needed: int, *, passkey_alone: bool
) -> None:
    """For every set of kinds that somebody may have, some of them twice."""
    asked = Asked("contoso", needed, tuple(ProofKind), passkey_alone, 0)
    sets = chain.from_iterable(combinations(ProofKind, n) for n in range(7))
    for kinds in sets:
        connection.execute(delete(PROOF))
        _add(connection, (*kinds, *kinds[:1]))
        used = [
            UsedMethod(kind, str(number), kind is ProofKind.PASSKEY)
            for number, kind in enumerate((*kinds, *kinds[:1]))
        ]
        counted = connection.scalar(
            select(capable([asked])).where(PERSON.c.guid == GUID)
        )
        rule = worth(used, passkey_alone=passkey_alone) >= needed
        assert bool(counted) is rule, kinds


def test_kinds_that_are_asked_for_no_more_do_not_count(connection: Connection) -> None:
    _add(connection, (ProofKind.TOTP, ProofKind.SMS))
    asked = Asked("contoso", 2, (ProofKind.TOTP, ProofKind.EMAIL), True, 0)
    assert coverage(connection, [asked], NOW).capable == 0


def test_people_are_counted(connection: Connection) -> None:
    for number, (registered, confirmed, blocked) in enumerate(
        [
            (None, None, None),
            (NOW, None, NOW),
            (NOW - 200 * DAY, None, None),
            (NOW - 200 * DAY, NOW - 10 * DAY, None),
        ]
    ):
        guid = f"person-{number}"
        people.save(
            connection,
            guid,
            domain="contoso",
            name="n",
            upn=f"u{number}",
            language="en",
        )
        values = {"registered": registered, "confirmed": confirmed, "blocked": blocked}
        connection.execute(
            PERSON.update().where(PERSON.c.guid == guid).values(**values)
        )
    _add(connection, (ProofKind.TOTP, ProofKind.EMAIL), "person-3")
    found = coverage(connection, [ASKED], NOW)
    assert vars(found) == {
        "known": 5,
        "registered": 3,
        "capable": 1,
        "due": 1,
        "blocked": 1,
    }
    assert coverage(connection, [], NOW).capable == 0
