"""Whose requests the agent takes: the portal's by its keys of now, and the self-test's.

A portal that takes new keys orders so with the old ones. Both are good until the first
request by the new ones, at most seven days.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from agent.audit.event import EventId
from agent.keys import succession_file
from agent.keys.shared_file import Stamp, locked, stamp
from agent.keys.succession_file import PortalKeys, Taken, follow
from wire.messages import Portal
from wire.outcomes import Code, Refused
from wire.succession import TRANSITION_S, Succession

LOG = logging.getLogger("agent.keys.portals")

Note = Callable[[EventId, str], None]


@dataclass(frozen=True)
class PortalKeyAge:
    """A portal's keys: its fingerprint, and those of before while they are good too.

    `since` and `former_until` are in Unix seconds; the keys of the enrolment have no
    time.
    """

    issuer: str
    fingerprint: str
    since: int | None = None
    former: str | None = None
    former_until: int | None = None


class Portals:
    """The portals by now, from those of the enrolment; safe for many threads.

    `agent` is whom an order must be given to; `note` records an event. Other processes
    of this agent take orders too: the file is read again when it was replaced.
    """

    def __init__(
        self,
        path: Path,
        agent: str,
        portal: Portal,
        tester: Portal,
        note: Note = lambda _event, _what: None,
    ) -> None:
        self._path, self._agent, self._note = path, agent, note
        self._portal, self._tester = portal, tester
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._taken: tuple[Taken, ...] = ()
        self._now = PortalKeys(portal)
        self.tend()

    def by_kid(self) -> Mapping[str, Portal]:
        """Give the portals by the kid of the key that signs their requests."""
        known = self._current()
        parties = (known.former, known.portal, self._tester)
        return {_kid(party): party for party in parties if party is not None}

    def age(self) -> PortalKeyAge:
        """Say which keys the portal has, and since when."""
        known = self._current()
        age = PortalKeyAge(known.portal.issuer, known.portal.keys.fingerprint)
        if known.taken is not None:
            age = replace(age, since=known.taken.at)
        if known.former is None or known.taken is None:
            return age
        former, until = known.former.keys.fingerprint, known.taken.at + TRANSITION_S
        return replace(age, former=former, former_until=until)

    def succeed(self, token: bytes) -> PortalKeyAge:
        """Take the portal's new keys; the same order again changes nothing.

        Refused: it is not of the portal, or OSError: it can't be kept, so that nothing
        was taken.
        """
        now = int(time.time())
        with self._lock, locked(self._path):
            self._read(now)
            repeated = self._is_last(token) or self._orders_same(token, now)
            if not repeated:
                order = self._checked(token, now)
                self._keep((*self._taken, Taken(order.token, now)), now)
        age = self.age()
        if not repeated:
            what = f"the portal has new keys; its fingerprint is {age.fingerprint}"
            LOG.warning(what)
            self._note(EventId.PORTAL_KEYS_TAKEN, what)
        return age

    def used(self, portal: Portal) -> None:
        """Note a request that was signed with a portal's key, and is in its time."""
        known = self._current()
        if known.former is None or _kid(portal) != _kid(known.portal):
            return
        self._end(lambda each: each.token == (known.taken and known.taken.token))

    def tend(self) -> None:
        """End what is over, by time."""
        now = time.time()
        self._end(lambda each: each.is_over(now))

    def _end(self, is_over: Callable[[Taken], bool]) -> None:
        now, ends = int(time.time()), False
        try:
            with self._lock, locked(self._path):
                self._read(now)
                ended = tuple(
                    replace(each, used=each.used or is_over(each))
                    for each in self._taken
                )
                ends = ended != self._taken
                if ends:
                    self._keep(ended, now)
        except OSError as error:
            LOG.warning("the portal's keys can't be kept: %s", error.strerror)
            return
        if ends:
            what = "the portal's former keys are good no more"
            LOG.info(what)
            self._note(EventId.PORTAL_KEYS_ENDED, what)

    def _current(self) -> PortalKeys:
        with self._lock:
            if self._stamp != stamp(self._path):
                self._read(int(time.time()))
            return self._now

    def _checked(self, token: bytes, now: int) -> Succession:
        order = Succession.read(token, self._now.portal.keys)
        order.check_given(self._agent, now)
        if order.statement.issuer != self._portal.issuer:
            raise Refused(Code.FORGED_REQUEST, "iss is not the portal of this key")
        if self._now.last and order.issued_at <= self._now.last.issued_at:
            raise Refused(Code.REPLAYED_REQUEST, "iat is before that of the last order")
        if len(self._taken) >= succession_file.MOST:
            rule = "too many orders since the enrolment: have the agent repaired"
            raise Refused(Code.TOO_MANY, rule)
        return order

    def _is_last(self, token: bytes) -> bool:
        last = self._now.last
        return last is not None and last.token.encode("ascii") == token

    def _orders_same(self, token: bytes, now: int) -> bool:
        """Say whether it orders the keys of now, also with those of before.

        Who got no answer orders again.
        """
        for signer in (self._now.portal, self._now.former):
            if signer is None:
                continue
            try:
                order = Succession.read(token, signer.keys)
                order.check_given(self._agent, now)
            except Refused:
                continue
            return order.statement.keys.jwks() == self._now.portal.keys.jwks()
        return False

    def _read(self, now: int) -> None:
        self._stamp = stamp(self._path)
        self._taken = succession_file.read(self._path)
        self._now = follow(self._portal, self._taken, now)

    def _keep(self, taken: tuple[Taken, ...], now: int) -> None:
        succession_file.write(self._path, taken)
        self._read(now)


def _kid(party: Portal) -> str:
    return str(party.keys.signing.thumbprint())
