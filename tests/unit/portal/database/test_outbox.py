"""The queue of messages: sealed, for one node each, taken again where one died."""

from base64 import b64encode

import pytest
from sqlalchemy import Connection, select, update

from portal.database import outbox
from portal.database.outbox import Message, Outbox
from portal.database.schema import OUTBOX
from portal.keys.row_keys import RowKeys
from wire.secret import Secret

WORDS = ("anna@example.org", "A code", "Your code is 12345678", "<p>12345678</p>")
MESSAGE = Message("mail", "code", None, *WORDS)


@pytest.fixture
def queue() -> Outbox:
    return Outbox(RowKeys.of(Secret(b64encode(b"k" * 32).decode())))


def test_one_is_taken_by_one_node(connection: Connection, queue: Outbox) -> None:
    queue.put(connection, MESSAGE, 0.0, 600)
    taken = queue.take(connection, 0.0)
    assert taken is not None
    assert (taken.message, taken.tries) == (MESSAGE, 1)
    assert queue.take(connection, 100.0) is None
    again = queue.take(connection, 121.0)  # who took it died
    assert again is not None
    assert (again.id, again.tries) == (taken.id, 2)


def test_what_was_sent_is_forgotten(connection: Connection, queue: Outbox) -> None:
    queue.put(connection, MESSAGE, 0.0, 600)
    taken = queue.take(connection, 0.0)
    assert taken is not None
    outbox.mark_sent(connection, taken.id, 1.0)
    assert queue.take(connection, 500.0) is None
    assert connection.scalar(select(OUTBOX.c.message)) == b""


def test_what_failed_is_tried_when_it_is_due(
    connection: Connection, queue: Outbox
) -> None:
    queue.put(connection, MESSAGE, 0.0, 600)
    taken = queue.take(connection, 0.0)
    assert taken is not None
    outbox.mark_failed(connection, taken.id, "the server is away", 60.0)
    assert queue.take(connection, 59.0) is None
    assert queue.take(connection, 60.0) is not None


def test_what_is_over_is_not_sent(connection: Connection, queue: Outbox) -> None:
    queue.put(connection, MESSAGE, 0.0, 600)
    assert queue.take(connection, 600.0) is None
    outbox.forget(connection, 601.0)
    assert connection.scalar(select(OUTBOX.c.id)) is None


def test_nothing_of_it_can_be_read(connection: Connection, queue: Outbox) -> None:
    queue.put(connection, MESSAGE, 0.0, 600)
    kept = connection.scalar(select(OUTBOX.c.message))
    assert kept is not None
    assert not [each for each in WORDS if each.encode() in kept]
    assert not [each for each in WORDS if each in repr(MESSAGE)]
    connection.execute(update(OUTBOX).values(id="another"))
    assert queue.take(connection, 0.0) is None


def test_a_clock_that_was_far_ahead_holds_no_message_back(
    connection: Connection, queue: Outbox
) -> None:
    year = 365 * 86_400.0
    queue.put(connection, MESSAGE, year, 600)
    taken = queue.take(connection, year)  # its node died, and the clock was put right
    assert taken is not None
    again = queue.take(connection, 0.0)
    assert again is not None
    assert again.id == taken.id
    outbox.mark_failed(connection, again.id, "away", 5.0)
    assert queue.take(connection, 4.0) is None
    assert queue.take(connection, 5.0) is not None
    outbox.mark_failed(connection, again.id, "refused", float("inf"))
    assert queue.take(connection, 6.0) is None
