"""Codes that are sent: made, kept as hashes, put in the queue, taken back once.

Where an address is nobody's, all is done alike and nothing is sent.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, codes, people
from portal.database.codes import SentCode
from portal.journeys.visit import Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.limits.budget import CODES_OF_JOURNEY, Budget
from portal.methods import one_time_code
from portal.services import BrowserOrigin, Services
from portal.templating import wanted_language
from portal.visits.codes.channels import CodeChannel, code_channels
from portal.visits.notices import Notices
from wire.self_service.proof_kind import ProofKind


@dataclass(frozen=True)
class TooSoon:
    """A code was sent a moment ago, or as often as one visit may; `wait` in seconds."""

    wait: float


@dataclass(frozen=True)
class Destination:
    """An address that a code goes to: of the method `proof`, of nobody, or `is_new`.

    One that is new is being added by who is signed in.
    """

    kind: ProofKind
    address: str = field(repr=False)
    proof: str | None = None
    is_new: bool = False

    @property
    def is_somebodys(self) -> bool:
        """Whether a code is to go there."""
        return self.is_new or self.proof is not None

    @property
    def proves(self) -> tuple[str, ...]:
        """What its code is for, beside a visit: a code for one proves no other."""
        return (str(self.kind), self.address) if self.is_new else (str(self.kind),)


class SentCodes:
    """Sends codes and takes them back, in the transaction of who asks."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._channels = code_channels(services)

    def channel(self, kind: ProofKind) -> CodeChannel:
        """Give the way that codes of a kind go."""
        return self._channels[kind]

    def send(
        self,
        connection: Connection,
        visit: Visit,
        to: Destination,
        origin: BrowserOrigin,
    ) -> TooSoon | None:
        """Send a code where the address is somebody's; what became of it is recorded.

        That an address had its codes for now is said of a new one alone.
        """
        now = self._services.clock()
        wait = self._wait(connection, visit, to, now)
        if wait:
            return TooSoon(wait)
        full = self._full(connection, visit, to, origin)
        if full and to.is_new:
            return TooSoon(full)
        channel = self._channels[to.kind]
        code = one_time_code.new_code(channel.digits)
        codes.replace(
            connection,
            visit.id,
            to.kind,
            proof=to.proof,
            digest=self._services.pepper.digest(
                Purpose.CODE, visit.id, *to.proves, code
            ),
            now=now,
            lifetime_s=one_time_code.LIFETIME_S,
        )
        language = self._language(connection, visit, to, origin)
        is_helped = visit.purpose is VisitPurpose.HELP_DESK
        message = channel.message(to.address, code, language, read_out=is_helped)
        may_send = to.is_somebodys and not full
        if may_send:
            lifetime_s = one_time_code.LIFETIME_S
            self._services.outbox.put(connection, message, now, lifetime_s)
        self._record(connection, visit, to, origin, may_send=may_send)
        return None

    def take(
        self, connection: Connection, visit: Visit, to: Destination, typed: str
    ) -> SentCode | None:
        """Take a code, once; None where it is not right, or over, or of no tries."""
        sent = codes.last(connection, visit.id, to.kind)
        if sent is None:
            return None
        right = self._services.pepper.matches(
            sent.digest,
            Purpose.CODE,
            visit.id,
            *to.proves,
            one_time_code.typed(typed),
        )
        in_time = self._services.clock() < sent.ends
        counted = codes.count_try(connection, sent.id, one_time_code.TRIES)
        if not (right and in_time and counted):
            return None
        codes.use_up(connection, sent.id)
        return sent

    def _wait(
        self, connection: Connection, visit: Visit, to: Destination, now: float
    ) -> float:
        """Give the seconds until this visit may have another code; 0: it has one."""
        before = codes.last(connection, visit.id, to.kind)
        if before is not None and now < before.sent + one_time_code.AGAIN_S:
            return before.sent + one_time_code.AGAIN_S - now
        is_new = ("new",) if to.is_new else ()
        owner = (visit.id, str(to.kind), *is_new)
        return self._taken(connection, CODES_OF_JOURNEY, owner, now)

    def _full(
        self,
        connection: Connection,
        visit: Visit,
        to: Destination,
        origin: BrowserOrigin,
    ) -> float:
        """Give the seconds until this address may have another code; 0: it has one.

        Whose address it is not uses up nothing of who has it, nor of all.
        """
        now = self._services.clock()
        channel = self._channels[to.kind]
        owner = to.address if to.is_somebodys else visit.id
        full = self._taken(connection, channel.of_address, (owner,), now)
        if full or channel.of_all is None:
            return full
        all_ = () if to.is_somebodys else (visit.id,)
        full = self._taken(connection, channel.of_all, all_, now)
        if full and to.is_somebodys:
            digest = self._owner(channel.of_all)
            self._notices.limit_reached(
                connection, channel.of_all, digest, visit.reference, origin
            )
        return full

    def _language(
        self,
        connection: Connection,
        visit: Visit,
        to: Destination,
        origin: BrowserOrigin,
    ) -> str:
        """Give the person's own language to their telephone, else the browser's.

        The browser of a call to the help desk is the helper's.
        """
        person = people.find(connection, visit.guid or "")
        is_own = to.kind is ProofKind.SMS or visit.purpose is VisitPurpose.HELP_DESK
        if person is None or not person.language or not is_own:
            return origin.language
        return wanted_language(person.language)

    def _taken(
        self, connection: Connection, budget: Budget, owner: tuple[str, ...], now: float
    ) -> float:
        digest = self._owner(budget, *owner)
        if budgets.take(connection, budget, digest, now):
            return 0.0
        return budgets.wait(connection, budget, digest, now)

    def _owner(self, budget: Budget, *owner: str) -> str:
        return self._services.pepper.digest(Purpose.BUDGET, budget.name, *owner)

    def _record(
        self,
        connection: Connection,
        visit: Visit,
        to: Destination,
        origin: BrowserOrigin,
        *,
        may_send: bool,
    ) -> None:
        refused = "too_many" if to.is_somebodys else "not_registered"
        detail = {"purpose": "registration"} if to.is_new else {}
        if to.is_somebodys:
            detail |= self._channels[to.kind].recorded(to.address)
        self._notices.record(
            connection,
            EventKind.CODE_SENT,
            visit.reference,
            origin,
            person=visit.guid,
            code="ok" if may_send else refused,
            method=str(to.kind),
            **detail,
        )
