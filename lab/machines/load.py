"""Portals that ask all the time, each request sent once: nothing is tried again.

What comes back is noted as it is, so that a request that found nobody is seen, where a
portal would send it again.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from docs.portal_client import Agent, Client, Portal
from lab.machines.server import CANARY, Server
from lab.machines.witness import AWAY, Witness, witnessed

_LONGEST_S = 120.0


@dataclass
class Answers:
    """What came back: answers by code, and by status what was no answer."""

    codes: Counter[str] = field(default_factory=Counter)
    # by portal
    sent: dict[str, float] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    controller: Witness = field(default_factory=Witness)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, who: str, code: str) -> None:
        """Take in what came back to one of the portals."""
        with self._lock:
            self.codes[code] += 1
            self.answered[who] += 1
            if who not in self.first:
                self.first[who] = code

    @property
    def lost(self) -> set[str]:
        """What should not have come back, however busy this machine is."""
        away = AWAY if self.controller.was_silent else set[str]()
        return set(self.codes) - {"ok"} - away

    def wait_until_all_are_answered(self, portals: Iterable[str]) -> None:
        """Wait until something more came back to each of some portals."""
        wanted = {who: self.answered[who] + 1 for who in portals}
        deadline = time.monotonic() + _LONGEST_S
        while any(self.answered[who] < number for who, number in wanted.items()):
            assert time.monotonic() < deadline, self.answered
            time.sleep(0.01)

    def wait_until_all_wait(self, seconds: float = 0.5) -> None:
        """Wait until each portal's request has been on its way for so long.

        From then on the first that comes back to each is kept in `first`.
        """
        deadline = time.monotonic() + _LONGEST_S
        while time.monotonic() - max(self.sent.values()) < seconds:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with self._lock:
            self.first.clear()


@contextmanager
def asked_all_the_time(
    here: Server, *people: str, resetting: str = "", fingerprint: str = ""
) -> Iterator[Answers]:
    """Ask about each person again and again, in a thread of its own for each.

    Each was answered before the block is entered, and is once more after it.

    Args:
        here: whose agent is asked.
        people: who a check is asked for.
        resetting: whose password is reset again and again, beside that.
        fingerprint: the agent's, where it can't be asked of the server now.

    """
    fingerprint = fingerprint or here.status()["fingerprint"]
    stop, answers = threading.Event(), Answers()
    asking = [(person, "check") for person in people]
    asking += [(resetting, "reset")] if resetting else []
    threads, portals = [], list[str]()
    for person, op in asking:
        upn = here.lab.people[person]["upn"]
        client = Client(Portal.load(here.relay.portal))
        agent = client.agent(here.agent, fingerprint)
        one = _One(client, agent, op, upn, answers)
        threads.append(threading.Thread(target=one.go_on, args=(stop,)))
        portals.append(one.who)
    with witnessed(here.lab) as answers.controller:
        for thread in threads:
            thread.start()
        try:
            answers.wait_until_all_are_answered(portals)
            yield answers
            answers.wait_until_all_are_answered(portals)
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@dataclass
class _One:
    """One portal with one connection."""

    client: Client
    agent: Agent
    op: str
    upn: str
    answers: Answers

    def go_on(self, stop: threading.Event) -> None:
        number = 0
        with closing(self.client):
            while not stop.is_set():
                number += 1
                self.answers.sent[self.who] = time.monotonic()
                self.answers.note(self.who, self.ask(number))

    @property
    def who(self) -> str:
        return f"{self.op} {self.upn}"

    def ask(self, number: int) -> str:
        claims: dict[str, object] = {
            "user": {"by": "userPrincipalName", "value": self.upn}
        }
        if self.op == "reset":
            claims["new_password"] = f"{CANARY}-{number:05}"
        return once(self.client, self.agent, self.op, claims)


def once(client: Client, agent: Agent, op: str, claims: dict[str, object]) -> str:
    """Send one request, once; give the answer's code, or what the relay said."""
    sealed = client.seal(agent, op, claims)
    status, body = client._ask("POST", f"{agent.name}/resets", sealed.token)
    if status not in (200, 400):
        return f"HTTP {status}: {body.decode(errors='replace')}"
    return str(client.open(agent, sealed, status, body)["code"])
