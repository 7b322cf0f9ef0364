"""Takes a directory password: to sign in here, or to change it. The agent tries it.

The portal holds a password for one request. Who is nobody, may not, or typed another
password gets one answer, at the same tick; the agent never tries so often that an
account is locked, and the portal counts by browser and address before it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange, OutcomeUnknown
from portal.agents.pool import NoAgent
from portal.agents.relay_http import NoAnswer
from portal.database import budgets
from portal.journeys.sign_in_name import BadName, sign_in_name, user_claim
from portal.keys.pepper import Purpose
from portal.limits.budget import PASSWORDS_OF_ADDRESS, PASSWORDS_OF_BROWSER
from portal.services import BrowserOrigin, Services
from wire.outcomes import Code
from wire.secret import Secret

_WRITE_S = 20.0
# what must not be told apart: whether a name exists, may, is locked, has this password
ALIKE = frozenset(
    {
        Code.USER_NOT_FOUND,
        Code.SEVERAL_USERS,
        Code.NOT_IN_SCOPE,
        Code.NOT_ELIGIBLE,
        Code.PROTECTED_ACCOUNT,
        Code.EXCLUDED_ACCOUNT,
        Code.WRONG_PASSWORD,
        Code.ACCOUNT_LOCKED,
        Code.ACCOUNT_DISABLED,
        Code.ACCOUNT_EXPIRED,
        Code.TOO_MANY,
        Code.PERMISSION_DENIED,
    }
)


@dataclass(frozen=True)
class SignedIn:
    """The password is theirs; `found` is the lookup, `domain` where they are."""

    domain: str
    found: Answer
    state: Answer


@dataclass(frozen=True)
class NotRight:
    """Name or password is not right, or this is not for them: not told apart."""


@dataclass(frozen=True)
class TooManyPasswords:
    """So many were tried from this browser or address that it waits (Unix seconds)."""

    until: float


@dataclass(frozen=True)
class NoService:
    """No agent can serve now."""


@dataclass(frozen=True)
class Changed:
    """The directory answered a change: done, or why not."""

    answer: Answer


@dataclass(frozen=True)
class ChangeNotKnown:
    """The passwords were sent and nobody said what became of it."""


class PasswordSignIn:
    """Tries passwords at the agents."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def sign_in(
        self, typed: str, password: Secret, reference: str, origin: BrowserOrigin
    ) -> SignedIn | NotRight | TooManyPasswords | NoService:
        """Try a password, so that somebody signs in here."""
        refused = await self._refused(origin)
        if refused is not None:
            return refused
        try:
            domain, found = await self._find(typed, "register", reference, origin)
            if found is None or found.person is None or not password:
                return NotRight()
            user = requests.by_guid(found.person.guid)
            claims = requests.authenticate(user, password, reference, origin.address)
            answer, _ = await self._services.agents.read(domain, claims)
        except (BadName, NoAgent) as error:
            return NotRight() if isinstance(error, BadName) else NoService()
        if answer.code is not Code.OK:
            return NotRight() if answer.code in ALIKE else NoService()
        return SignedIn(domain, found, answer)

    async def change(
        self,
        typed: str,
        old: Secret,
        new: Secret,
        reference: str,
        origin: BrowserOrigin,
    ) -> Changed | ChangeNotKnown | NotRight | TooManyPasswords | NoService:
        """Change a password by the one of before; an expired one is good for that."""
        refused = await self._refused(origin)
        if refused is not None:
            return refused
        try:
            domain, found = await self._find(typed, "change", reference, origin)
        except (BadName, NoAgent) as error:
            return NotRight() if isinstance(error, BadName) else NoService()
        if found is None or found.person is None or not old:
            return NotRight()
        user = requests.by_guid(found.person.guid)
        claims = requests.change(user, old, new, reference, origin.address)
        return await self._changed(domain, claims)

    async def _changed(
        self, domain: str, claims: dict[str, Any]
    ) -> Changed | ChangeNotKnown | NotRight | NoService:
        agent = self._first(domain)
        if agent is None:
            return NoService()
        try:
            answer = await agent.ask(claims, _WRITE_S)
        except NoAnswer:
            return NoService()
        except OutcomeUnknown:
            return ChangeNotKnown()
        if answer.code is Code.UNKNOWN_RESULT:
            return ChangeNotKnown()
        return NotRight() if answer.code in ALIKE else Changed(answer)

    def _first(self, domain: str) -> AgentExchange | None:
        serving = self._services.agents.serving(domain)
        return serving[0].exchange if serving else None

    async def _find(
        self, typed: str, purpose: str, reference: str, origin: BrowserOrigin
    ) -> tuple[str, Answer | None]:
        """Find who is meant, in the domains in their order; NoAgent: nobody answers."""
        user = user_claim(sign_in_name(typed))
        claims = requests.lookup(user, purpose, reference, origin.address)
        heard = False
        for domain in self._services.settings.domains:
            try:
                answer, _ = await self._services.agents.read(domain, claims)
            except NoAgent:
                continue
            heard = True
            if answer.code is not Code.USER_NOT_FOUND:
                return domain, answer if answer.ok else None
        if not heard:
            raise NoAgent("any")
        return "", None

    async def _refused(self, origin: BrowserOrigin) -> TooManyPasswords | None:
        until = await self._services.database.run(self._count, origin)
        return None if until is None else TooManyPasswords(until)

    def _count(self, connection: Connection, origin: BrowserOrigin) -> float | None:
        now, pepper = self._services.clock(), self._services.pepper
        browser = origin.device or f"address {origin.address}"
        for budget, owner in (
            (PASSWORDS_OF_ADDRESS, origin.address),
            (PASSWORDS_OF_BROWSER, browser),
        ):
            digest = pepper.digest(Purpose.BUDGET, budget.name, owner)
            if not budgets.take(connection, budget, digest, now):
                return now + budgets.wait(connection, budget, digest, now)
        return None
