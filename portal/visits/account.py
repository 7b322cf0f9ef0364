"""A person who is signed in: their session, and whether they proved it again just now.

Signing in takes the directory password, which somebody may have stolen. So who has
verification methods already uses one of them before they change any (NIST SP 800-63B-4
section 4.2: a new authenticator needs the strength that is there). Who comes with a
registration code lost them, and somebody looked who it is.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import people, sessions, visits
from portal.database.people import RegisteredPerson
from portal.database.proofs import RegisteredMethod
from portal.database.sessions import Session
from portal.database.visits import LookedUp, NewVisit
from portal.journeys.entry import (
    ByCode,
    ByPassword,
    ByProvider,
    Entry,
    name_of,
    read,
    written,
)
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.registration_place import Lacks, what_lacks
from portal.journeys.role import roles_of
from portal.journeys.visit import TakenMethod, Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.keys.row_keys import Unsealable
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.proven import proven
from portal.visits.sign_in import SignedIn

SESSION_S = 900
CODE_SESSION_S = 600  # by a registration code
FRESH_S = 300


@dataclass(frozen=True)
class Account:
    """Somebody who is signed in, as they are now."""

    session: Session
    visit: Visit
    person: RegisteredPerson
    methods: tuple[RegisteredMethod, ...]
    policy: SelfServicePolicy
    entry: Entry
    taken: tuple[TakenMethod, ...]

    def may_change_methods(self, now: float) -> bool:
        """Whether methods may be added and removed now."""
        if not self.methods or isinstance(self.entry, ByCode):
            return True
        return self.proven_at is not None and now - self.proven_at <= FRESH_S

    @property
    def proven_at(self) -> int | None:
        """When they last proved it in this session; None where they did not yet."""
        return max((each.at for each in self.taken), default=None)

    @property
    def lacks(self) -> Lacks | None:
        """What they lack to register by what they came in by; None: nothing."""
        address = self.session.address
        return what_lacks(self.entry, self.policy.registration, address)

    @property
    def needed(self) -> int:
        """How many methods they are asked to have."""
        return self.policy.proofs + self.policy.registration.extra


class Accounts:
    """Signs people in and out, and finds who is signed in."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def open(self, signed_in: SignedIn, origin: BrowserOrigin) -> str | None:
        """Begin a session; give its cookie, or None where this is not for them."""
        person, policy = signed_in.found.person, signed_in.found.self_service
        if person is None or policy is None:
            return None
        # who has a role registers also where self-service is not for them
        if not policy.eligible and not roles_of(policy.roles):
            return None
        cookie = secrets.token_urlsafe(32)
        work, served = self._services.database.run, self._services.settings.domains
        known = await work(people.find, person.guid)
        if known is not None and not known.is_of(signed_in.domain, served):
            return None
        if known is not None and known.blocked is not None:
            return None
        await work(self._open, cookie, signed_in, policy, origin)
        return cookie

    async def find(self, cookie: str | None) -> Account | None:
        """Give who is signed in by a cookie; None where nobody is."""
        if not cookie:
            return None
        return await self._services.database.look(self.found, self._id(cookie))

    async def close(self, account: Account, origin: BrowserOrigin) -> None:
        """Sign out."""
        await self._services.database.run(self._close, account, origin)

    def _sealed(self, entry: Entry, session: str) -> bytes:
        return self._services.row_keys.seal(written(entry), _entry_row(session))

    def _entry(self, session: Session) -> Entry | None:
        """Read by what they came in; None where this portal did not write it."""
        if session.sign_in is None:
            return None
        row = _entry_row(session.id)
        try:
            return read(self._services.row_keys.open(session.sign_in, row))
        except Unsealable:
            return None

    def _id(self, cookie: str) -> str:
        return self._services.pepper.digest(Purpose.SESSION, cookie)

    def _open(
        self,
        connection: Connection,
        cookie: str,
        signed_in: SignedIn,
        policy: SelfServicePolicy,
        origin: BrowserOrigin,
    ) -> None:
        now, found = self._services.clock(), signed_in.found.person
        if found is None:
            raise ValueError("nobody signed in")
        person = people.save(
            connection,
            found.guid,
            domain=signed_in.domain,
            name=found.name,
            upn=found.upn,
            language=found.language or origin.language,
        )
        session = Session(
            id=self._id(cookie),
            person=person.guid,
            epoch=person.epoch,
            roles=(),
            started=int(now),
            sign_in=self._sealed(signed_in.entry, self._id(cookie)),
            seen=int(now),
            ends=_end(signed_in.entry, int(now)),
            browser=origin.device,
            address=origin.address,
        )
        sessions.add(connection, session)
        self._begin_visit(connection, session, signed_in, policy, origin)

    def _begin_visit(
        self,
        connection: Connection,
        session: Session,
        signed_in: SignedIn,
        policy: SelfServicePolicy,
        origin: BrowserOrigin,
    ) -> None:
        """Begin the visit in which the signed-in person proves methods anew."""
        now, reference = self._services.clock(), secrets.token_urlsafe(16)
        visits.add(
            connection,
            NewVisit(
                id=session.id,
                reference=reference,
                purpose=VisitPurpose.ACCOUNT,
                name_digest=self._services.pepper.digest(Purpose.NAME, session.person),
                browser=origin.device,
                address=origin.address,
                started=now,
                ends=session.ends,
            ),
        )
        knows = people.knows_browser(connection, origin.device, session.person)
        found = LookedUp(
            domain=signed_in.domain,
            agent=None,
            guid=session.person,
            asked=policy,
            locked=False,
            known_browser=knows,
        )
        visits.settle(connection, session.id, found, now)
        self._record_sign_in(connection, reference, signed_in, session, origin)

    def _record_sign_in(
        self,
        connection: Connection,
        reference: str,
        signed_in: SignedIn,
        session: Session,
        origin: BrowserOrigin,
    ) -> None:
        self._notices.record(
            connection,
            EventKind.SIGNED_IN,
            reference,
            origin,
            person=session.person,
            by=name_of(signed_in.entry),
            agent=signed_in.record,
            **_helped(signed_in.entry),
        )

    def _close(
        self, connection: Connection, account: Account, origin: BrowserOrigin
    ) -> None:
        sessions.end(connection, account.session.id)
        self._notices.record(
            connection,
            EventKind.SIGNED_OUT,
            account.visit.reference,
            origin,
            person=account.person.guid,
        )

    def found(self, connection: Connection, own_id: str) -> Account | None:
        """Give who is signed in by the hash of a cookie; None where nobody is."""
        now = self._services.clock()
        session = sessions.find(connection, own_id, int(now))
        visit = visits.find(connection, own_id)
        if session is None or visit is None or visit.asked is None:
            return None
        entry = self._entry(session)
        if entry is None:
            return None
        if visit.purpose is not VisitPurpose.ACCOUNT or not visit.is_open(now):
            return None
        person = people.find(connection, session.person)
        if person is None or person.blocked is not None:
            return None
        return Account(
            session=session,
            visit=visit,
            person=person,
            methods=self._services.proofs.of_person(connection, session.person),
            policy=visit.asked,
            entry=entry,
            taken=proven(self._services, connection, own_id, session.person),
        )


def _entry_row(session: str) -> str:
    return f"session:{session}:sign_in"


def _end(entry: Entry, now: int) -> int:
    """Say until when a session lasts: no longer than agents take what it began by."""
    match entry:
        case ByCode():
            return now + CODE_SESSION_S
        case ByProvider(at=at):
            return min(now, at) + SESSION_S
        case ByPassword():
            return now + SESSION_S


def _helped(entry: Entry) -> dict[str, str]:
    """Name who gave the code that somebody came with."""
    if isinstance(entry, ByCode) and entry.helper is not None:
        return {"helper": entry.helper.guid}
    return {}
