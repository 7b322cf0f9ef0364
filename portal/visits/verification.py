"""Proves in a visit who somebody is: by code, app or recovery code.

Of a person who does not exist, is not eligible or did not register, each step does the
same: codes are kept and counted, tries run out, nothing is sent. Tries are counted by
the name as it was typed, which everybody has; those of the person behind it are counted
too, and end without a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, people, proofs
from portal.database.proofs import RegisteredMethod
from portal.journeys.sign_in_name import compared
from portal.journeys.visit import Entitled, Visit, VisitPurpose, entitled
from portal.keys.pepper import Purpose
from portal.limits.budget import (
    PROOFS_KNOWN_BROWSER,
    PROOFS_OF_PERSON,
    PROOFS_UNKNOWN_BROWSER,
    Budget,
)
from portal.methods import one_time_code, paper_code, totp
from portal.services import BrowserOrigin, Services
from portal.visits import proven
from portal.visits.codes.channels import CodeChannel
from portal.visits.codes.sent_codes import Destination, SentCodes, TooSoon
from portal.visits.notices import Notices
from wire.self_service.proof_kind import ProofKind

# tried where there is nobody, so that it takes as long
_DECOY_SECRET = totp.new_secret()
# of these one method is enough: a directory password came before, a helper listens
_ONE_IS_ENOUGH = frozenset(
    {VisitPurpose.ACCOUNT, VisitPurpose.STAFF, VisitPurpose.HELP_DESK}
)
_NOBODYS: list[RegisteredMethod | None] = [None]


@dataclass(frozen=True)
class Proven:
    """The method was used right."""


@dataclass(frozen=True)
class Wrong:
    """It was not right; `left` tries are left for now."""

    left: int


@dataclass(frozen=True)
class Closed:
    """No more tries until a time, in Unix seconds; the account itself is not locked."""

    until: float


Proof = Proven | Wrong | Closed


class Verification:
    """Takes what people type, and notes what they proved."""

    def __init__(self, services: Services, sent_codes: SentCodes) -> None:
        self._services, self._notices = services, Notices(services)
        self._codes = sent_codes

    async def by_app(self, visit: Visit, code: str, origin: BrowserOrigin) -> Proof:
        """Take a code of an authenticator app."""
        database = self._services.database
        return await database.run(self._by_app, visit, code, origin)

    async def by_recovery_code(
        self, visit: Visit, code: str, origin: BrowserOrigin
    ) -> Proof:
        """Take a recovery code, once."""
        database = self._services.database
        return await database.run(self._by_recovery_code, visit, code, origin)

    async def by_sent_code(
        self, visit: Visit, kind: ProofKind, code: str, origin: BrowserOrigin
    ) -> Proof:
        """Take a code that was sent in this visit."""
        database = self._services.database
        return await database.run(self._by_sent_code, visit, kind, code, origin)

    async def send_code(
        self, visit: Visit, kind: ProofKind, address: str, origin: BrowserOrigin
    ) -> TooSoon | None:
        """Send a code to an address where it is one of the person's; say nothing."""
        database = self._services.database
        return await database.run(self._send_code, visit, kind, address, origin)

    def channel(self, kind: ProofKind) -> CodeChannel:
        """Give the way that codes of a kind go."""
        return self._codes.channel(kind)

    def _by_app(
        self, connection: Connection, visit: Visit, code: str, origin: BrowserOrigin
    ) -> Proof:
        closed = self.take_try(connection, visit, origin)
        if closed is not None:
            return closed
        now, found = self._services.clock(), None
        typed = one_time_code.typed(code)
        own = self.methods(connection, visit, ProofKind.TOTP)
        for method in [*own] or _NOBODYS:
            secret = _DECOY_SECRET if method is None else method.secret
            step = totp.matching_step(secret, typed, now)
            if method is None or step is None:
                continue
            if proofs.advance(connection, method.id, step, int(now)):
                found = method
        return self.result(connection, visit, ProofKind.TOTP, found, origin)

    def _by_recovery_code(
        self, connection: Connection, visit: Visit, code: str, origin: BrowserOrigin
    ) -> Proof:
        closed = self.take_try(connection, visit, origin)
        if closed is not None:
            return closed
        now, found = int(self._services.clock()), None
        typed = paper_code.typed(code)
        digest = self._services.pepper.digest(Purpose.RECOVERY_CODE, typed)
        own = self.methods(connection, visit, ProofKind.RECOVERY_CODE)
        for method in [*own] or _NOBODYS:
            proof = "" if method is None else method.id
            if proofs.use_recovery_code(connection, proof, digest, now):
                found = method
        return self.result(connection, visit, ProofKind.RECOVERY_CODE, found, origin)

    def _by_sent_code(
        self,
        connection: Connection,
        visit: Visit,
        kind: ProofKind,
        code: str,
        origin: BrowserOrigin,
    ) -> Proof:
        closed = self.take_try(connection, visit, origin)
        if closed is not None:
            return closed
        sent = self._codes.take(connection, visit, Destination(kind, ""), code)
        own = self.methods(connection, visit, kind)
        proof = None if sent is None else sent.proof
        found = next((each for each in own if each.id == proof), None)
        return self.result(connection, visit, kind, found, origin)

    def _send_code(
        self,
        connection: Connection,
        visit: Visit,
        kind: ProofKind,
        address: str,
        origin: BrowserOrigin,
    ) -> TooSoon | None:
        own = self.methods(connection, visit, kind)
        is_asked = visit.purpose is VisitPurpose.ACCOUNT or (
            visit.asked is not None and kind in visit.asked.kinds
        )
        # a code of what does not count for them would be in vain
        own = own if is_asked else []
        named = next((each for each in own if each.secret == address), None)
        to = Destination(kind, address, None if named is None else named.id)
        return self._codes.send(connection, visit, to, origin)

    def methods(
        self, connection: Connection, visit: Visit, kind: ProofKind
    ) -> list[RegisteredMethod]:
        """Give the methods of a kind that a visit's person has; of nobody, none."""
        own = self._services.proofs.of_person(connection, visit.guid)
        return [each for each in own if each.kind is kind]

    def take_try(
        self, connection: Connection, visit: Visit, origin: BrowserOrigin
    ) -> Closed | None:
        """Take one try before it is looked at, so that nobody tries many at once."""
        now = self._services.clock()
        if not visit.is_open(now):
            return Closed(now)
        budget, digest = self._tries(visit)
        if budgets.take(connection, budget, digest, now):
            return None
        self._notices.limit_reached(
            connection, budget, digest, visit.reference, origin, person=visit.guid
        )
        return Closed(now + budgets.wait(connection, budget, digest, now))

    def result(
        self,
        connection: Connection,
        visit: Visit,
        kind: ProofKind,
        found: RegisteredMethod | None,
        origin: BrowserOrigin,
        *,
        user_verified: bool = False,
    ) -> Proof:
        """Note what a try came to: the method that was right, or none."""
        now = self._services.clock()
        budget, digest = self._tries(visit)
        person = self._budget(PROOFS_OF_PERSON, visit.guid or visit.id)
        may = visit.known_browser or budgets.take(
            connection, PROOFS_OF_PERSON, person, now
        )
        if found is None or not may:
            self._record(connection, visit, EventKind.METHOD_REFUSED, kind, origin)
            return Wrong(budgets.left(connection, budget, digest, now))
        proofs.mark_used(connection, found.id, int(now))
        proven.take(
            self._services, connection, visit.id, found, user_verified=user_verified
        )
        if self._is_enough(connection, visit):
            budgets.refill(connection, [digest, person])
        else:  # one method right gives no new tries for the other
            budgets.give_back(connection, budget, digest)
            if not visit.known_browser:
                budgets.give_back(connection, PROOFS_OF_PERSON, person)
        self._record(connection, visit, EventKind.METHOD_USED, kind, origin)
        return Proven()

    def clear_tries(
        self, connection: Connection, guid: str, names: Iterable[str]
    ) -> None:
        """Give a person new tries: by name, in known browsers, and as a whole."""
        typed = (
            self._services.pepper.digest(Purpose.NAME, compared(name))
            for name in names
            if name
        )
        by_name = (self._budget(PROOFS_UNKNOWN_BROWSER, each) for each in typed)
        known = people.browsers(connection, guid)
        by_browser = (self._budget(PROOFS_KNOWN_BROWSER, guid, each) for each in known)
        whole = self._budget(PROOFS_OF_PERSON, guid)
        budgets.refill(connection, [*by_name, *by_browser, whole])

    def closed_until(self, connection: Connection, guid: str, name: str) -> float:
        """Say until when a person has no tries in a browser that is not known; 0: has.

        Those are counted by the name as it was typed.
        """
        now, digest = self._services.clock(), self._services.pepper.digest
        typed = digest(Purpose.NAME, compared(name))
        wait = max(
            budgets.wait(connection, budget, self._budget(budget, owner), now)
            for budget, owner in (
                (PROOFS_UNKNOWN_BROWSER, typed),
                (PROOFS_OF_PERSON, guid),
            )
        )
        return now + wait if wait else 0.0

    def _is_enough(self, connection: Connection, visit: Visit) -> bool:
        """Whether what was proven is enough for what the visit is for."""
        if visit.purpose in _ONE_IS_ENOUGH:
            return True
        taken = proven.proven(self._services, connection, visit.id, visit.guid)
        return isinstance(entitled(visit, taken, self._services.clock()), Entitled)

    def _tries(self, visit: Visit) -> tuple[Budget, str]:
        """Give the budget of tries: of a known browser its own, else of the name.

        The browser is the one in which the visit began, whatever a request says now.
        """
        if visit.known_browser and visit.browser is not None and visit.guid:
            owner = (visit.guid, visit.browser)
            return PROOFS_KNOWN_BROWSER, self._budget(PROOFS_KNOWN_BROWSER, *owner)
        own = self._budget(PROOFS_UNKNOWN_BROWSER, visit.name_digest)
        return PROOFS_UNKNOWN_BROWSER, own

    def _budget(self, budget: Budget, *owner: str) -> str:
        return self._services.pepper.digest(Purpose.BUDGET, budget.name, *owner)

    def _record(
        self,
        connection: Connection,
        visit: Visit,
        kind: EventKind,
        proof: ProofKind,
        origin: BrowserOrigin,
    ) -> None:
        self._notices.record(
            connection,
            kind,
            visit.reference,
            origin,
            person=visit.guid,
            method=str(proof),
        )
