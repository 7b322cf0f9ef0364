"""Registration codes: made for one person, shown once, good once to sign in with.

Who gives one made sure of the person by other means. It lets them register verification
methods, also anew where all were lost, and nothing else: no reset follows from it.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.pool import NoAgent
from portal.audit.event import EventKind
from portal.database import people
from portal.database.outbox import Message
from portal.database.people import RegisteredPerson
from portal.database.sign_in import registration_codes
from portal.database.sign_in.registration_codes import RegistrationCode
from portal.journeys.entry import CODE, ByCode, Helper
from portal.journeys.role import roles_of
from portal.journeys.sign_in_name import BadName
from portal.keys.pepper import Purpose
from portal.limits.budget import (
    REGISTRATION_CODES_OF_ADDRESS,
    REGISTRATION_CODES_OF_BROWSER,
)
from portal.methods import paper_code
from portal.services import BrowserOrigin, Services
from portal.visits.account import CODE_SESSION_S
from portal.visits.notices import Notices
from portal.visits.sign_in import (
    NoService,
    NotRight,
    SignedIn,
    SignInOutcome,
    SignIns,
)

USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 60, 10, 30 * 24 * 60
# as long an agent takes what a helper proved (docs/wire.md, "Receipts")
_HELPER_S = 8 * 3600


@dataclass(frozen=True)
class MadeCode:
    """A code as it is shown once, and until when it is good (Unix seconds)."""

    text: str = field(repr=False)
    ends: int


Mailed = Callable[[MadeCode], Message]


class RegistrationCodes:
    """Makes codes, withdraws them, and signs in who has one."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._sign_ins = SignIns(
            services, REGISTRATION_CODES_OF_BROWSER, REGISTRATION_CODES_OF_ADDRESS
        )

    async def find(
        self, typed: str, reference: str, origin: BrowserOrigin
    ) -> tuple[str, Answer]:
        """Find whom a code would be for, and their domain; BadName, NoAgent."""
        return await self._sign_ins.find(typed, "register", reference, origin)

    async def make(
        self,
        guid: str,
        domain: str,
        *,
        minutes: int,
        helper: Helper | None,
        origin: BrowserOrigin,
        reference: str,
        mailed: Mailed | None = None,
    ) -> MadeCode:
        """Make a code in place of one before; `helper` is None of the owner's command.

        `mailed` makes the mail that takes it to somebody else. A helper's ends no later
        than agents take what the helper proved. ValueError where it would be good for
        fewer than 10 minutes, or more than 30 days.
        """
        now, text = int(self._services.clock()), paper_code.new_code()
        code = RegistrationCode(
            person=guid,
            digest=self._digest(guid, text),
            domain=domain,
            made=now,
            ends=_end(now, minutes, helper),
            helper=helper,
        )
        made = MadeCode(text, code.ends)
        letter = None if mailed is None else mailed(made)
        await self._services.database.run(self._make, code, origin, reference, letter)
        return made

    async def withdraw(
        self, guid: str, origin: BrowserOrigin, reference: str, *, actor: str | None
    ) -> bool:
        """Make a code worthless; False where there is none. `actor` is who did it."""
        work = self._services.database.run
        return await work(self._withdraw, guid, origin, reference, actor)

    async def sign_in(
        self, typed: str, code: str, reference: str, origin: BrowserOrigin
    ) -> SignInOutcome:
        """Sign somebody in by name and code, once."""
        refused = await self._sign_ins.refused(reference, origin)
        if refused is not None:
            return refused
        try:
            domain, answer = await self.find(typed, reference, origin)
        except BadName:
            return NotRight()
        except NoAgent:
            await self._refuse(typed, None, "no_agent", reference, origin)
            return NoService()
        work = self._services.database.run
        redeemed = work(self._redeem, domain, answer, origin, typed=code)
        entry = await asyncio.shield(redeemed)
        if entry is None:
            guid = None if answer.person is None else answer.person.guid
            why = "wrong_code" if answer.ok else str(answer.code)
            await self._refuse(typed, guid, why, reference, origin)
            return NotRight()
        return SignedIn(domain, answer, entry, answer.id)

    async def _refuse(
        self,
        typed: str,
        person: str | None,
        code: str,
        reference: str,
        origin: BrowserOrigin,
    ) -> None:
        note = self._sign_ins.note_refused
        await note(typed, person, code, reference, origin, by=CODE)

    def _make(
        self,
        connection: Connection,
        code: RegistrationCode,
        origin: BrowserOrigin,
        reference: str,
        letter: Message | None,
    ) -> None:
        services, keys = self._services, self._services.row_keys
        if letter is not None:
            now = services.clock()
            services.outbox.put(connection, letter, now, code.ends - now)
        replaced = registration_codes.replace(connection, keys, code)
        self._notices.record(
            connection,
            EventKind.REGISTRATION_CODE_MADE,
            reference,
            origin,
            person=code.person,
            actor=None if code.helper is None else code.helper.guid,
            ends=code.ends,
            replaced=replaced,
            **({} if code.helper is None else {"reason": code.helper.reason}),
            **({} if letter is None else {"sent_to": "manager"}),
        )
        self._notices.tell(connection, code.person, "registration_code_made", origin)

    def _withdraw(
        self,
        connection: Connection,
        guid: str,
        origin: BrowserOrigin,
        reference: str,
        actor: str | None,
    ) -> bool:
        if not registration_codes.withdraw(connection, guid):
            return False
        kind = EventKind.REGISTRATION_CODE_WITHDRAWN
        self._notices.record(
            connection, kind, reference, origin, person=guid, actor=actor
        )
        return True

    def _redeem(
        self,
        connection: Connection,
        domain: str,
        found: Answer,
        origin: BrowserOrigin,
        *,
        typed: str,
    ) -> ByCode | None:
        """Use a code up; of nobody the same is read, and compared."""
        now = self._services.clock()
        guid = str(uuid.uuid4()) if found.person is None else found.person.guid
        keys = self._services.row_keys
        code = registration_codes.find(connection, keys, guid, now)
        person = people.find(connection, guid)
        expected = "" if code is None else code.digest
        right = self._services.pepper.matches(
            expected, Purpose.REGISTRATION_CODE, guid, paper_code.typed(typed)
        )
        if code is None or not right or not self._counts(code, domain, found, person):
            return None
        if not registration_codes.take(connection, code):
            return None
        self._notices.tell(connection, guid, "registration_code_used", origin)
        return ByCode(int(now), code.helper)

    def _counts(
        self,
        code: RegistrationCode,
        domain: str,
        found: Answer,
        person: RegisteredPerson | None,
    ) -> bool:
        """Whether a right code is good for who was found, there, now."""
        asked, served = found.self_service, self._services.settings.domains
        # who has a role registers also where self-service is not for them
        if asked is None or not (asked.eligible or roles_of(asked.roles)):
            return False
        if code.helper is None and not asked.registration.portal_codes:
            return False
        if code.domain != domain and code.domain in served:
            return False
        return person is None or (
            person.blocked is None and person.is_of(domain, served)
        )

    def _digest(self, guid: str, text: str) -> str:
        typed = paper_code.typed(text)
        return self._services.pepper.digest(Purpose.REGISTRATION_CODE, guid, typed)


def helper_of(guid: str, reason: str, taken: requests.Taken) -> Helper:
    """Name who gives a code, with what they proved who they are by."""
    return Helper(guid, reason, tuple(requests.methods(taken)))


def _end(now: int, minutes: int, helper: Helper | None) -> int:
    """Say until when a code is good; ValueError where that is too short or long."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise ValueError(f"from {LEAST_MINUTES} to {MOST_MINUTES} minutes")
    ends = now + minutes * 60
    if helper is None:
        return ends
    proven_at = min((int(each["at"]) for each in helper.methods), default=0)
    # who comes with it at its end still registers
    ends = min(ends, proven_at + _HELPER_S - CODE_SESSION_S)
    if ends < now + LEAST_MINUTES * 60:
        raise ValueError("the helper proved who they are too long ago")
    return ends
