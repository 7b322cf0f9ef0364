"""Whether a controller answered all the time: a busy machine may hold it too.

One that is silent for as long as the agent waits is away to the agent, which says so.
That is no fault of the agent's; without this, it would look like one.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import ldap3
from ldap3.core.exceptions import LDAPException

from lab.controller import Lab

# what the agent answers then
AWAY = frozenset({"directory_unavailable", "unknown_result"})
# the agent waits for 2.5 s at least, and does not ask at the same moments
_SILENT_S = 1.5
_BETWEEN_S = 0.05


@dataclass
class Witness:
    """How long the controller took at most."""

    longest: float = 0.0

    @property
    def was_silent(self) -> bool:
        """Whether the agent may have found it away."""
        return self.longest > _SILENT_S


@contextmanager
def witnessed(lab: Lab) -> Iterator[Witness]:
    """Ask a controller again and again for as long as the block takes."""
    witness, stop = Witness(), threading.Event()
    thread = threading.Thread(target=_ask_on, args=(lab, witness, stop))
    thread.start()
    try:
        yield witness
    finally:
        stop.set()
        thread.join()


def _ask_on(lab: Lab, witness: Witness, stop: threading.Event) -> None:
    admin = (lab.admin_user, lab.admin_password)
    while not stop.wait(_BETWEEN_S):
        with suppress(LDAPException), ExitStack() as asking:
            with _timed(witness):
                link = asking.enter_context(lab.signed_in(*admin))
            while not stop.wait(_BETWEEN_S):
                with _timed(witness):
                    link.search("", "(objectClass=*)", ldap3.BASE)


@contextmanager
def _timed(witness: Witness) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        witness.longest = max(witness.longest, time.monotonic() - began)
