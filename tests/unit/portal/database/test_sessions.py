"""A session ends by time, by signing out, and with all others of a person."""

from typing import Any

import pytest
from sqlalchemy import Connection

from portal.database import people, sessions
from portal.database.sessions import Session
from tests.unit.portal.database.conftest import GUID


@pytest.fixture
def session(connection: Connection) -> Session:
    known: dict[str, Any] = {
        "id": "one",
        "person": GUID,
        "epoch": 0,
        "roles": ("help_desk",),
        "started": 0,
        "sign_in": b"sealed",
        "seen": 0,
        "ends": 900,
        "browser": None,
        "address": "192.0.2.7",
    }
    made = Session(**known)
    sessions.add(connection, made)
    return made


def test_it_ends_in_its_time(connection: Connection, session: Session) -> None:
    assert sessions.find(connection, "one", 899) == session
    assert sessions.find(connection, "one", 900) is None
    assert sessions.find(connection, "two", 0) is None
    sessions.forget_ended(connection, 900)
    assert sessions.find(connection, "one", 0) is None


def test_signing_out_ends_it(connection: Connection, session: Session) -> None:
    sessions.end(connection, session.id)
    assert sessions.find(connection, "one", 0) is None


def test_who_is_blocked_is_signed_out(connection: Connection, session: Session) -> None:
    people.block(connection, GUID, 5)
    assert sessions.find(connection, session.id, 0) is None


def test_one_that_a_clock_ahead_began_has_ended(
    connection: Connection, session: Session
) -> None:
    assert sessions.find(connection, "one", -30) == session
    assert sessions.find(connection, "one", -3 * 3600) is None
