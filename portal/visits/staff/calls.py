"""A call to the help desk: found by the exact name, then the caller is verified.

The agent says who is meant and whether this helper may help them. What it says of the
person is kept for nobody's eyes until the caller proved who they are.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.pool import NoAgent
from portal.agents.requests import Helper
from portal.audit.event import EventKind
from portal.database import budgets, people, visits
from portal.database.calls import Calls, Waiting
from portal.database.visits import LookedUp, NewVisit
from portal.journeys.caller import (
    LIFETIME_S,
    Call,
    CallerCheck,
    CheckKind,
    VerifiedCaller,
    verified,
)
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.sign_in_name import compared, sign_in_name, user_claim
from portal.journeys.visit import Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.limits.budget import NAMES_OF_HELPER
from portal.services import BrowserOrigin, Services
from portal.visits.notices import NAME_SIGNS, Notices
from portal.visits.proven import proven
from portal.visits.staff.sessions import StaffMember
from portal.visits.write import PASSING
from wire.outcomes import Code

TOO_MANY_NAMES = "too_many_names"
_NOBODY = frozenset({Code.USER_NOT_FOUND, Code.SEVERAL_USERS})


@dataclass(frozen=True)
class Found:
    """Somebody is meant, and this helper may help them."""

    call: Call


@dataclass(frozen=True)
class NotHelped:
    """Nobody is helped: `code` is the agent's, `no_agent`, `too_many_names`.

    `detail` says it for an administrator.
    """

    code: str
    detail: str = ""


class HelpCalls:
    """Begins calls, and knows what was checked in them."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._calls = Calls(services.row_keys, services.pepper)

    async def begin(
        self, member: StaffMember, typed: str, reason: str, origin: BrowserOrigin
    ) -> Found | NotHelped:
        """Find who is meant by an exact name; BadName where nobody can have it."""
        name, run = sign_in_name(typed), self._services.database.run
        if not await run(self._may_ask, member):
            return NotHelped(TOO_MANY_NAMES)
        reference = secrets.token_urlsafe(16)
        helper = Helper(
            member.person.guid, member.used, reason, reference, origin.address
        )
        found = await self._found(member, helper, name)
        if not isinstance(found, NotHelped):
            call, policy = found
            await run(self._open, member, call, policy, origin)
            return Found(call)
        digest = self._services.pepper.digest(Purpose.NAME, compared(name))
        await run(
            self._notices.record,
            EventKind.HELP_BEGUN,
            reference,
            origin,
            actor=member.person.guid,
            code=found.code,
            reason=reason,
            name=digest[:NAME_SIGNS],
        )
        return found

    async def find(self, member: StaffMember, own_id: str) -> tuple[Call, Visit] | None:
        """Give a call of this helper that goes on, and what was proven in its visit."""
        return await self._services.database.run(self._find, member, own_id)

    async def verified(self, call: Call) -> VerifiedCaller | None:
        """Say whether a caller proved who they are; None where not."""
        return await self._services.database.run(self._verified, call)

    async def checks(self, call: Call) -> tuple[CallerCheck, ...]:
        """Give what helpers say that they did, or ask a second one for."""
        return await self._services.database.run(self._calls.checks, call)

    async def check(
        self, member: StaffMember, call: Call, kind: CheckKind, origin: BrowserOrigin
    ) -> None:
        """Note what the helper did to know who calls, or asks a second helper for."""
        run = self._services.database.run
        await run(self._check, member, call, kind, origin)

    async def waiting(self, member: StaffMember) -> list[Waiting]:
        """Give what other helpers ask this one to confirm."""
        own = member.person.guid
        now, run = self._services.clock(), self._services.database.run
        found = await run(self._calls.waiting, now)
        return [each for each in found if own not in (each.call.helper, each.call.guid)]

    async def confirm(
        self, member: StaffMember, own_id: str, kind: CheckKind, origin: BrowserOrigin
    ) -> bool:
        """Confirm as a second helper; False where nothing waits, or they may not."""
        asked = await self.waiting(member)
        same = (
            each.call for each in asked if (each.call.id, each.kind) == (own_id, kind)
        )
        call = next(same, None)
        if call is None:
            return False
        helper = Helper(
            member.person.guid, member.used, call.reason, call.reference, origin.address
        )
        said = await self.asked(member, call, helper)
        if isinstance(said, NotHelped):
            return False
        return await self._services.database.run(
            self._confirm, member, call, kind, origin
        )

    async def asked(
        self, member: StaffMember, call: Call, helper: Helper
    ) -> Answer | NotHelped:
        """Ask what would come of a reset, and so whether this helper may help."""
        try:
            answer = await self._check_asked(
                member, helper, requests.by_guid(call.guid)
            )
        except NoAgent:
            return NotHelped("no_agent")
        if answer.verdict is None:
            return NotHelped(str(answer.code), answer.detail)
        return answer

    async def _found(
        self, member: StaffMember, helper: Helper, name: str
    ) -> tuple[Call, SelfServicePolicy | None] | NotHelped:
        """Ask the agents of the helper's own domain, which know the helper."""
        user, domain = user_claim(name), member.visit.domain
        claims = requests.helped(helper, "lookup", user, purpose="help_desk")
        try:
            answer, _ = await self._services.agents.read(domain, claims)
            judged = await self._check_asked(member, helper, user)
        except NoAgent:
            return NotHelped("no_agent")
        for said in (answer, judged):
            if said.code in _NOBODY | PASSING:
                return NotHelped(str(said.code), said.detail)
        if judged.verdict is None:
            return NotHelped(str(judged.code), judged.detail)
        person = answer.person
        if person is not None and person.guid != judged.verdict.guid:
            return NotHelped(str(Code.SEVERAL_USERS))
        call = Call(
            id=secrets.token_urlsafe(32),
            reference=helper.reference,
            helper=helper.guid,
            guid=judged.verdict.guid,
            domain=domain,
            typed=name,
            name="" if person is None else person.name,
            upn="" if person is None else person.upn,
            reason=helper.reason,
            ends=self._services.clock() + LIFETIME_S,
        )
        return call, answer.self_service

    async def _check_asked(
        self, member: StaffMember, helper: Helper, user: dict[str, str]
    ) -> Answer:
        claims = requests.helped(helper, "check", user)
        answer, _ = await self._services.agents.read(member.visit.domain, claims)
        return answer

    def _may_ask(self, connection: Connection, member: StaffMember) -> bool:
        services, guid = self._services, member.person.guid
        owner = services.pepper.digest(Purpose.BUDGET, NAMES_OF_HELPER.name, guid)
        return budgets.take(connection, NAMES_OF_HELPER, owner, services.clock())

    def _open(
        self,
        connection: Connection,
        member: StaffMember,
        call: Call,
        policy: SelfServicePolicy | None,
        origin: BrowserOrigin,
    ) -> None:
        """Begin a call with a visit in which the caller proves who they are.

        Codes are sent by kinds that count for the person, and no others.
        """
        services, now = self._services, self._services.clock()
        visits.add(connection, self._visit(call, now, origin))
        known = people.find(connection, call.guid)
        is_known = known is not None and known.is_of(
            call.domain, services.settings.domains
        )
        found = LookedUp(
            domain=call.domain,
            agent=None,
            guid=call.guid if is_known else None,
            asked=policy,
            locked=False,
            known_browser=False,
        )
        visits.settle(connection, call.id, found, now)
        self._calls.add(connection, call)
        self._record(connection, member, call, EventKind.HELP_BEGUN, origin, code="ok")

    def _visit(self, call: Call, now: float, origin: BrowserOrigin) -> NewVisit:
        """Give the visit of a call; its tries are of this helper and name.

        Who guesses here uses up none of the person's own.
        """
        digest, typed = self._services.pepper.digest, compared(call.typed)
        return NewVisit(
            id=call.id,
            reference=call.reference,
            purpose=VisitPurpose.HELP_DESK,
            name_digest=digest(Purpose.NAME, "help desk", call.helper, typed),
            browser=None,
            address=origin.address,
            started=now,
            ends=call.ends,
        )

    def _find(
        self, connection: Connection, member: StaffMember, own_id: str
    ) -> tuple[Call, Visit] | None:
        call = self._calls.find(connection, own_id)
        visit = visits.find(connection, own_id)
        if call is None or visit is None or call.helper != member.person.guid:
            return None
        return (call, visit) if visit.is_open(self._services.clock()) else None

    def _verified(self, connection: Connection, call: Call) -> VerifiedCaller | None:
        taken = proven(self._services, connection, call.id, call.guid)
        checks = self._calls.checks(connection, call)
        return verified(call, taken, checks, self._services.clock())

    def _check(
        self,
        connection: Connection,
        member: StaffMember,
        call: Call,
        kind: CheckKind,
        origin: BrowserOrigin,
    ) -> None:
        now = int(self._services.clock())
        if self._calls.check(connection, call, kind, now):
            self._note(connection, member, call, kind, origin)

    def _confirm(
        self,
        connection: Connection,
        member: StaffMember,
        call: Call,
        kind: CheckKind,
        origin: BrowserOrigin,
    ) -> bool:
        if not self._calls.confirm(connection, call, kind, member.person.guid):
            return False
        self._note(connection, member, call, kind, origin)
        return True

    def _note(
        self,
        connection: Connection,
        member: StaffMember,
        call: Call,
        kind: CheckKind,
        origin: BrowserOrigin,
    ) -> None:
        checked = EventKind.CALLER_CHECKED
        self._record(connection, member, call, checked, origin, check=str(kind))

    def _record(
        self,
        connection: Connection,
        member: StaffMember,
        call: Call,
        kind: EventKind,
        origin: BrowserOrigin,
        *,
        code: str = "",
        **detail: str,
    ) -> None:
        self._notices.record(
            connection,
            kind,
            call.reference,
            origin,
            person=call.guid,
            actor=member.person.guid,
            code=code,
            reason=call.reason,
            **detail,
        )


def helper_of(
    member: StaffMember, caller: VerifiedCaller, origin: BrowserOrigin
) -> Helper:
    """Give who helps, as the agent is told: with what they proved themselves by."""
    call = caller.call
    return Helper(
        member.person.guid, member.used, call.reason, call.reference, origin.address
    )
