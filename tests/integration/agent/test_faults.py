"""The fault table: whatever fails, no reset is lost and none is done twice.

Portals send resets while agent, relay, controller and network fail. What the portals
were answered is compared with the controller's own audit log.
"""

import contextlib
import itertools
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

from agent.system.paths import Paths
from docs.portal_client import Agent, Client, Portal, Sealed, WireError
from lab.agent_settings import AGENT
from lab.authority import Authority
from lab.controller import Lab
from lab.domain import HOST
from lab.machines.network import own_network
from lab.relay import LabRelay
from tests.fixtures.lossy_network import LossyNetwork
from tests.fixtures.password_audit import resets
from tests.fixtures.supervised_agent import SupervisedAgent, supervised_agent
from tests.integration.agent.test_service import Installed, install

PEOPLE = ("anna", "bruno", "clara", "password_expired")
SET = frozenset({"ok", "partial"})
# the controller was away: nothing was written, and the person hears that
AWAY = "directory_unavailable"
# the same token is sent again, and the agent settles it by reading
UNSETTLED = "unknown_result"
# a token lives for 120 s
PATIENCE_S = 110.0
READY_S = 120.0
CANARY = "Canary-7f3a"


@dataclass
class Outcomes:
    """What a portal was answered about one person."""

    dn: str
    codes: Counter[str] = field(default_factory=Counter)
    # of the last reset that was answered as done
    password: str = ""

    @property
    def done(self) -> int:
        return sum(self.codes[code] for code in SET)


@dataclass
class Ground:
    """Everything that can fail, in a network of its own."""

    installed: Installed
    network: LossyNetwork
    agent: SupervisedAgent
    fault_ends: threading.Event = field(default_factory=threading.Event)

    @property
    def lab(self) -> Lab:
        return self.installed.lab

    @property
    def fingerprint(self) -> str:
        return self.installed.keys.public.fingerprint

    def client(self) -> Client:
        """Make a portal's connection; an answer is waited for 10 s."""
        portal = Portal.load(self.installed.relay.portal)
        return Client(portal, timeout_s=10.0)

    def for_seconds(self, seconds: float) -> None:
        """Let a fault last."""
        self.fault_ends.wait(seconds)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with own_network(), contextlib.ExitStack() as stack:
        lab = Lab.start(tmp_path / "lab")
        stack.callback(lab.stop)
        with lab.signed_in(lab.admin_user, lab.admin_password) as admin:
            # one password after the other is set here
            lifted = {"minPwdAge": [("MODIFY_REPLACE", [b"0"])]}
            assert admin.modify(lab.base_dn, lifted), admin.result  # type: ignore[no-untyped-call]
        authority = Authority(lab.ca, lab.ca.parent / "ca.key")
        relay = LabRelay.make(tmp_path / "relay", lab.address, authority)
        relay.start(dies_with_us=True)
        stack.callback(relay.stop)
        installed = install(lab, relay, Paths.below(tmp_path / "home"))
        agent = stack.enter_context(supervised_agent(installed.places.home))
        installed.wait_ready()
        yield Ground(installed, LossyNetwork(), agent)


def kill_agent(ground: Ground, _seconds: float) -> None:
    ground.agent.kill()


def freeze_agent(ground: Ground, seconds: float) -> None:
    ground.agent.pause(seconds)


def kill_relay(ground: Ground, _seconds: float) -> None:
    ground.installed.relay.signal(signal.SIGKILL)
    ground.installed.relay.stop()
    ground.installed.relay.start(dies_with_us=True)


def restart_relay(ground: Ground, _seconds: float) -> None:
    ground.installed.relay.stop()
    ground.installed.relay.start(dies_with_us=True)


def freeze_relay(ground: Ground, seconds: float) -> None:
    ground.installed.relay.signal(signal.SIGSTOP)
    ground.for_seconds(seconds)
    ground.installed.relay.signal(signal.SIGCONT)


