"""The breaker: a portal that resets too many different people is stopped.

It opens by itself, for every write, and stays so over restarts: it is open while its
file is there. Only the administrator of this machine closes it, by taking the file away
(`writeback breaker close`); what was counted before counts no more.
"""

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from agent.request.ledger import AttemptKind, Ledger, LedgerFailed
from agent.system.atomic_files import write_atomically
from wire.outcomes import Code, Refused

LOG = logging.getLogger("agent.request.breaker")

WINDOW_S = 300.0


class Breaker:
    """Counts the people whom a portal has written to; safe for many threads.

    `most` people in five minutes are let; `changed` is told of each opening and
    closing, with what happened.
    """

    def __init__(
        self,
        path: Path,
        ledger: Ledger,
        most: int,
        changed: Callable[[bool, str], None] = lambda _is_open, _what: None,
    ) -> None:
        self._path, self._ledger, self._most = path, ledger, most
        self._changed = changed
        self._lock = threading.Lock()
        self._was_open = self._is_there()
        self._unwritten: str | None = None  # what the file has to hold

    @property
    def is_open(self) -> bool:
        """Whether nothing is written; also where the file can't be looked for."""
        return self._unwritten is not None or self._is_there()

    def check(self) -> None:
        """See that it is closed: Refused (breaker_open); told once when it closed."""
        with self._lock:
            self._write()
            if self.is_open:
                raise Refused(Code.BREAKER_OPEN)
            if self._was_open:
                self._was_open = False
                self._changed(False, "the administrator closed it")

    def count(self, user: str) -> None:
        """Count a person who is written to next; one too many opens it: Refused."""
        try:
            number = self._ledger.attempt(AttemptKind.BY_PORTAL, user)
            self._ledger.end_attempt(number, counts=True)
            people = self._ledger.people_of(AttemptKind.BY_PORTAL, WINDOW_S)
        except LedgerFailed as error:
            raise Refused(Code.CANNOT_RECORD, f"the ledger: {error}") from error
        if people > self._most:
            self._open(people)
        self.check()

    def look(self) -> bool:
        """Look whether it was closed meanwhile; say whether it is open."""
        try:
            self.check()
        except Refused:
            return True
        return False

    def _open(self, people: int) -> None:
        with self._lock:
            if self.is_open:
                return
            at = datetime.now(UTC).isoformat(timespec="seconds")
            record = {"opened_at": at, "people": people, "most": self._most}
            self._was_open, self._unwritten = True, json.dumps(record)
            self._write()
            what = f"{people} people in five minutes, and {self._most} are let"
            self._changed(True, what)
            # after it is closed, what was before it counts no more
            with contextlib.suppress(LedgerFailed):
                self._ledger.forget(AttemptKind.BY_PORTAL)

    def _write(self) -> None:
        """Write the file; where that fails it is open all the same, and tried again."""
        if self._unwritten is None:
            return
        try:
            write_atomically(self._path, f"{self._unwritten}\n", mode=0o600)
        except OSError as error:
            LOG.error("the breaker is open, and %s: %s", self._path, error.strerror)
        else:
            self._unwritten = None

    def _is_there(self) -> bool:
        try:
            self._path.lstat()
        except FileNotFoundError:
            return False
        except OSError:
            return True  # what can't be looked for may be there
        return True
