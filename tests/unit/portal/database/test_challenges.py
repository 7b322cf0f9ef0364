"""A challenge is of one visit and one use, good once, until it is over."""

import pytest
from sqlalchemy import Connection

from portal.database import challenges, visits
from portal.database.challenges import ChallengeUse
from portal.database.visits import NewVisit
from portal.journeys.visit import VisitPurpose

PROVE, REGISTER = ChallengeUse.PROVE, ChallengeUse.REGISTER


@pytest.fixture(autouse=True)
def _visits(connection: Connection) -> None:
    for each in ("one", "two"):
        made = NewVisit(each, each, VisitPurpose.FORGOTTEN, "x", None, "", 0.0, 900.0)
        visits.add(connection, made)


def test_it_is_taken_once(connection: Connection) -> None:
    challenges.replace(connection, "one", PROVE, "first", 300)
    assert challenges.take(connection, "two", PROVE, 0) is None
    assert challenges.take(connection, "one", REGISTER, 0) is None
    assert challenges.take(connection, "one", PROVE, 0) == "first"
    assert challenges.take(connection, "one", PROVE, 0) is None


def test_the_one_of_before_is_over(connection: Connection) -> None:
    challenges.replace(connection, "one", PROVE, "first", 300)
    challenges.replace(connection, "one", PROVE, "second", 300)
    assert challenges.take(connection, "one", PROVE, 299) == "second"


def test_it_is_over_in_its_time(connection: Connection) -> None:
    challenges.replace(connection, "one", PROVE, "first", 300)
    assert challenges.take(connection, "one", PROVE, 300) is None
