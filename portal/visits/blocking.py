"""Switches self-service off for a person: by themselves, or by the help desk; and on.

Whoever says "this wasn't me" proves nothing but that they read a mail or are signed in:
their methods may be a thief's by now. What it does is safe all the same: nobody gets in
by it, and the help desk ends it once it knows who calls.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import (
    budgets,
    not_me_codes,
    people,
    sessions,
    visits,
)
from portal.database.sign_in import registration_codes
from portal.keys.pepper import Purpose
from portal.limits.budget import NOT_ME_OF_ADDRESS
from portal.methods import not_me_code
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.notices import Notices


@dataclass(frozen=True)
class Blocked:
    """Self-service is off for them now; `reference` is what the help desk asks for."""

    reference: str


@dataclass(frozen=True)
class BadCode:
    """The code is none, or its time is over: not told apart."""


@dataclass(frozen=True)
class TooManyCodes:
    """So many came from this address that it waits; `until` in Unix seconds."""

    until: float


class Blocking:
    """Blocks and clears."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def by_code(
        self, typed: str, origin: BrowserOrigin
    ) -> Blocked | BadCode | TooManyCodes:
        """Take the code of a mail; it may be typed again, which does nothing more."""
        return await self._services.database.run(self._by_code, typed, origin)

    async def by_account(self, account: Account, origin: BrowserOrigin) -> Blocked:
        """Block who is signed in, as they ask for."""
        guid = account.person.guid
        run = self._services.database.run
        return await run(self._by_person, guid, "account", origin)

    def block(
        self,
        connection: Connection,
        guid: str,
        origin: BrowserOrigin,
        *,
        by: str,
        reference: str,
        actor: str | None = None,
        **detail: Any,
    ) -> None:
        """Block a person, `by` mail, account or help_desk; who is blocked stays so.

        Their sessions, known browsers, open visits and registration code are worth
        nothing any more.
        """
        person = people.find(connection, guid)
        if person is None or person.blocked is not None:
            return
        people.block(connection, guid, int(self._services.clock()))
        sessions.end_all(connection, guid)
        visits.disown(connection, guid)
        kind = EventKind.BLOCKED
        self._notices.record(
            connection,
            kind,
            reference,
            origin,
            person=guid,
            actor=actor,
            by=by,
            **detail,
        )
        if registration_codes.withdraw(connection, guid):
            kind = EventKind.REGISTRATION_CODE_WITHDRAWN
            self._notices.record(
                connection, kind, reference, origin, person=guid, actor=actor
            )
        named = {"reference": reference, "by": by}
        self._notices.tell(connection, guid, "blocked", origin, by_code=False, **named)

    def clear(
        self,
        connection: Connection,
        guid: str,
        origin: BrowserOrigin,
        *,
        reference: str,
        actor: str | None,
        **detail: Any,
    ) -> None:
        """Switch self-service on again; what was mailed before blocks no more."""
        person = people.find(connection, guid)
        if person is None or person.blocked is None:
            return
        people.block(connection, guid, None)
        not_me_codes.forget_of(connection, guid)
        kind = EventKind.UNBLOCKED
        self._notices.record(
            connection, kind, reference, origin, person=guid, actor=actor, **detail
        )
        self._notices.tell(connection, guid, "unblocked", origin)

    def _by_code(
        self, connection: Connection, typed: str, origin: BrowserOrigin
    ) -> Blocked | BadCode | TooManyCodes:
        services, now = self._services, self._services.clock()
        budget, pepper = NOT_ME_OF_ADDRESS, services.pepper
        owner = pepper.digest(Purpose.BUDGET, budget.name, origin.address)
        if not budgets.take(connection, budget, owner, now):
            reference = secrets.token_urlsafe(16)
            self._notices.limit_reached(connection, budget, owner, reference, origin)
            return TooManyCodes(now + budgets.wait(connection, budget, owner, now))
        digest = pepper.digest(Purpose.NOT_ME, not_me_code.typed(typed))
        guid = not_me_codes.person_of(connection, digest, now)
        if guid is None:
            return BadCode()
        return self._by_person(connection, guid, "mail", origin)

    def _by_person(
        self, connection: Connection, guid: str, by: str, origin: BrowserOrigin
    ) -> Blocked:
        reference = secrets.token_urlsafe(16)
        self.block(connection, guid, origin, by=by, reference=reference)
        return Blocked(reference)