def kill_controller(ground: Ground, _seconds: float) -> None:
    ground.lab.kill()
    ground.lab.restart()


def freeze_controller(ground: Ground, seconds: float) -> None:
    ground.lab.pause()
    ground.for_seconds(seconds)
    ground.lab.resume()


def cut_network(ground: Ground, seconds: float) -> None:
    ground.network.lose(100)
    ground.for_seconds(seconds)
    ground.network.heal()


def lossy_network(ground: Ground, seconds: float) -> None:
    ground.network.lose(30)
    ground.for_seconds(seconds)
    ground.network.heal()


def replace_certificate(ground: Ground, _seconds: float) -> None:
    ground.lab.present([HOST])


Fault = Callable[[Ground, float], None]
FAULTS: tuple[Fault, ...] = (
    *(kill_agent, freeze_agent, kill_relay, restart_relay, freeze_relay),
    *(kill_controller, freeze_controller, cut_network, lossy_network),
    replace_certificate,
)
FREEZES: tuple[Fault, ...] = (freeze_agent, freeze_relay, freeze_controller)


class Portals:
    """One portal for each person, which resets that person's password again and again.

    `wanted` is how many resets are sent in all; None: until `end`.
    """

    def __init__(self, ground: Ground, wanted: int | None = None) -> None:
        self._ground = ground
        self._numbers = itertools.count() if wanted is None else iter(range(wanted))
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self.outcomes = {key: Outcomes(ground.lab.people[key]["dn"]) for key in PEOPLE}

    def __enter__(self) -> Self:
        self._threads = ThreadPoolExecutor(len(PEOPLE))
        self._runs = [self._threads.submit(self._run, key) for key in PEOPLE]
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._threads.shutdown()

    @property
    def under_way(self) -> bool:
        """Whether any portal still sends; what ended one is raised."""
        return not all(run.done() and run.result() is None for run in self._runs)

    def wait_until_all_are_served(self) -> None:
        """Wait until each portal had another reset done."""
        aim = {key: each.done + 1 for key, each in self.outcomes.items()}
        deadline = time.monotonic() + READY_S
        while any(self.outcomes[key].done < number for key, number in aim.items()):
            assert time.monotonic() < deadline, self.outcomes
            assert self.under_way
            time.sleep(0.05)

    def _next(self) -> int | None:
        with self._lock:
            return None if self._ends.is_set() else next(self._numbers, None)

    def _run(self, key: str) -> None:
        ground, outcomes = self._ground, self.outcomes[key]
        guid = ground.lab.people[key]["objectGUID"]
        with contextlib.closing(ground.client()) as client:
            agent = agent_of(client, ground)
            while (number := self._next()) is not None:
                password = f"{CANARY}-{key}-{number}"
                user = {"by": "objectGUID", "value": guid}
                claims = {"user": user, "new_password": password}
                code = settled(client, agent, client.seal(agent, "reset", claims))
                outcomes.codes[code] += 1
                if code in SET:
                    outcomes.password = password


