"""What is recorded of each request, with the event ids that alerts know. No secret.

What is about to be written is recorded before, so that no password is set by an agent
that can't record it; each request leaves a record of its end. What is not let in is
counted where there is much of it (`agent.audit.counts`).
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.active_directory import identifiers
from agent.audit.counts import Counted, Counts
from agent.audit.event import EventId
from agent.audit.events import EVENTS, name_of
from agent.audit.trail import Trail
from agent.request.answer import Answer, Repeat
from wire.messages import ReplyTo, Request
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code
from wire.printable import printable
from wire.request_claims import Proof

LOG = logging.getLogger("agent.request.audit")

# recorded one by one in a minute and by code: of whom nobody knows, and of a portal
_MOST_OF_STRANGERS, _MOST_OF_PORTALS = 1, 10
_STARTS = {
    Operation.RESET: EventId.RESET_START,
    Operation.CHANGE: EventId.CHANGE_START,
    Operation.UNLOCK: EventId.UNLOCK_START,
}
_SUCCESS, _FAIL = EventId.RESET_SUCCESS, EventId.RESET_FAIL
_OF_ADMIN = {
    EventId.RESET_START: EventId.ADMIN_RESET_START,
    _SUCCESS: EventId.ADMIN_RESET_SUCCESS,
    _FAIL: EventId.ADMIN_RESET_FAIL,
}
_OF = {
    Operation.CHANGE: {_SUCCESS: EventId.CHANGE_SUCCESS, _FAIL: EventId.CHANGE_FAIL},
    Operation.UNLOCK: {_SUCCESS: EventId.UNLOCK_SUCCESS, _FAIL: EventId.UNLOCK_FAIL},
}


# what writes nothing, with the events of its two ends
_READ = {
    Operation.CHECK: (EventId.CHECK_SUCCESS, EventId.CHECK_FAIL),
    Operation.LOOKUP: (EventId.LOOKUP_SUCCESS, EventId.LOOKUP_FAIL),
    Operation.AUTHENTICATE: (EventId.SIGN_IN_SUCCESS, EventId.SIGN_IN_FAIL),
    Operation.REGISTER: (EventId.REGISTER_SUCCESS, EventId.REGISTER_FAIL),
    Operation.ROSTER: (EventId.ROSTER_SUCCESS, EventId.ROSTER_FAIL),
}


@dataclass(frozen=True)
class Received:
    """What is noted of a request, by issuer and user; nothing, when it was not read."""

    op: Operation | None = None
    jti: str | None = None
    user: Mapping[str, str] | None = None
    portal: str | None = None
    by_admin: bool = False
    proofs: tuple[Mapping[str, Any], ...] = ()
    origin: Mapping[str, Any] | None = None

    @classmethod
    def unread(cls, reply_to: ReplyTo | None) -> "Received":
        """Note who sent what is not in the form; None: that is not known either."""
        if reply_to is None:
            return cls()
        return cls(jti=reply_to.jti, portal=reply_to.portal.issuer)

    @classmethod
    def of(cls, request: Request) -> "Received":
        """Take from a request what is no secret."""
        user, issuer = _user(request), request.portal.issuer
        proofs = _proofs(request.methods)
        by_admin = request.portal.is_self_test
        asked = _asked(request)
        return cls(request.op, request.jti, user, issuer, by_admin, proofs, asked)


def _user(request: Request) -> Mapping[str, str] | None:
    if request.user is None:
        return None
    return {"by": request.user.by, "value": request.user.value[: identifiers.MOST]}


def _proofs(proofs: Iterable[Proof]) -> tuple[Mapping[str, Any], ...]:
    """Give what is said of proofs; of a receipt nothing, whose words are the same."""
    return tuple(
        proof.model_dump(mode="json", exclude_defaults=True, exclude={"receipt"})
        for proof in proofs
    )


def _asked(request: Request) -> Mapping[str, Any] | None:
    """Give from where a request came and what for, as its portal says."""
    origin, proof = request.origin, request.proof
    said: dict[str, Any] = {"purpose": request.purpose or ""}
    if proof is not None:
        said |= {"kind": str(proof.kind), "registers": proof.id}
    if origin is not None:
        said |= {
            "by": origin.by,
            "actor": "" if origin.actor is None else str(origin.actor),
            "reason": printable(origin.reason),
            "journey": origin.journey,
            "address": printable(origin.address),
            "actor_proofs": list(_proofs(origin.actor_methods)),
        }
    return {name: value for name, value in said.items() if value} or None


@dataclass(frozen=True)
class Record:
    """What became of one request; `id` is shown to the user as the reference.

    `dn` is the user's, when it was found; `ms` are milliseconds by stage; `admitted`:
    it was within the limit, and in its time.
    """

    id: str
    agent: str
    reply: Answer | Repeat
    received: Received = Received()
    dn: str | None = None
    ms: Mapping[str, float] = field(default_factory=dict)
    admitted: bool = True

    @property
    def event(self) -> EventId:
        """What an alert knows it by."""
        if isinstance(self.reply, Repeat):
            return EventId.ANSWER_REPEATED
        op, by_admin = self.received.op, self.received.by_admin
        return event_of(self.reply.code, op, by_admin=by_admin)


def new_id() -> str:
    """Make an id that people can read to each other."""
    return str(uuid.uuid4())


def event_of(code: Code, op: Operation | None, *, by_admin: bool = False) -> EventId:
    """Choose the event id of an outcome: each operation has its own."""
    event = EventId(OUTCOMES[code].event)
    if op in _READ:
        return _of_read(code, event, *_READ[op])
    if by_admin and op is Operation.RESET:
        return _OF_ADMIN.get(event, event)
    return _OF[op].get(event, event) if op in _OF else event


def _of_read(code: Code, event: EventId, success: EventId, fail: EventId) -> EventId:
    # nothing was set and nobody was refused: 31002 is of a password
    if code is Code.OK:
        return success
    of_agent = EventId.UNKNOWN_ERROR <= event < EventId.AD_UNKNOWN
    return event if of_agent else fail


def as_line(record: Record, at: datetime) -> dict[str, Any]:
    """Give a record as the JSON of its line."""
    received, reply = record.received, record.reply
    return {
        **_head(at, record.id, record.event),
        "code": reply.code.value,
        "detail": reply.detail,
        **_of_request(received, record.dn),
        "agent": record.agent,
        "controller": reply.controller,
        "steps": list(reply.step_dicts),
        "ms": dict(record.ms),
        "answer_of": reply.id if isinstance(reply, Repeat) else None,
    }


def _head(at: datetime, reference: str, event: EventId) -> dict[str, Any]:
    return {
        "at": at.isoformat(timespec="milliseconds"),
        "id": reference,
        "event": int(event),
        "event_name": name_of(event),
    }


def _of_request(received: Received, dn: str | None) -> dict[str, Any]:
    return {
        "op": received.op,
        "jti": received.jti,
        "user": received.user,
        "dn": dn,
        "portal": received.portal,
        "proofs": list(received.proofs),
        **({} if received.origin is None else {"origin": dict(received.origin)}),
    }


def _count_line(counted: Counted, at: datetime) -> dict[str, Any]:
    return {
        **_head(at, new_id(), EventId.REQUESTS_COUNTED),
        "code": counted.code,
        "detail": f"{counted.count} more in a minute",
        "op": None,
        "count": counted.count,
        "first": datetime.fromtimestamp(counted.first, UTC).isoformat(),
        "last": datetime.fromtimestamp(counted.last, UTC).isoformat(),
    }


class Audit:
    """Records requests; safe for many threads.

    `also` is given each record too, such as the system's journal. OSError where the
    files can't be used.
    """

    def __init__(
        self,
        path: Path,
        also: Callable[[Mapping[str, Any]], None] | None = None,
        *,
        head: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        head = head or path.with_name("audit.head")
        self._also = also or (lambda _record: None)
        self._trail = Trail(path, head, on_note=self._also)
        self._clock = clock
        self._counts = Counts()

    def begin(self, reference: str, received: Received, dn: str, host: str) -> None:
        """Record what is sent to a controller next; OSError: it must not be sent."""
        assert received.op in _STARTS
        event = _STARTS[received.op]
        if received.by_admin:
            event = _OF_ADMIN.get(event, event)
        line = {
            **_head(self._now(), reference, event),
            "code": None,
            "detail": "",
            **_of_request(received, dn),
            "controller": host,
        }
        self._add(line, may_use_reserve=False)

    def write(self, record: Record) -> None:
        """Record how a request ended; OSError where the disk is full, or it is gone."""
        self.write_counts()
        code, known = record.reply.code, record.received.portal is not None
        most = _MOST_OF_PORTALS if known else _MOST_OF_STRANGERS
        if record.admitted or self._counts.takes(code, most, self._clock()):
            self._add(as_line(record, self._now()))

    def write_counts(self, *, ends: bool = False) -> None:
        """Record the counts of the minutes that are over, or of all at the end."""
        for counted in self._counts.due(self._clock(), ends=ends):
            self._add(_count_line(counted, self._now()))

    def note(self, event: EventId, detail: str) -> None:
        """Record what is of no request; in the file where the event's place is there.

        OSError as for any record.
        """
        head = _head(self._now(), new_id(), event)
        line = {**head, "code": None, "op": None, "detail": detail}
        if EVENTS[event].place == "audit":
            self._add(line)
        else:
            self._also(line)

    def settle(self) -> None:
        """Have on the disk what was recorded; to be done every few seconds."""
        self.write_counts()
        self._trail.settle()

    def close(self) -> None:
        """Record what is counted, and close the files."""
        try:
            self.write_counts(ends=True)
        except OSError as error:
            LOG.error("the last counts are not recorded: %s", error.strerror)
        self._trail.close()

    def _add(self, line: dict[str, Any], *, may_use_reserve: bool = True) -> None:
        try:
            tip = self._trail.add(line, may_use_reserve=may_use_reserve)
            line |= {"seq": tip.seq, "hash": tip.hash}
        finally:
            self._also(line)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
