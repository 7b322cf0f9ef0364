"""What every sign-in has: its limits, who is meant, what is answered, what is recorded.

Who is nobody, may not, or typed something wrong gets one answer, at the same tick.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.pool import NoAgent
from portal.audit.event import EventKind
from portal.database import budgets
from portal.journeys.entry import Entry
from portal.journeys.sign_in_name import compared, sign_in_name, user_claim
from portal.keys.pepper import Purpose
from portal.limits.budget import Budget
from portal.services import BrowserOrigin, Services
from portal.visits.notices import NAME_SIGNS, Notices
from wire.outcomes import Code


@dataclass(frozen=True)
class SignedIn:
    """It is them; `found` is the lookup, `domain` where they are.

    `record` is the agent's audit record of it.
    """

    domain: str
    found: Answer
    entry: Entry
    record: str


@dataclass(frozen=True)
class NotRight:
    """What was typed is not right, or this is not for them: not told apart."""


@dataclass(frozen=True)
class TooManyTries:
    """So many came from this browser or address that it waits (Unix seconds)."""

    until: float


@dataclass(frozen=True)
class NoService:
    """No agent can serve now."""


SignInOutcome = SignedIn | NotRight | TooManyTries | NoService


class SignIns:
    """What the ways to sign in have in common; budgets are of browser and address."""

    def __init__(
        self, services: Services, of_browser: Budget, of_address: Budget
    ) -> None:
        self._services, self._notices = services, Notices(services)
        self._budgets = of_address, of_browser

    async def refused(
        self, reference: str, origin: BrowserOrigin
    ) -> TooManyTries | None:
        """Count one more try; say until when there are none left."""
        until = await self._services.database.run(self._count, reference, origin)
        return None if until is None else TooManyTries(until)

    async def find(
        self, typed: str, purpose: str, reference: str, origin: BrowserOrigin
    ) -> tuple[str, Answer]:
        """Find whom a name means; BadName, NoAgent as `find_by`."""
        user = user_claim(sign_in_name(typed))
        return await self.find_by(user, purpose, reference, origin)

    async def find_by(
        self,
        user: dict[str, str],
        purpose: str,
        reference: str,
        origin: BrowserOrigin,
    ) -> tuple[str, Answer]:
        """Find who is meant, in the domains in their order; NoAgent: nobody answers.

        An answer that is not ok names nobody.
        """
        claims = requests.lookup(user, purpose, reference, origin.address)
        services, heard = self._services, False
        domains = services.settings.domains
        for domain, said in await services.agents.read_each(domains, claims):
            if said is None:
                continue
            answer, heard = said[0], True
            if answer.code is not Code.USER_NOT_FOUND:
                named = answer.person if answer.ok else None
                return domain, answer.model_copy(update={"person": named})
        if not heard:
            raise NoAgent("any")
        return "", Answer(code=Code.USER_NOT_FOUND)

    async def note_refused(
        self,
        typed: str,
        person: str | None,
        code: str,
        reference: str,
        origin: BrowserOrigin,
        *,
        by: str,
    ) -> None:
        """Record that it was not taken; of the name a part of its hash."""
        name = self._services.pepper.digest(Purpose.NAME, compared(sign_in_name(typed)))
        await self._services.database.run(
            self._notices.record,
            EventKind.SIGN_IN_REFUSED,
            reference,
            origin,
            person=person,
            code=code,
            name=name[:NAME_SIGNS],
            by=by,
        )

    def _count(
        self, connection: Connection, reference: str, origin: BrowserOrigin
    ) -> float | None:
        now, pepper = self._services.clock(), self._services.pepper
        browser = origin.device or f"address {origin.address}"
        owners = (origin.address, browser)
        for budget, owner in zip(self._budgets, owners, strict=True):
            digest = pepper.digest(Purpose.BUDGET, budget.name, owner)
            if not budgets.take(connection, budget, digest, now):
                self._notices.limit_reached(
                    connection, budget, digest, reference, origin
                )
                return now + budgets.wait(connection, budget, digest, now)
        return None
