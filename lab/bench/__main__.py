"""`python -m lab.bench`: a reset, the portal, judging, a server, a window."""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.portal_client import Agent, Client
from lab.bench import coverage, first_window, install, portal, stalls
from lab.bench.figures import lines, percentiles, table
from lab.controller import Lab, Person
from lab.sandbox import Sandbox, sandbox

SAMPLES = 300
USERS = 20_000
WARM_UP = 10


@dataclass(frozen=True)
class Sample:
    """One reset through everything, and one straight to the controller."""

    end_to_end: float
    agent: Mapping[str, float]
    floor: float


class Floor:
    """python-ldap in a process of its own, with one warm connection."""

    def __init__(self, lab: Lab) -> None:
        self._child = subprocess.Popen(
            ["/usr/bin/python3", str(Path(__file__).with_name("floor.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        url = f"ldaps://{lab.address}"
        account = {"user": lab.admin_user, "password": lab.admin_password}
        self._say({"url": url, "ca": str(lab.ca)} | account)
        if self._hear() != "ready":
            sys.exit("The floor did not start; is Debian's python3-ldap installed?")

    def reset(self, dn: str, password: str) -> float:
        """Set a password and give the milliseconds it took."""
        self._say({"dn": dn, "password": password})
        return float(self._hear())

    def close(self) -> None:
        """End the child."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait()

    def _say(self, value: Any) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(value) + "\n")
        self._child.stdin.flush()

    def _hear(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()


def main() -> int:
    """Measure and print; one JSON object as the last line with --json."""
    parser = argparse.ArgumentParser(prog="dev bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("-n", type=int, default=SAMPLES)
    parser.add_argument("--users", type=int, default=USERS, help="how many to judge")
    parser.add_argument(
        "--no-install", action="store_true", help="leave out packages and a server"
    )
    parser.add_argument(
        "--no-window", action="store_true", help="leave out the wizard's window"
    )
    parser.add_argument("--no-portal", action="store_true", help="leave out the portal")
    options = parser.parse_args()
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    with tempfile.TemporaryDirectory(prefix="writeback-bench-") as folder:
        figures = _figures(_measure(Path(folder), options.n, say)) if options.n else {}
        visits = {} if options.no_portal else _visit(Path(folder), say)
        judging = _judge(Path(folder), options.users, say) if options.users else {}
        installing = {} if options.no_install else _install_anew(Path(folder), say)
    opening = {} if options.no_window else _open_anew(say)
    groups = {"portal": visits, "coverage": judging, "install": installing}
    groups["window"] = opening
    singles = [line for each in groups.values() for line in lines(each)]
    print(table(figures) if figures else "", *singles, sep="\n")
    if options.json:
        rows: dict[str, Any] = {f"{name}_ms": row for name, row in figures.items()}
        print(json.dumps(rows | {name: row for name, row in groups.items() if row}))
    return 0


def _open_anew(say: Callable[[str], None]) -> dict[str, float]:
    say("Opening the wizard's window, each time beside a bare one")
    rows = first_window.measure()
    say("Walking the wizard's pages with thousands of everything")
    return rows | stalls.measure()


def _install_anew(folder: Path, say: Callable[[str], None]) -> dict[str, float]:
    say("Building packages, and taking a bare server through its life")
    return install.measure(folder)


def _visit(folder: Path, say: Callable[[str], None]) -> dict[str, float]:
    say(f"Serving the portal, and sending {portal.PEOPLE} people there")
    lab = Lab.start(folder / "portal-lab")
    try:
        _lift_minimum_age(lab)
        return portal.measure(lab, folder / "visits")
    finally:
        lab.stop()


def _judge(folder: Path, users: int, say: Callable[[str], None]) -> dict[str, float]:
    say(f"Judging {users} people, each time beside ldapsearch reading them")
    lab = Lab.start(folder / "many")
    try:
        return coverage.measure(lab, users)
    finally:
        lab.stop()


def _measure(folder: Path, count: int, say: Callable[[str], None]) -> list[Sample]:
    say("Starting a domain controller and a relay, installing an agent")
    lab = Lab.start(folder / "lab")
    try:
        _lift_minimum_age(lab)
        with sandbox(lab, folder / "stage") as whole:
            _install(whole)
            say(f"Measuring {count} resets, each beside its floor")
            return _samples(whole, count)
    finally:
        lab.stop()


def _install(whole: Sandbox) -> None:
    limits = {"per_minute": 100_000, "per_user_per_hour": 1000, "proofs": 0}
    settings = whole.settings(limits=limits)
    inputs = whole.inputs
    plan = whole.controller.changes.plan(settings, inputs)
    whole.controller.changes.apply(plan, inputs, lambda _: None, threading.Event())


def _samples(whole: Sandbox, count: int) -> list[Sample]:
    client, floor = whole.client, Floor(whole.lab)
    handed = whole.controller.installation.portal_details()
    agent = client.agent(handed.agent, handed.fingerprint)
    people = [
        person
        for name, person in whole.lab.people.items()
        if name in ("anna", "comma_ou", "never_expires")
    ]
    try:
        taken = [
            _sample(client, agent, floor, people[turn % len(people)], turn)
            for turn in range(count + WARM_UP)
        ]
    finally:
        floor.close()
    return taken[WARM_UP:]


def _sample(
    client: Client, agent: Agent, floor: Floor, person: Person, turn: int
) -> Sample:
    user = {"by": "userPrincipalName", "value": person["upn"]}
    # sealing is the portal's own work, and part of what its user waits for
    start = time.perf_counter()
    answer = client.request(
        agent, "reset", user=user, new_password=f"End-{turn:05}-Passw0rd"
    )
    taken = (time.perf_counter() - start) * 1000
    if answer["code"] != "ok":
        sys.exit(f"The agent answered {answer['code']}: {answer.get('detail')}")
    straight = floor.reset(person["dn"], f"Floor-{turn:05}-Passw0rd")
    return Sample(taken, answer["ms"], straight)


def _figures(samples: list[Sample]) -> dict[str, dict[str, float]]:
    hops = sorted({name for sample in samples for name in sample.agent} - {"total"})
    rows = {
        "end_to_end": [sample.end_to_end for sample in samples],
        "floor": [sample.floor for sample in samples],
        "difference": [sample.end_to_end - sample.floor for sample in samples],
        "portal_and_relay": [s.end_to_end - s.agent["total"] for s in samples],
        "agent": [sample.agent["total"] for sample in samples],
    }
    for hop in hops:
        rows[f"agent_{hop}"] = [sample.agent.get(hop, 0.0) for sample in samples]
    return {name: percentiles(values) for name, values in rows.items()}


def _lift_minimum_age(lab: Lab) -> None:
    """Let one person's password be set many times: the policy's minimum age is 0."""
    from agent.ldap.certificates import Endpoint
    from agent.ldap.connection import connect
    from agent.ldap.entry import Modification
    from wire.secret import Secret

    endpoint = Endpoint(lab.host, lab.address, ca=lab.ca)
    password = Secret(lab.admin_password)
    admin = connect(endpoint, lab.admin_user, password)
    admin.modify(lab.base_dn, [Modification("replace", "minPwdAge", (b"0",))])
    admin.close()


if __name__ == "__main__":
    sys.exit(main())
