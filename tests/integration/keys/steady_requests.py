"""Portals that send without a pause, while something is replaced."""

import contextlib
import itertools
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self

from docs.portal_client import Agent, Client, Portal, Sealed, WireError
from lab.sandbox import AGENT, Sandbox
from tests.fixtures.password_audit import resets

PEOPLE = ("anna", "bruno", "clara")
# as wire.md says of both, the same token is sent again
_NOT_NOW, _UNSETTLED = (502, 503, 504), "unknown_result"
_AWAY = "directory_unavailable"
_LIVES_S, _BETWEEN_S, _PATIENCE_S = 110.0, 0.05, 300.0
_PASSWORD = "Canary-7f3a-{key}-{number}"


class SteadyRequests:
    """For each person a portal that resets, and one that checks; all at one time.

    `portal` is the file of the portal that sends. `codes` are what the requests were
    answered, by their jti; `unanswered` counts how often one had to be sent again,
    `away` those for which the controller was too slow: they were refused, and the
    person asks anew.
    """

    def __init__(self, whole: Sandbox, fingerprint: str, portal: Path) -> None:
        self._whole, self._fingerprint, self._portal = whole, fingerprint, portal
        self._ends, self._numbers = threading.Event(), itertools.count()
        self._threads = ThreadPoolExecutor(2 * len(PEOPLE))
        self._runs: list[Future[None]] = []
        self._before = resets(whole.lab.log)
        self.codes: defaultdict[str, list[str]] = defaultdict(list)
        self.resets: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()
        self.away = 0
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> Self:
        for key in PEOPLE:
            for run in (self._reset, self._check):
                self._runs.append(self._threads.submit(self._until_the_end, key, run))
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._threads.shutdown()

    def wait_for(self, more: int) -> None:
        """Wait until so many more are answered; what ended a portal is raised."""
        aim, deadline = len(self.codes) + more, time.monotonic() + _PATIENCE_S
        while len(self.codes) < aim:
            assert time.monotonic() < deadline, self.unanswered
            for run in self._runs:
                assert not run.done() or run.result() is None
            time.sleep(_BETWEEN_S)

    def compare(self) -> None:
        """Each was answered once and is ok; each reset was done once, by all records.

        The agent's audit and the controller's own are looked at.
        """
        ends = Counter(tuple(codes) for codes in self.codes.values())
        assert set(ends) == {("ok",)}, (ends, self.unanswered, self.away)
        done = Counter(record["jti"] for record in self._records())
        twice_or_never = {jti: done[jti] for jti in self.codes if done[jti] != 1}
        assert not twice_or_never
        lab = self._whole.lab
        by_controller = resets(lab.log) - self._before
        people = {key: by_controller[lab.people[key]["dn"]] for key in PEOPLE}
        assert people == dict(self.resets)
        for key, password in self.passwords.items():
            lab.sign_in(lab.people[key]["upn"], password)

    def _records(self) -> list[dict[str, Any]]:
        """The audit's records of requests that ended, but for answers repeated."""
        lines = self._whole.host.places.audit.read_text().splitlines()
        records = [json.loads(line) for line in lines]
        return [
            each
            for each in records
            if each["code"] is not None and not each.get("answer_of")
        ]

    def _until_the_end(self, key: str, run: "_Run") -> None:
        with contextlib.closing(Client(Portal.load(self._portal))) as client:
            agent = client.agent(AGENT, self._fingerprint)
            while not self._ends.is_set():
                run(client, agent, key)
                self._ends.wait(_BETWEEN_S)

    def _reset(self, client: Client, agent: Agent, key: str) -> None:
        password = _PASSWORD.format(key=key, number=next(self._numbers))
        claims = {"user": self._user(key), "new_password": password}
        if self._answered(client, agent, client.seal(agent, "reset", claims)) == "ok":
            self.resets[key] += 1
            self.passwords[key] = password

    def _check(self, client: Client, agent: Agent, key: str) -> None:
        claims = {"user": self._user(key)}
        self._answered(client, agent, client.seal(agent, "check", claims))

    def _user(self, key: str) -> dict[str, str]:
        guid = self._whole.lab.people[key]["objectGUID"]
        return {"by": "objectGUID", "value": guid}

    def _answered(self, client: Client, agent: Agent, sealed: Sealed) -> str:
        """Send one token until it is answered; give the code."""
        deadline, code = time.monotonic() + _LIVES_S, "no answer"
        while time.monotonic() < deadline:
            found = self._sent(client, agent, sealed)
            if found not in (None, _UNSETTLED):
                code = str(found)
                break
            time.sleep(_BETWEEN_S)
        if code == _AWAY:
            self.away += 1
        else:
            self.codes[sealed.jti].append(code)
        return code

    def _sent(self, client: Client, agent: Agent, sealed: Sealed) -> str | None:
        try:
            status, body = client.post(agent, "resets", sealed.token)
            if status in _NOT_NOW:
                self.unanswered[str(status)] += 1
                return None
            return str(client.open(agent, sealed, status, body)["code"])
        except (OSError, HTTPException, WireError) as error:
            self.unanswered[repr(error)] += 1
            return None


_Run = Callable[[Client, Agent, str], None]
