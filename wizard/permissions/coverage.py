"""Coverage: everybody in the scope judged, while the next page is on its way.

Memory stays flat: a page is let go once it is judged, and who wants all answers
writes them down. Equal descriptors are judged once (`agent.verdict.judge` keeps them).
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice

from agent.acl.sid import Sid
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import DETAIL, user_of
from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Scope
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.controls import OWNER_GROUP_DACL
from agent.ldap.entry import Entry
from agent.ldap.filters import member_filter, people_filter
from agent.ldap.pool import PooledConnection
from agent.verdict import judge
from agent.verdict.causes import Cause
from agent.verdict.subject import JUDGED, Subject
from agent.verdict.verdict import State, Verdict
from wire.operation import Operation
from wire.outcomes import Refused
from wizard.permissions.people_search import shown_name, sign_in_name

_READ = (*DETAIL, "userPrincipalName")
_PAGE = 500
_WAITING_PAGES = 2


@dataclass(frozen=True, slots=True)
class PersonVerdict:
    """One person with the answers about them; the names are printable and bounded."""

    sam: str
    verdict: Verdict
    name: str = ""
    sign_in_name: str = ""


@dataclass(slots=True)
class Tally:
    """How many people there are by cause, for each operation; resets also by state."""

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

    `pages` is a connection that only reads the pages; policies, groups and the token
    are asked over `facts`. `subjects` makes them as the agent's account reads them;
    where it is not there yet, as it will. Of the scope only who is in the container
    `within` is looked at; everybody where it is empty.
    """

    pages: Connection
    facts: PooledConnection
    subjects: SubjectReader
    scope: Scope
    operations: frozenset[Operation]
    within: str = ""


def cover(
    scan: Scan, name_of: Callable[[Sid], str] = str
) -> Generator[PersonVerdict, None, None]:
    """Judge everybody in the scope, in the directory's order.

    Close it when leaving early: that stops the reading too. Iterating raises
    `DirectoryError` when the directory does not answer.
    """
    with closing(judge_each(scan, name_of)) as everybody:
        for entry, _subject, verdict in everybody:
            yield _named(entry, verdict)


def judge_each(
    scan: Scan, name_of: Callable[[Sid], str] = str
) -> Generator[tuple[Entry, Subject | None, Verdict], None, None]:
    """Judge as `cover` does; give what was read too, None where it is hidden."""
    with _read_ahead(scan.pages, scan.scope, scan.within) as pages:
        for page in pages:
            for entry in page:
                try:
                    user = user_of(entry)
                except Refused as error:
                    yield entry, None, judge.hidden(entry.dn, error.detail)
                else:
                    subject = scan.subjects.read_in_scope(scan.facts, user)
                    verdict = judge.judge(subject, scan.operations, name_of)
                    yield entry, subject, verdict


def _named(entry: Entry, verdict: Verdict) -> PersonVerdict:
    sam, upn = entry.text("sAMAccountName"), entry.text("userPrincipalName")
    name = shown_name(entry.text("displayName"), sam, entry.dn)
    return PersonVerdict(sam or "", verdict, name, sign_in_name(upn, sam))


def outermost(containers: Sequence[str]) -> tuple[str, ...]:
    """Leave out containers inside others of them: nobody counts twice."""
    chosen: list[str] = []
    for container in sorted(containers, key=lambda name: len(dn.parse(name))):
        if not any(dn.is_below(container, outer) for outer in chosen):
            chosen.append(container)
    return tuple(chosen)


def people_in(
    directory: Connection,
    scope: Scope,
    attributes: Sequence[str],
    page: int,
    within: str = "",
) -> Iterator[Entry]:
    """Find everybody in the scope, each once, with the permissions of each.

    A filter can't name containers, so that people of excluded ones are read too.
    `within` is the container that is looked in; empty for the whole scope.
    """
    pilot, controls = scope.pilot_group, (OWNER_GROUP_DACL,)
    query = people_filter(*(() if pilot is None else (member_filter(pilot),)))
    named = ScopeContainers.of(scope)
    for container in (within,) if within else outermost(scope.containers):
        found = directory.search(
            container, query, attributes, controls=controls, page=page
        )
        yield from (entry for entry in found if named.include(entry.dn))


def _pages(directory: Connection, scope: Scope, within: str) -> Iterator[list[Entry]]:
    entries = people_in(directory, scope, _READ, _PAGE, within)
    while page := list(islice(entries, _PAGE)):
        yield page


@contextmanager
def _read_ahead(
    directory: Connection, scope: Scope, within: str
) -> Iterator[Iterator[list[Entry]]]:
    """Read pages in a thread of their own, a few ahead."""
    left = threading.Event()
    # its end is None, or what went wrong
    pages: queue.Queue[list[Entry] | Exception | None] = queue.Queue(_WAITING_PAGES)

    def put(item: list[Entry] | Exception | None) -> None:
        if not left.is_set():
            pages.put(item)

    def read() -> None:
        try:
            for page in _pages(directory, scope, within):
                put(page)
                if left.is_set():
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - raised again by who judges
            put(error)

    def next_page() -> list[Entry] | None:
        page = pages.get()
        if isinstance(page, Exception):
            raise page
        return page

    reader = threading.Thread(target=read, name="coverage-pages", daemon=True)
    reader.start()
    try:
        yield iter(next_page, None)
    finally:
        left.set()
        with suppress(queue.Empty):
            while True:  # the reader ends at its next page, wherever it waits
                pages.get_nowait()
        reader.join()
