"""Forgets what is old, by the settings: visits, codes, messages, addresses, events.

It runs in the server, once an hour on one node of all; a part at a time, so that nobody
waits for it.
"""

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portal.database import (
    budgets,
    device_grants,
    events,
    not_me_codes,
    outbox,
    sessions,
    visits,
)
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.sign_in import provider_sign_ins, registration_codes
from portal.settings import Retention

LOG = logging.getLogger("portal.housekeeping")
_PERIOD_S = 3600.0
_DAY_S = 86_400
_AT_ONCE = 500
_LOCK = 0x57524855  # of PostgreSQL: who keeps house


class Housekeeping:
    """Keeps house in one database; `clock` gives Unix seconds."""

    def __init__(
        self,
        database: Database,
        trail: Events,
        retention: Retention,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._events = database, trail
        self._retention, self._clock = retention, clock

    async def run(self) -> None:
        """Keep house now and once an hour, until cancelled."""
        while True:
            try:
                await self.once()
            except SQLAlchemyError as error:
                # what it was asked with may be a person's
                LOG.error("it can't be kept house: %s", type(error).__name__)
            await asyncio.sleep(_PERIOD_S)

    async def once(self) -> None:
        """Forget what is old now."""
        for part in (self._rows, self._addresses, self._old_events):
            while await self._database.run(self._alone, part):
                pass

    def _alone(
        self, connection: Connection, part: Callable[[Connection], bool]
    ) -> bool:
        """Do one part where no other node is at it; True where more is to do."""
        if connection.dialect.name == "postgresql":
            free = connection.scalar(
                text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}
            )
            if not free:
                return False
        return part(connection)

    def _rows(self, connection: Connection) -> bool:
        now = self._clock()
        before = now - self._retention.visits_days * _DAY_S
        visits.forget(connection, before)
        outbox.forget(connection, before)
        sessions.forget_ended(connection, int(now))
        device_grants.forget_ended(connection, now)
        registration_codes.forget_ended(connection, int(now))
        provider_sign_ins.forget_ended(connection, int(now))
        budgets.forget_full(connection, now)
        not_me_codes.forget_ended(connection, now)
        return False

    def _addresses(self, connection: Connection) -> bool:
        before = int(self._clock()) - self._retention.addresses_days * _DAY_S
        done = events.shorten_addresses(connection, before, _AT_ONCE)
        return done == _AT_ONCE

    def _old_events(self, connection: Connection) -> bool:
        before = int(self._clock()) - self._retention.events_days * _DAY_S
        return self._events.drop_before(connection, before, _AT_ONCE) == _AT_ONCE
