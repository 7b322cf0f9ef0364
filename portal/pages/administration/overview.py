"""A1: agents, resets, refusals and coverage, in figures that the server made."""

import time
from collections import Counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.audit.event import EventKind
from portal.database import figures
from portal.database.coverage import coverage
from portal.pages.page import moment
from portal.pages.staff.door import AUDITED, OVERVIEW, StaffDoor
from portal.services import Services
from portal.visits.administration.asked import asked_of
from portal.visits.staff.sessions import StaffMember
from wire.outcomes import Code

_DAY_S = 86_400
_DONE = frozenset({"ok", "partial"})
# what the rules say of a password: who typed it chooses another, nothing failed
_RULES = frozenset(
    {
        Code.TOO_SHORT,
        Code.NOT_COMPLEX,
        Code.IN_HISTORY,
        Code.TOO_YOUNG,
        Code.POLICY,
        Code.BANNED_PASSWORD,
    }
)
_MOST_CAUSES = 10


class OverviewPage:
    """Shows the last 24 hours."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services

    @property
    def routes(self) -> list[Route]:
        """The address of this page."""
        return [self._door.page(OVERVIEW, self.show, roles=AUDITED)]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show the figures."""
        services, now = self._services, self._services.clock()
        read, since = services.database.read, now - _DAY_S
        counted = await read(figures.outcomes, since)
        median = await read(figures.median_ms, since)
        covered = await read(coverage, asked_of(services), now)
        refused = _refused(counted)
        return self._door.show(
            request,
            member,
            "administration/overview",
            agents=self._agents(),
            done={
                str(kind): sum(counted[kind, code] for code in _DONE)
                for kind in (
                    EventKind.PASSWORD_RESET,
                    EventKind.PASSWORD_CHANGED,
                    EventKind.ACCOUNT_UNLOCKED,
                )
            },
            success=_success(counted),
            median=median,
            causes=refused.most_common(_MOST_CAUSES),
            refused=refused.total(),
            coverage=covered,
            now=moment(now),
        )

    def _agents(self) -> list[dict[str, object]]:
        now = time.monotonic()
        return [
            {
                "name": each.exchange.address.name,
                "domain": each.exchange.address.domain,
                "serves": each.serves(now),
                "paused": each.ready is not None and each.ready.paused,
                "failure": each.failure,
            }
            for each in self._services.agents.agents
        ]


def _refused(counted: Counter[tuple[EventKind, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_kind, code), count in counted.items():
        if code not in _DONE:
            found[code] += count
    return found


def _success(counted: Counter[tuple[EventKind, str]]) -> int | None:
    """Give how many of a hundred resets were done; None where there was none."""
    reset = EventKind.PASSWORD_RESET
    own = {
        code: count
        for (kind, code), count in counted.items()
        if kind is reset and code not in _RULES
    }
    total = sum(own.values())
    done = sum(own.get(code, 0) for code in _DONE)
    return round(100 * done / total) if total else None
