"""Looks the audit of some days through, for one page at a time; kept for a while."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import Connection

from portal.database import events
from portal.review.finding import DAY_S, Finding, Limits
from portal.review.patterns import review
from portal.services import Services

_MOST_EVENTS = 200_000
_KEPT_S = 120.0


class Reviews:
    """Reviews at most once in two minutes for each number of days."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._one = asyncio.Lock()
        self._kept: dict[int, tuple[float, list[Finding]]] = {}

    async def of_days(self, days: int) -> list[Finding]:
        """Give what asks for a look, what was seen last first."""
        async with self._one:
            now = self._services.clock()
            at, found = self._kept.get(days, (0.0, []))
            if not 0 <= now - at < _KEPT_S:
                since = int(now) - days * DAY_S
                zone = self._services.templates.zone
                offset = datetime.fromtimestamp(now, zone).utcoffset()
                night = Limits(
                    utc_offset_s=int((offset or timedelta()).total_seconds())
                )
                found = await self._services.database.read(_reviewed, since, night)
                self._kept[days] = (now, found)
        return found[::-1]


def _reviewed(connection: Connection, since: int, limits: Limits) -> list[Finding]:
    """Review what came since a time."""
    after = events.last_before(connection, since)
    newest = events.newest_number(connection)
    # of a flood the last events
    after = max(after, newest - _MOST_EVENTS)
    return review(events.read(connection, after, _MOST_EVENTS), limits)