def agent_of(client: Client, ground: Ground) -> Agent:
    """Fetch the agent's keys, however long that takes."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            return client.agent(AGENT, ground.fingerprint)
        except (WireError, OSError):
            if time.monotonic() > deadline:
                raise


def settled(client: Client, agent: Agent, sealed: Sealed) -> str:
    """Send one token until it is answered and settled; gives the code."""
    deadline, code = time.monotonic() + PATIENCE_S, ""
    while time.monotonic() < deadline:
        try:
            code = str(client.send(agent, sealed)["code"])
        except (WireError, OSError) as error:
            code = f"no answer: {error}"
            continue
        if code != UNSETTLED:
            break
    return code


def compare(ground: Ground, portals: Portals) -> None:
    """What was answered is what the controller did, and the last password holds."""
    recorded = resets(ground.lab.log)
    answered = {each.dn: each.done for each in portals.outcomes.values()}
    assert {dn: recorded[dn] for dn in answered} == answered, portals.outcomes
    assert set(recorded) == set(answered)
    for key, each in portals.outcomes.items():
        assert set(each.codes) <= SET | {AWAY}, portals.outcomes
        ground.lab.sign_in(ground.lab.people[key]["upn"], each.password)


def test_each_fault_once(ground: Ground) -> None:
    with Portals(ground) as portals:
        for fault in FAULTS:
            portals.wait_until_all_are_served()
            fault(ground, 3.0)
        portals.wait_until_all_are_served()
    compare(ground, portals)


@pytest.mark.slow  # three minutes of waiting
@pytest.mark.parametrize("fault", FREEZES, ids=lambda each: each.__name__)
def test_a_minute_s_freeze(ground: Ground, fault: Fault) -> None:
    with Portals(ground) as portals:
        portals.wait_until_all_are_served()
        fault(ground, 60.0)
        portals.wait_until_all_are_served()
    compare(ground, portals)


@pytest.mark.slow  # as long as a thousand resets take that are disturbed each second
def test_a_thousand_resets_with_a_fault_each_second(ground: Ground) -> None:
    faults = itertools.cycle(FAULTS)
    with Portals(ground, wanted=1000) as portals:
        while portals.under_way:
            next(faults)(ground, 1.0)
            ground.for_seconds(1.0)
    compare(ground, portals)
    assert sum(sum(each.codes.values()) for each in portals.outcomes.values()) == 1000


@pytest.mark.parametrize(
    ("names", "expired"), [(["other.corp.test"], False), ([HOST], True)]
)
def test_a_controller_that_can_not_prove_itself_is_not_written_to(
    ground: Ground, names: list[str], *, expired: bool
) -> None:
    ground.lab.present(names, expired=expired)
    with contextlib.closing(ground.client()) as client:
        agent = agent_of(client, ground)
        user = {"by": "objectGUID", "value": ground.lab.people["anna"]["objectGUID"]}
        claims = {"user": user, "new_password": f"{CANARY}-unproven"}
        assert settled(client, agent, client.seal(agent, "reset", claims)) == AWAY
        assert not resets(ground.lab.log)
        ground.lab.present([HOST])
        ground.installed.wait_ready()
        assert settled(client, agent, client.seal(agent, "reset", claims)) in SET
    assert sum(resets(ground.lab.log).values()) == 1


@pytest.mark.parametrize("off", ["+10m", "-10m"])
def test_a_clock_that_is_off_sets_nothing_and_is_named(
    ground: Ground, off: str
) -> None:
    places = ground.installed.places
    user = {"by": "objectGUID", "value": ground.lab.people["anna"]["objectGUID"]}
    claims = {"user": user, "new_password": f"{CANARY}-clock"}
    with contextlib.closing(ground.client()) as client:
        agent = agent_of(client, ground)
        ground.agent.close()
        clock = {"LD_PRELOAD": _libfaketime(), "FAKETIME": off}
        with supervised_agent(places.home, **clock):
            deadline = time.monotonic() + READY_S
            while not _named(ground):
                assert time.monotonic() < deadline, ground.installed.status()
                # no answer counts: one of that time could be an old one
                with pytest.raises((WireError, OSError)):
                    client.send(agent, client.seal(agent, "reset", claims))
        assert not resets(ground.lab.log)
        with supervised_agent(places.home):
            # fetched anew: its sealing key may have been replaced by that clock
            agent = agent_of(client, ground)
            assert settled(client, agent, client.seal(agent, "reset", claims)) in SET
    assert sum(resets(ground.lab.log).values()) == 1


def _named(ground: Ground) -> bool:
    """Say whether the administrator can see it: in status, or in the audit."""
    audit = ground.installed.places.audit
    records = audit.read_text() if audit.exists() else ""
    return "clock" in json.dumps(ground.installed.status()) or (
        "expired_request" in records
    )


def _libfaketime() -> str:
    (found,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return str(found)
