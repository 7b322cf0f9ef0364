"""Takes a directory password: to sign in here, or to change it. The agent tries it.

The portal holds a password for one request. Who is nobody, may not, or typed another
password gets one answer, at the same tick; the agent never tries so often that an
account is locked, and the portal counts by browser and address before it.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import OutcomeUnknown
from portal.agents.pool import NoAgent
from portal.agents.relay_http import NoAnswer
from portal.audit.event import EventKind
from portal.database import people, sessions
from portal.journeys.entry import PASSWORD, ByPassword
from portal.journeys.sign_in_name import BadName
from portal.limits.budget import PASSWORDS_OF_ADDRESS, PASSWORDS_OF_BROWSER
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.sign_in import (
    NoService,
    NotRight,
    SignedIn,
    SignInOutcome,
    SignIns,
    TooManyTries,
)
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
class Changed:
    """The directory answered a change: done, or why not."""

    answer: Answer


@dataclass(frozen=True)
class ChangeNotKnown:
    """The passwords were sent and nobody said what became of it."""


_ChangeOutcome = Changed | ChangeNotKnown | NotRight | NoService


class PasswordSignIn:
    """Tries passwords at the agents."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._sign_ins = SignIns(services, PASSWORDS_OF_BROWSER, PASSWORDS_OF_ADDRESS)

    async def sign_in(
        self, typed: str, password: Secret, reference: str, origin: BrowserOrigin
    ) -> SignInOutcome:
        """Try a password, so that somebody signs in here."""
        refused = await self._sign_ins.refused(reference, origin)
        if refused is not None:
            return refused
        person = None
        try:
            find = self._sign_ins.find
            domain, found = await find(typed, "register", reference, origin)
            is_blocked = await self._is_blocked(found)
            if found.person is not None and password and not is_blocked:
                person = found.person.guid
                user = requests.by_guid(person)
                claims = requests.authenticate(
                    user, password, reference, origin.address
                )
                answer, _ = await self._services.agents.read(domain, claims)
            else:
                await self._ask_as_often(typed, "register", reference, origin)
                answer = found.model_copy(update={"code": _refusal(found)})
        except BadName:
            return NotRight()
        except NoAgent:
            await self._note_refused(typed, person, "no_agent", reference, origin)
            return NoService()
        if answer.code is Code.OK:
            token = None if answer.sign_in is None else Secret(answer.sign_in)
            return SignedIn(domain, found, ByPassword(token), answer.id)
        code = "blocked" if is_blocked else str(answer.code)
        await self._note_refused(typed, person, code, reference, origin)
        return NotRight() if answer.code in ALIKE else NoService()

    async def change(
        self,
        typed: str,
        old: Secret,
        new: Secret,
        reference: str,
        origin: BrowserOrigin,
    ) -> Changed | ChangeNotKnown | NotRight | TooManyTries | NoService:
        """Change a password by the one of before; an expired one is good for that."""
        refused = await self._sign_ins.refused(reference, origin)
        if refused is not None:
            return refused
        try:
            domain, found = await self._sign_ins.find(
                typed, "change", reference, origin
            )
        except BadName:
            return NotRight()
        except NoAgent:
            await self._note_refused(typed, None, "no_agent", reference, origin)
            return NoService()
        is_blocked = await self._is_blocked(found)
        if found.person is None or not old or is_blocked:
            await self._services.agents.chosen(self._services.settings.domains[0])
            await self._ask_as_often(typed, "change", reference, origin)
            code = "blocked" if is_blocked else str(_refusal(found))
            await self._note_refused(typed, None, code, reference, origin)
            return NotRight()
        guid = found.person.guid
        claims = requests.change(
            requests.by_guid(guid), old, new, reference, origin.address
        )
        outcome, answer, code = await self._changed(domain, claims)
        work = self._services.database.run(
            self._note_change, guid, answer, reference, origin, code=code
        )
        await asyncio.shield(work)
        return outcome

    async def _is_blocked(self, found: Answer) -> bool:
        """Whether self-service is off for who was found; asked of nobody as well."""
        guid = "" if found.person is None else found.person.guid
        known = await self._services.database.run(people.find, guid)
        return known is not None and known.blocked is not None

    async def _ask_as_often(
        self, typed: str, purpose: str, reference: str, origin: BrowserOrigin
    ) -> None:
        """Ask once more about nobody: of somebody the agent tries a password now."""
        with contextlib.suppress(NoAgent):
            await self._sign_ins.find(typed, purpose, reference, origin)

    async def _changed(
        self, domain: str, claims: dict[str, Any]
    ) -> tuple[_ChangeOutcome, Answer | None, str]:
        """Send a change; give what the page says, and for the audit what it was."""
        agent = await self._services.agents.chosen(domain)
        if agent is None:
            return NoService(), None, "no_agent"
        try:
            answer = await agent.ask(claims, _WRITE_S)
        except NoAnswer:
            return NoService(), None, "no_agent"
        except OutcomeUnknown:
            return ChangeNotKnown(), None, str(Code.UNKNOWN_RESULT)
        if answer.code is Code.UNKNOWN_RESULT:
            return ChangeNotKnown(), answer, str(answer.code)
        outcome = NotRight() if answer.code in ALIKE else Changed(answer)
        return outcome, answer, str(answer.code)

    async def _note_refused(
        self,
        typed: str,
        person: str | None,
        code: str,
        reference: str,
        origin: BrowserOrigin,
    ) -> None:
        work = self._sign_ins.note_refused
        await work(typed, person, code, reference, origin, by=PASSWORD)

    def _note_change(
        self,
        connection: Connection,
        guid: str,
        answer: Answer | None,
        reference: str,
        origin: BrowserOrigin,
        *,
        code: str,
    ) -> None:
        """Record what became of a change, and tell the person where it is done."""
        own = reference if answer is None or not answer.id else answer.id
        self._notices.record(
            connection,
            EventKind.PASSWORD_CHANGED,
            own,
            origin,
            person=guid,
            code=code,
            visit=reference,
        )
        if answer is not None and answer.code in (Code.OK, Code.PARTIAL):
            # who signed in with the password of before may be somebody else
            sessions.end_all(connection, guid)
            self._notices.tell(connection, guid, "change", origin, reference=own)


def _refusal(found: Answer) -> Code:
    """Say why nobody was asked: who is not found, or a password that is empty."""
    return Code.WRONG_PASSWORD if found.person is not None else found.code
