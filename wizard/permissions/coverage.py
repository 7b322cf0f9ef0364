"""Everybody in the scope judged, page by page, while the next page is on its way.

Memory stays flat: a page is let go once it is judged, and who wants all answers
writes them down. Equal descriptors are judged once (`agent.verdict.judge` keeps them).
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import Domain
from agent.active_directory.users import DETAIL, User, user_of
from agent.config.settings import Features, Scope
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.controls import sd_flags
from agent.ldap.entry import Entry
from agent.ldap.filters import member_filter, people_filter
from agent.ldap.pool import PooledConnection
from agent.verdict import judge as verdict
from agent.verdict.causes import Cause
from agent.verdict.subject import JUDGED, Subject
from agent.verdict.verdict import State, Verdict
from wire.operation import Operation
from wire.outcomes import Refused
from wizard.permissions.inheritance import blocked_above
from wizard.permissions.planned_account import PlannedAccount

_PAGE = 500
_WAITING_PAGES = 2
_OWNER_GROUP_DACL = 7


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
        domain: of the settings that are judged.
        cuts: containers of the scope that inherit nothing
        (`wizard.permissions.inheritance`).
        forecast: the account is not there yet; an administrator looks for it.

    """

    pages: Connection
    facts: PooledConnection
    domain: Domain
    scope: Scope
    features: Features
    cuts: tuple[str, ...] = ()
    forecast: PlannedAccount | None = None


def cover(
    sight: Scan, name_of: Callable[[Sid], str] = str
) -> Generator[PersonVerdict, None, None]:
    """Judge everybody in the scope, in the directory's order.

    Close it when leaving early: that stops the reading too.

    Raises:
        DirectoryError: the directory did not answer, while it is iterated.

    """
    operations, now = sight.features.operations, datetime.now(UTC)
    with _read_ahead(sight.pages, sight.scope) as pages:
        for page in pages:
            for entry in page:
                try:
                    user = user_of(entry)
                except Refused as error:
                    said = verdict.hidden(entry.dn, error.detail)
                else:
                    subject = _subject(sight, user)
                    said = verdict.judge(
                        subject, now=now, operations=operations, name_of=name_of
                    )
                yield PersonVerdict(entry.text("sAMAccountName") or "", said)


def _subject(sight: Scan, user: User) -> Subject:
    subject = sight.domain.subject_of_scope(sight.facts, user)
    return as_seen(subject, sight)


def as_seen(subject: Subject, sight: Scan) -> Subject:
    """Add what is known of the containers above, and of an account to be."""
    if cut := blocked_above(subject.dn, sight.cuts):
        subject = replace(subject, cut=cut)
    return sight.forecast.of(subject) if sight.forecast else subject


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
        found = self._directory.search(
            container,
            _query(self._scope),
            DETAIL,
            controls=(sd_flags(_OWNER_GROUP_DACL),),
        )
        page: list[Entry] = []
        for entry in found:
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
