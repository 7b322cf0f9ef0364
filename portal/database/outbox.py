"""Messages that are to be sent: sealed, kept until they were, for one node each."""

import json
import logging
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Float,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from portal.database.schema import OUTBOX
from portal.keys.row_keys import RowKeys, Unsealable

LOG = logging.getLogger("portal.database")
MAIL, SMS = "mail", "sms"  # the channels
_TAKEN_S = 120.0  # a node that took one and died: another goes on after this
_LONGEST_WAIT_S = 3600.0  # longer than anybody lets one wait
_NEVER = 1e15  # what is never tried again is due later than this
_NOW = bindparam("now", type_=Float)
_TAKEN, _DUE = OUTBOX.c.taken, OUTBOX.c.due
# no node has it, or none that says so still; clocks are put back too
_FREE = _TAKEN.is_(None) | (_TAKEN < _NOW - _TAKEN_S) | (_TAKEN > _NOW + _TAKEN_S)
# its time has come, or is one that a clock far ahead gave it
_IS_DUE = (_DUE <= _NOW) | ((_DUE > _NOW + _LONGEST_WAIT_S) & (_DUE < _NEVER))
# made once (`portal.database.visits`): it is asked for twice a second
_FIRST = (
    select(OUTBOX)
    .where(
        OUTBOX.c.sent.is_(None),
        OUTBOX.c.channel == bindparam("of"),
        OUTBOX.c.ends > _NOW,
        _FREE,
        _IS_DUE,
    )
    .order_by(_DUE)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TAKE = update(OUTBOX).where(OUTBOX.c.id == bindparam("own"))


@dataclass(frozen=True)
class Message:
    """One message to one address; the words may hold a code."""

    channel: str
    kind: str
    person: str | None
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False, default="")


@dataclass(frozen=True)
class Queued:
    """A message in the queue; times are in Unix seconds."""

    id: str
    message: Message
    tries: int
    ends: int


@dataclass(frozen=True)
class Failing:
    """Messages of one way that wait since they failed; `failure` is the last answer."""

    channel: str
    count: int
    failure: str


class Outbox:
    """Puts messages in the queue and takes them out with the keys that seal them."""

    def __init__(self, keys: RowKeys) -> None:
        self._keys = keys

    def put(
        self, connection: Connection, message: Message, now: float, lifetime_s: float
    ) -> str:
        """Queue a message, give its id; it is sent in its lifetime, or not at all."""
        own_id = str(uuid.uuid4())
        words = [message.to, message.subject, message.text, message.html]
        connection.execute(
            insert(OUTBOX).values(
                id=own_id,
                channel=message.channel,
                kind=message.kind,
                person=message.person,
                message=self._keys.seal(json.dumps(words), f"outbox:{own_id}"),
                created=int(now),
                ends=int(now + lifetime_s),
                due=now,
                tries=0,
            )
        )
        return own_id

    def take(
        self, connection: Connection, now: float, channel: str = MAIL
    ) -> Queued | None:
        """Take the message of a channel that is due first; None where none is.

        Another node takes it again where this one does not say what became of it.
        """
        asked = {"of": channel, "now": now}
        while (row := connection.execute(_FIRST, asked).first()) is not None:
            tries = row.tries + 1
            connection.execute(_TAKE, {"own": row.id, "taken": now, "tries": tries})
            message = self._opened(row)
            if message is not None:
                return Queued(row.id, message, tries, row.ends)
            mark_failed(connection, row.id, "it was not sealed here", float("inf"))
        return None

    def _opened(self, row: Row[Any]) -> Message | None:
        """Open a message; None where it was sealed by no key of ours."""
        try:
            sealed = self._keys.open(row.message, f"outbox:{row.id}")
        except Unsealable as error:
            LOG.error("a message is left out: %s", error)
            return None
        to, subject, text, html = json.loads(sealed)
        return Message(row.channel, row.kind, row.person, to, subject, text, html)


def became(connection: Connection, own_id: str) -> bool | None:
    """Say whether a message was sent at the last try; None where none was made yet."""
    columns = (OUTBOX.c.sent, OUTBOX.c.failure)
    row = connection.execute(select(*columns).where(OUTBOX.c.id == own_id)).first()
    if row is None or row.sent is not None:
        return row is not None
    return None if row.failure is None else False


def mark_sent(connection: Connection, own_id: str, now: float) -> None:
    """Note that a message was sent; its words are forgotten."""
    values = {"sent": int(now), "message": b"", "failure": None, "taken": None}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == own_id).values(**values))


def mark_failed(connection: Connection, own_id: str, failure: str, due: float) -> None:
    """Note why a message was not sent, and when it is tried again."""
    values = {"failure": failure, "due": due, "taken": None}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == own_id).values(**values))


def forget(connection: Connection, before: float) -> None:
    """Delete what ended before a time."""
    connection.execute(delete(OUTBOX).where(OUTBOX.c.ends < before))


def failing(connection: Connection, now: float, waits_s: float) -> list[Failing]:
    """Give the ways on which messages wait for so many seconds, as they failed."""
    waiting = (
        OUTBOX.c.sent.is_(None)
        & (OUTBOX.c.ends > now)
        & OUTBOX.c.failure.is_not(None)
        & (OUTBOX.c.created < now - waits_s)
    )
    rows = connection.execute(
        select(OUTBOX.c.channel, func.count(), func.max(OUTBOX.c.failure))
        .where(waiting)
        .group_by(OUTBOX.c.channel)
        .order_by(OUTBOX.c.channel)
    )
    return [Failing(*row) for row in rows]


def waiting(connection: Connection, now: float) -> list[Failing]:
    """Give for each way how many messages wait, with the last failure of one."""
    rows = connection.execute(
        select(OUTBOX.c.channel, func.count(), func.max(OUTBOX.c.failure))
        .where(OUTBOX.c.sent.is_(None), OUTBOX.c.ends > now)
        .group_by(OUTBOX.c.channel)
        .order_by(OUTBOX.c.channel)
    )
    return [Failing(channel, count, failure or "") for channel, count, failure in rows]
