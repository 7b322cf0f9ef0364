"""Those who work here: signed in by a passkey, with the roles that the agent says.

A session is 8 hours at most and ends after 10 minutes without use, with the person's
passkey, or with a new epoch of theirs. That a passkey was used in it is a sealed row:
who writes the database signs nobody in. Roles are asked of the agent again every two
minutes, and before each change; where no agent says anything, nobody may do anything.
"""

import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.pool import NoAgent
from portal.audit.event import EventKind
from portal.database import people, sessions, visits
from portal.database.people import RegisteredPerson
from portal.database.sessions import Session
from portal.database.visits import LookedUp, NewVisit
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.role import Role, roles_of
from portal.journeys.visit import TakenMethod, Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.services import BrowserOrigin, Services
from portal.visits import proven
from portal.visits.notices import Notices
from portal.visits.write import PASSING
from wire.self_service.proof_kind import ProofKind

MOST_S, IDLE_S = 8 * 3600, 600
FRESH_S = 300  # of the passkey, before something is changed
ROLES_S = 120  # that an answer of the agent counts for
_SEEN_S = 15  # a session's last use is noted no more often


class RolesUnknown(Exception):
    """No agent says which roles somebody has now."""


class RolesWithdrawn(Exception):
    """The agent says that somebody has no role, or can't sign in."""


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works here and is signed in; `passkey_at` is its last use.

    `used` are the methods that were used in this session, right.
    """

    session: Session
    visit: Visit
    person: RegisteredPerson
    policy: SelfServicePolicy
    used: tuple[TakenMethod, ...]
    passkey_at: int

    @property
    def roles(self) -> frozenset[Role]:
        """Which roles the agent said last."""
        return roles_of(self.policy.roles)

    def is_fresh(self, now: float) -> bool:
        """Whether the passkey was used so recently that something may be changed."""
        return 0 <= now - self.passkey_at <= FRESH_S


class StaffSessions:
    """Signs those in and out who work here, and finds who is signed in."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def open(self, visit: Visit, origin: BrowserOrigin) -> str:
        """Begin a session after a visit's passkey; give its cookie.

        RolesUnknown, RolesWithdrawn.
        """
        policy = await self._asked(visit, origin)
        cookie = secrets.token_urlsafe(32)
        run = self._services.database.run
        if not await run(self._open, cookie, visit, policy, origin):
            raise RolesWithdrawn
        return cookie

    async def find(self, cookie: str | None) -> StaffMember | None:
        """Give who is signed in by a cookie; None where nobody is."""
        if not cookie:
            return None
        return await self._services.database.run(self._used, self.id_of(cookie))

    async def asked_again(
        self, member: StaffMember, origin: BrowserOrigin, *, now: bool
    ) -> StaffMember:
        """Give them with the roles of the last two minutes, or of `now`.

        RolesUnknown where no agent says them; RolesWithdrawn, and the session is over.
        """
        said, clock = member.visit.looked_up, self._services.clock()
        if not now and said is not None and 0 <= clock - said <= ROLES_S:
            return member
        run = self._services.database.run
        try:
            policy = await self._asked(member.visit, origin)
        except RolesWithdrawn:
            await run(self._withdraw, member, origin)
            raise
        await run(visits.renew, member.visit.id, policy, clock)
        return replace(member, policy=policy)

    async def close(self, member: StaffMember, origin: BrowserOrigin) -> None:
        """Sign out."""
        await self._services.database.run(
            self._end, member, origin, EventKind.STAFF_SIGNED_OUT, ""
        )

    async def refuse(
        self, visit: Visit, origin: BrowserOrigin, code: str, *, address: str = ""
    ) -> None:
        """Record that somebody was not let in, or not to an address."""
        await self._services.database.run(
            self._notices.record,
            EventKind.STAFF_REFUSED,
            visit.reference,
            origin,
            person=visit.guid,
            code=code,
            **({"page": address} if address else {}),
        )

    def id_of(self, cookie: str) -> str:
        """Give the id of what a cookie means."""
        return self._services.pepper.digest(Purpose.STAFF, cookie)

    async def _asked(self, visit: Visit, origin: BrowserOrigin) -> SelfServicePolicy:
        """Ask the agents of the person's domain, and no others, what they are."""
        if visit.guid is None:
            raise RolesWithdrawn
        user = requests.by_guid(visit.guid)
        claims = requests.lookup(user, "sign_in", visit.reference, origin.address)
        try:
            answer, _ = await self._services.agents.read(visit.domain, claims)
        except NoAgent:
            raise RolesUnknown from None
        if answer.code in PASSING:
            raise RolesUnknown
        asked, state = answer.self_service, answer.state
        is_them = answer.person is not None and answer.person.guid == visit.guid
        is_disabled = state is not None and state.disabled
        if not answer.ok or asked is None or not is_them or is_disabled:
            raise RolesWithdrawn
        if not roles_of(asked.roles):
            raise RolesWithdrawn
        return asked

    def _open(
        self,
        connection: Connection,
        cookie: str,
        visit: Visit,
        policy: SelfServicePolicy,
        origin: BrowserOrigin,
    ) -> bool:
        services, now = self._services, self._services.clock()
        person = people.find(connection, visit.guid or "")
        taken = proven.proven(services, connection, visit.id, visit.guid)
        passkey = _passkey(taken)
        if person is None or person.blocked is not None or passkey is None:
            return False
        if not visits.close(connection, visit.id, now):
            return False
        session = self._session(cookie, person, policy, origin)
        sessions.add(connection, session)
        self._begin_visit(connection, session, visit, policy)
        for method in services.proofs.of_person(connection, person.guid):
            if method.id == passkey.proof:
                proven.take(
                    services, connection, session.id, method, user_verified=True
                )
        if origin.device is not None:
            people.know_browser(connection, origin.device, person, int(now))
        self._notices.record(
            connection,
            EventKind.STAFF_SIGNED_IN,
            visit.reference,
            origin,
            person=person.guid,
            roles=list(session.roles),
        )
        return True

    def _session(
        self,
        cookie: str,
        person: RegisteredPerson,
        policy: SelfServicePolicy,
        origin: BrowserOrigin,
    ) -> Session:
        now = int(self._services.clock())
        return Session(
            id=self.id_of(cookie),
            person=person.guid,
            epoch=person.epoch,
            roles=tuple(sorted(map(str, roles_of(policy.roles)))),
            started=now,
            sign_in=None,
            seen=now,
            ends=now + MOST_S,
            browser=origin.device,
            address=origin.address,
        )

    def _begin_visit(
        self,
        connection: Connection,
        session: Session,
        before: Visit,
        policy: SelfServicePolicy,
    ) -> None:
        """Begin the visit in which they prove again who they are."""
        now = self._services.clock()
        visits.add(
            connection,
            NewVisit(
                id=session.id,
                reference=secrets.token_urlsafe(16),
                purpose=VisitPurpose.STAFF,
                name_digest=self._services.pepper.digest(Purpose.NAME, session.person),
                browser=session.browser,
                address=session.address,
                started=now,
                ends=session.ends,
            ),
        )
        found = LookedUp(
            domain=before.domain,
            agent=before.agent,
            guid=session.person,
            asked=policy,
            locked=False,
            known_browser=True,
        )
        visits.settle(connection, session.id, found, now)

    def _used(self, connection: Connection, own_id: str) -> StaffMember | None:
        member, now = self._found(connection, own_id), int(self._services.clock())
        if member is not None and now - member.session.seen >= _SEEN_S:
            sessions.touch(connection, own_id, now)
        return member

    def _found(self, connection: Connection, own_id: str) -> StaffMember | None:
        now = self._services.clock()
        session = sessions.find(connection, own_id, int(now))
        visit = visits.find(connection, own_id)
        if session is None or visit is None or visit.asked is None:
            return None
        if visit.purpose is not VisitPurpose.STAFF or not visit.is_open(now):
            return None
        person = people.find(connection, session.person)
        if person is None or person.blocked is not None:
            return None
        if visit.guid != person.guid or now - session.seen > IDLE_S:
            return None
        used = proven.proven(self._services, connection, own_id, person.guid)
        passkey = _passkey(used)
        if passkey is None:
            return None
        return StaffMember(session, visit, person, visit.asked, used, passkey.at)

    def _withdraw(
        self, connection: Connection, member: StaffMember, origin: BrowserOrigin
    ) -> None:
        self._end(connection, member, origin, EventKind.STAFF_REFUSED, "no_role")

    def _end(
        self,
        connection: Connection,
        member: StaffMember,
        origin: BrowserOrigin,
        kind: EventKind,
        code: str,
    ) -> None:
        sessions.end(connection, member.session.id)
        visits.close(connection, member.visit.id, self._services.clock())
        self._notices.record(
            connection,
            kind,
            member.visit.reference,
            origin,
            person=member.person.guid,
            code=code,
        )


def _passkey(used: tuple[TakenMethod, ...]) -> TakenMethod | None:
    """Give the passkey that was used last, with its user verified."""
    passkeys = [
        each for each in used if each.kind is ProofKind.PASSKEY and each.user_verified
    ]
    return max(passkeys, key=lambda each: each.at, default=None)
