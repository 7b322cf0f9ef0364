"""Coverage: everybody in the scope judged, while the next page is on its way.

Memory stays flat: a page is let go once it is judged, and who wants all answers
writes them down. Equal descriptors are judged once (`agent.verdict.judge` keeps them).
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from agent.acl.sid import Sid
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import DETAIL, user_of
from agent.config.settings import Scope
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.controls import OWNER_GROUP_DACL
from agent.ldap.entry import Entry
from agent.ldap.filters import member_filter, people_filter
from agent.ldap.pool import PooledConnection
from agent.verdict import judge
from agent.verdict.causes import Cause
from agent.verdict.subject import JUDGED
from agent.verdict.verdict import State, Verdict
from wire.operation import Operation
from wire.outcomes import Refused

_PAGE = 500
_WAITING_PAGES = 2


@dataclass(frozen=True, slots=True)
class PersonVerdict:
    """One person with the answers about them."""

    sam: str
    verdict: Verdict


@dataclass(slots=True)
class Tally:
    """How many people there are by cause, for each operation.

    Attributes:
        people: how many were judged.
        states: how many resets would work, would not, and are not known.

    """

    people: int = 0
    states: Counter[State] = field(default_factory=Counter)
    causes: dict[Operation, Counter[Cause]] = field(
        default_factory=lambda: {operation: Counter() for operation in JUDGED}
    )

    def add(self, judged: Verdict) -> None:
        """Count one person."""
        self.people += 1
        self.states[judged.reset.state] += 1
        for operation, causes in self.causes.items():
            causes[judged.of(operation).cause] += 1


@dataclass(frozen=True, slots=True)
class Scan:
    """Who looks, and by which rules.

    Attributes:
        pages: a connection of the agent's account that only reads the pages.
        facts: another one, for policies, groups and the token.
        subjects: makes them, as the agent's account reads them; where it is not there
            yet, as it will.
        operations: those that the settings switch on.

    """

    pages: Connection
    facts: PooledConnection
    subjects: SubjectReader
    scope: Scope
    operations: frozenset[Operation]


def cover(
    scan: Scan, name_of: Callable[[Sid], str] = str
) -> Generator[PersonVerdict, None, None]:
    """Judge everybody in the scope, in the directory's order.

    Close it when leaving early: that stops the reading too.

    Raises:
        DirectoryError: the directory did not answer, while it is iterated.

    """
    with _read_ahead(scan.pages, scan.scope) as pages:
        for page in pages:
            for entry in page:
                try:
                    user = user_of(entry)
                except Refused as error:
                    verdict = judge.hidden(entry.dn, error.detail)
                else:
                    subject = scan.subjects.read_in_scope(scan.facts, user)
                    verdict = judge.judge(subject, scan.operations, name_of)
                yield PersonVerdict(entry.text("sAMAccountName") or "", verdict)


def outermost(scope: Scope) -> tuple[str, ...]:
    """Leave out containers inside others of the scope: nobody counts twice."""
    chosen: list[str] = []
    for container in sorted(scope.containers, key=lambda name: len(dn.parse(name))):
        if not any(dn.is_below(container, outer) for outer in chosen):
            chosen.append(container)
    return tuple(chosen)


def _query(scope: Scope) -> str:
    if scope.pilot_group is None:
        return people_filter()
    return people_filter(member_filter(scope.pilot_group))


@contextmanager
def _read_ahead(directory: Connection, scope: Scope) -> Iterator[Iterator[list[Entry]]]:
    """Read pages in a thread of their own, a few ahead."""
    pages = _Pages(directory, scope)
    reader = threading.Thread(target=pages.read, name="coverage-pages", daemon=True)
    reader.start()
    try:
        yield iter(pages.next, None)
    finally:
        pages.leave()
        reader.join()


class _Pages:
    """The way of pages from the thread that reads to the one that judges."""

    def __init__(self, directory: Connection, scope: Scope) -> None:
        self._directory, self._scope = directory, scope
        self._left = threading.Event()
        self._queue: queue.Queue[list[Entry] | Exception | None] = queue.Queue(
            _WAITING_PAGES
        )

    def read(self) -> None:
        """Fill the queue; its end is None, or what went wrong."""
        try:
            for container in outermost(self._scope):
                self._read_container(container)
            self._put(None)
        except Exception as error:  # noqa: BLE001 - raised again by who judges
            self._put(error)

    def next(self) -> list[Entry] | None:
        """Give the next page; None when there are no more.

        Raises:
            DirectoryError: the directory did not answer.

        """
        got = self._queue.get()
        if isinstance(got, Exception):
            raise got
        return got

    def leave(self) -> None:
        """Let the reader end at its next page, wherever it waits."""
        self._left.set()
        while True:
            try:
                self._queue.get_nowait()
            except queue.Empty:
                return

    def _read_container(self, container: str) -> None:
        entries = self._directory.search(
            container,
            _query(self._scope),
            DETAIL,
            controls=(OWNER_GROUP_DACL,),
        )
        page: list[Entry] = []
        for entry in entries:
            page.append(entry)
            if len(page) == _PAGE:
                self._put(page)
                page = []
                if self._left.is_set():
                    return
        self._put(page)

    def _put(self, item: list[Entry] | Exception | None) -> None:
        if not self._left.is_set():
            self._queue.put(item)
