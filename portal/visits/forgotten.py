"""A visit that begins with a name, and always goes on: of who forgot their password.

And of who works here and has not signed in yet.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, visits
from portal.database.visits import NewVisit
from portal.journeys.sign_in_name import compared, sign_in_name
from portal.journeys.visit import LIFETIME_S, SeenVisit, Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.limits.budget import NAMES_OF_ADDRESS
from portal.services import BrowserOrigin, Services
from portal.visits.lookup import Lookups
from portal.visits.notices import NAME_SIGNS, Notices
from portal.visits.proven import proven


@dataclass(frozen=True)
class Begun:
    """A visit began; `cookie` is what the browser keeps of it."""

    cookie: str


@dataclass(frozen=True)
class TooManyNames:
    """So many names came from this address that it waits; `until` in Unix seconds."""

    until: float


class Forgotten:
    """Begins visits and finds them again."""

    def __init__(
        self,
        services: Services,
        lookups: Lookups,
        hashed: Purpose = Purpose.JOURNEY,
    ) -> None:
        """Find visits by cookies that are hashed for a purpose of their own."""
        self._services, self._lookups, self._hashed = services, lookups, hashed
        self._notices = Notices(services)

    async def begin(
        self, typed: str, purpose: VisitPurpose, origin: BrowserOrigin
    ) -> Begun | TooManyNames:
        """Begin a visit for a name; BadName where nobody can have it."""
        name, services = sign_in_name(typed), self._services
        cookie, reference = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        own_id, now = self.id_of(cookie), services.clock()
        visit = NewVisit(
            id=own_id,
            reference=reference,
            purpose=purpose,
            name_digest=services.pepper.digest(Purpose.NAME, compared(name)),
            browser=origin.device,
            address=origin.address,
            started=now,
            ends=now + LIFETIME_S,
        )
        until = await services.database.run(self._add, visit, origin)
        if until is not None:
            return TooManyNames(until)
        self._lookups.begin(own_id, reference, name, origin, purpose)
        return Begun(cookie)

    def id_of(self, cookie: str) -> str:
        """Give the id of the visit that a browser's cookie means."""
        return self._services.pepper.digest(self._hashed, cookie)

    async def find(self, cookie: str | None) -> Visit | None:
        """Give the visit of a cookie where it is there; it may have ended."""
        if not cookie:
            return None
        return await self._services.database.look(visits.find, self.id_of(cookie))

    async def seen(self, cookie: str | None) -> SeenVisit | None:
        """Give the visit of a cookie with what was proven in it, read at once."""
        if not cookie:
            return None
        services, own_id = self._services, self.id_of(cookie)

        def read(connection: Connection) -> SeenVisit | None:
            visit = visits.find(connection, own_id)
            if visit is None:
                return None
            taken = proven(services, connection, visit.id, visit.guid)
            return SeenVisit(visit, taken)

        return await services.database.look(read)

    async def settled(self, visit: Visit) -> Visit:
        """Give a visit when it is known whom it is about."""
        return await self._lookups.settled(visit.id) or visit

    def _add(
        self, connection: Connection, visit: NewVisit, origin: BrowserOrigin
    ) -> float | None:
        pepper, now = self._services.pepper, visit.started
        owner = pepper.digest(Purpose.BUDGET, NAMES_OF_ADDRESS.name, origin.address)
        if not budgets.take(connection, NAMES_OF_ADDRESS, owner, now):
            self._notices.limit_reached(
                connection, NAMES_OF_ADDRESS, owner, visit.reference, origin
            )
            return now + budgets.wait(connection, NAMES_OF_ADDRESS, owner, now)
        visits.add(connection, visit)
        self._notices.record(
            connection,
            EventKind.VISIT_BEGUN,
            visit.reference,
            origin,
            purpose=str(visit.purpose),
            name=visit.name_digest[:NAME_SIGNS],
        )
        return None
