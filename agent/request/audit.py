"""One record per request, as one line of JSON. Never a secret.

Event ids and names are those of Microsoft's PasswordResetService source. A record is
written to the end of the file in one act, so that a reader never sees half of one.
"""

import contextlib
import json
import logging
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.active_directory import identifiers
from agent.request.answer import Answer, Repeat
from wire.messages import Request
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code

LOG = logging.getLogger("agent.request.audit")

NAMES = {
    31002: "PasswordResetSuccess",
    31003: "PasswordResetFail",
    31007: "ChangePasswordSuccess",
    31008: "ChangePasswordFail",
    31013: "OffboardingEventSuccess",
    32000: "UnknownError",
    32001: "ServiceError",
    32003: "InPutValidationError",
    32004: "DecryptionError",
    32008: "ValidationError",
    33001: "ADUnKnownError",
    33002: "ADUserNotFoundError",
    33003: "ADMutliMatchError",  # the name is spelled so at its source
    33004: "ADPermissionsError",
    33005: "ADUserAccountDisabled",
    33006: "ADUserAccountLockedOut",
    33007: "ADUserIncorrectPassword",
    33008: "ADPasswordPolicyError",
    33009: "ADConfigurationError",
}
_OF_CHANGE = {31002: 31007, 31003: 31008}


@dataclass(frozen=True)
class Received:
    """What is noted of a request, by issuer and user; nothing, when it was not read."""

    op: Operation | None = None
    jti: str | None = None
    user: Mapping[str, str] | None = None
    portal: str | None = None

    @classmethod
    def of(cls, request: Request | None) -> "Received":
        """Take from a request what is no secret."""
        if request is None:
            return cls()
        by, value = request.user.by, request.user.value[: identifiers.MOST]
        user = {"by": by, "value": value}
        return cls(request.op, request.jti, user, request.portal.issuer)


@dataclass(frozen=True)
class Record:
    """What became of one request; `id` is shown to the user as the reference.

    `dn` is the user's, when it was found; `ms` are milliseconds by stage.
    """

    id: str
    agent: str
    reply: Answer | Repeat
    received: Received = Received()
    dn: str | None = None
    ms: Mapping[str, float] = field(default_factory=dict)


def new_id() -> str:
    """Make an id that people can read to each other."""
    return str(uuid.uuid4())


def event_of(code: Code, op: Operation | None) -> int:
    """Choose the event id: a change has its own."""
    event = OUTCOMES[code].event
    return _OF_CHANGE.get(event, event) if op is Operation.CHANGE else event


def as_line(record: Record, at: datetime) -> dict[str, Any]:
    """Give a record as the JSON of its line."""
    received, reply = record.received, record.reply
    event = event_of(reply.code, received.op)
    return {
        "at": at.isoformat(timespec="milliseconds"),
        "id": record.id,
        "event": event,
        "event_name": NAMES[event],
        "code": reply.code.value,
        "detail": reply.detail,
        "op": received.op,
        "jti": received.jti,
        "user": received.user,
        "dn": record.dn,
        "agent": record.agent,
        "portal": received.portal,
        "controller": reply.controller,
        "steps": list(reply.step_dicts),
        "ms": dict(record.ms),
        "answer_of": reply.id if isinstance(reply, Repeat) else None,
    }


class Audit:
    """The file of records; safe for many threads. Made anew when it was moved away.

    While it can't be made anew, records go on to the file that was moved. `also` is
    given each record too, such as the system's journal.
    """

    def __init__(
        self, path: Path, also: Callable[[Mapping[str, Any]], None] | None = None
    ) -> None:
        self._path = path
        self._also = also
        self._lock = threading.Lock()
        self._reported = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()

    def write(self, record: Record) -> None:
        """Add a record; OSError where the disk is full, or the file gone for good."""
        line = as_line(record, datetime.now(UTC))
        data = (json.dumps(line) + "\n").encode("ascii")
        try:
            with self._lock:
                if self._was_moved():
                    self._make_anew()
                os.write(self._file, data)
        finally:
            if self._also is not None:
                self._also(line)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            os.close(self._file)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        return os.open(self._path, flags, 0o640)

    def _make_anew(self) -> None:
        """Open the file again by its name; the old one is closed only after.

        A number that is closed belongs at once to whoever opens something next.
        """
        try:
            anew = self._open()
        except OSError as error:
            self._report(error)
            if not os.fstat(self._file).st_nlink:
                raise  # deleted, and not moved: nobody would ever read it
            return
        old, self._file, self._reported = self._file, anew, False
        os.close(old)

    def _report(self, error: OSError) -> None:
        if not self._reported:
            LOG.error(
                "audit records can't be written to %s: %s; see that its folder is "
                "there and that the agent may write to it",
                self._path,
                error.strerror,
            )
        self._reported = True

    def _was_moved(self) -> bool:
        """Say whether the name is of another file now, as after a rotation."""
        with contextlib.suppress(OSError):
            return not os.path.samestat(os.fstat(self._file), self._path.stat())
        return True
