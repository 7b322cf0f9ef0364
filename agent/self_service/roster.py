"""Who is in the scope, and may use self-service: a list for the portal's coverage.

It is read in one go and kept for some minutes, so that its pages are of one list. Of a
person there is the objectGUID, the name and whether they are eligible; a group of
another domain is not looked at here, so that a lookup decides.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.users import user_of
from agent.config.scope_containers import ScopeContainers
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from agent.ldap.filters import member_filter, people_filter
from agent.self_service.eligibility import eligibility
from wire.outcomes import Code, Refused
from wire.printable import printable

PAGE = 500
# of a page's JSON: sealed and signed it stays below what an answer may have
_PAGE_BYTES = 30 * 1024
_MOST_PEOPLE = 500_000
_NAME = 64
_YOUNG_S, _KEPT_S = 60.0, 900.0
_READ = (
    *("objectGUID", "objectSid", "objectClass", "sAMAccountName", "displayName"),
    *("primaryGroupID", "memberOf"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the list."""

    guid: UUID
    name: str
    eligible: bool

    def as_dict(self) -> dict[str, Any]:
        """Give it as the wire does."""
        return {"guid": str(self.guid), "name": self.name, "eligible": self.eligible}


@dataclass(frozen=True, slots=True)
class _List:
    id: str
    read_at: float
    people: tuple[Listed, ...]


class Roster:
    """The last list that was read; safe for many threads, `clock` only goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: _List | None = None

    def page(
        self, cursor: str | None, read: Callable[[], Iterator[Listed]]
    ) -> dict[str, Any]:
        """Give a page, and the cursor of the next where there is one.

        Without a cursor it begins: with `read`, where the last list is over a minute
        old. Refused as bad_request where the cursor's list is gone, or was never, as
        too_many where it is being read: nobody waits for that.
        """
        if cursor is None:
            listed, at = self._begun(read), 0
        else:
            listed, at = self._known(cursor)
        people = list(_fitting(listed.people[at : at + PAGE]))
        following = at + len(people)
        page: dict[str, Any] = {"people": people, "total": len(listed.people)}
        if following < len(listed.people):
            page["cursor"] = f"{listed.id}-{following}"
        return page

    def _begun(self, read: Callable[[], Iterator[Listed]]) -> _List:
        if not self._lock.acquire(blocking=False):
            raise Refused(Code.TOO_MANY, "the list is being read")
        try:
            last, now = self._last, self._clock()
            if last is None or now - last.read_at > _YOUNG_S:
                last = _List(secrets.token_hex(8), now, _whole(read()))
                self._last = last
            return last
        finally:
            self._lock.release()

    def _known(self, cursor: str) -> tuple[_List, int]:
        own_id, _, at = cursor.partition("-")
        last = self._last
        if last is None or not _is_of(last, own_id, at, self._clock()):
            rule = "cursor: its list is gone; begin without one"
            raise Refused(Code.BAD_REQUEST, rule)
        return last, int(at)


def read_roster(directory: Connection, domain: DomainCache) -> Iterator[Listed]:
    """Read everybody in the scope; DirectoryError where nobody answers."""
    settings = domain.settings
    scope, groups = settings.scope, domain.self_service(directory)
    containers, seen = ScopeContainers.of(scope), set[UUID]()
    pilot = () if scope.pilot_group is None else (member_filter(scope.pilot_group),)
    for container in scope.containers:
        for entry in directory.search(container, people_filter(*pilot), _READ):
            if not containers.include(entry.dn):
                continue
            try:
                user = user_of(entry)
            except Refused:  # who has no objectGUID that is seen is nobody here
                continue
            if user.guid in seen:  # of a container within another
                continue
            seen.add(user.guid)
            may = eligibility(settings.self_service, groups.of(user, frozenset()))
            yield Listed(user.guid, _name(entry), may.eligible)


def _whole(people: Iterator[Listed]) -> tuple[Listed, ...]:
    found = []
    for each in people:
        found.append(each)
        if len(found) > _MOST_PEOPLE:
            raise Refused(Code.TOO_MANY, f"over {_MOST_PEOPLE} people")
    return tuple(found)


def _is_of(listed: _List, own_id: str, at: str, now: float) -> bool:
    known = own_id == listed.id and now - listed.read_at <= _KEPT_S
    return known and at.isdecimal() and int(at) < len(listed.people)


def _fitting(people: tuple[Listed, ...]) -> Iterator[dict[str, Any]]:
    left = _PAGE_BYTES
    for each in people:
        spelled = each.as_dict()
        left -= len(json.dumps(spelled)) + 1
        if left < 0:
            return
        yield spelled


def _name(entry: Entry) -> str:
    name = entry.text("displayName") or entry.text("sAMAccountName") or ""
    return printable(name, _NAME)
