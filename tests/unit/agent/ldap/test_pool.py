"""Which controller is asked, and when one is left out."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from agent.ldap import pool
from agent.ldap.certificates import Endpoint
from agent.ldap.entry import RootDse
from agent.ldap.errors import SignInRefused, Unreachable, Untrusted
from agent.ldap.pool import Pool, PoolState, Target
from wire.secret import Secret
from wire.text import Text, verbatim

BASE = "DC=corp,DC=test"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeConnection:
    def __init__(self, host: str, *, read_only: bool, base: str) -> None:
        self.host = host
        self.broken = False
        self.fresh = True
        self._root = RootDse(base, host, frozenset(), None, 7, True, True, read_only)

    def root(self) -> RootDse:
        if self.broken:
            raise Unreachable(self.host, Text("gone"), Text("wait"))
        return self._root

    def limit(self, seconds: float) -> None:
        assert seconds > 0

    def lend(self, seconds: float) -> None:
        assert seconds > 0

    def close(self) -> None:
        self.broken = True


class Network:
    """The controllers: each answers, or fails with what is set here."""

    def __init__(self) -> None:
        self.failures: dict[str, Exception] = {}
        self.read_only: set[str] = set()
        self.base = BASE
        self.opened: list[FakeConnection] = []
        self.tried = 0

    def connect(self, endpoint: Endpoint, *_: Any, **__: Any) -> FakeConnection:
        self.tried += 1
        if endpoint.host in self.failures:
            raise self.failures[endpoint.host]
        opened = FakeConnection(
            endpoint.host,
            read_only=endpoint.host in self.read_only,
            base=self.base,
        )
        self.opened.append(opened)
        return opened


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    opened = Network()
    monkeypatch.setattr(pool, "connect", opened.connect)
    return opened


def make(
    clock: Clock,
    states: list[PoolState] | Callable[[PoolState], None] | None = None,
) -> Pool:
    endpoints = tuple(Endpoint(f"dc{n}.corp.test", "127.0.0.1") for n in (1, 2))
    target = Target(endpoints, BASE, "svc", Secret("x"))
    if states is None:
        states = []
    on_state = states.append if isinstance(states, list) else states
    return Pool(target, on_state=on_state, clock=clock)


def host_of(asked: Pool) -> str:
    with asked.connection(lambda warm: warm.directory.host) as host:
        return host


def test_the_first_controller_is_asked_on_one_warm_connection(network: Network) -> None:
    asked = make(Clock())
    assert [host_of(asked) for _ in range(3)] == ["dc1.corp.test"] * 3
    assert len(network.opened) == 1


def test_two_at_once_have_a_connection_each(network: Network) -> None:
    asked = make(Clock())
    with (
        asked.connection(lambda warm: warm) as one,
        asked.connection(lambda warm: warm) as two,
    ):
        assert one.directory is not two.directory
    assert len(network.opened) == 2


def test_the_next_is_asked_until_the_first_is_back(network: Network) -> None:
    states: list[PoolState] = []
    asked = make(Clock(), states)
    network.failures["dc1.corp.test"] = Unreachable(
        "dc1", Text("refused"), Text("wait")
    )
    assert host_of(asked) == "dc2.corp.test"
    del network.failures["dc1.corp.test"]
    assert host_of(asked) == "dc2.corp.test"
    assert asked.keep_warm()
    assert host_of(asked) == "dc1.corp.test"
    assert [state.controller for state in states] == ["dc2.corp.test", "dc1.corp.test"]


def test_a_dead_idle_connection_is_replaced(network: Network) -> None:
    asked = make(Clock())
    host_of(asked)
    network.opened[0].fresh = False
    assert host_of(asked) == "dc1.corp.test"
    assert len(network.opened) == 2
    assert network.opened[0].broken


def test_none_that_answers_is_told_with_every_reason(network: Network) -> None:
    states: list[PoolState] = []
    asked = make(Clock(), states)
    for n in (1, 2):
        name = f"dc{n}.corp.test"
        network.failures[name] = Unreachable(
            name, verbatim(f"reason {n}"), Text("wait")
        )
    with pytest.raises(Unreachable, match=r"reason 1.*reason 2"):
        host_of(asked)
    assert states[-1].controller is None
    assert not asked.keep_warm()


@pytest.mark.parametrize(("data", "seconds"), [("52e", 900), ("775", 60)])
def test_a_refused_account_is_left_alone_for_a_while(
    network: Network, data: str, seconds: int
) -> None:
    clock = Clock()
    asked = make(clock)
    network.failures["dc1.corp.test"] = SignInRefused(
        "dc1.corp.test",
        Text("refused"),
        Text("check"),
        49,
        f"80090308: LdapErr: data {data}, v1",
    )
    network.failures["dc2.corp.test"] = network.failures["dc1.corp.test"]
    with pytest.raises(SignInRefused):
        host_of(asked)
    tried = network.tried
    clock.now += seconds - 1
    assert not asked.keep_warm()
    with pytest.raises(SignInRefused):
        host_of(asked)
    assert network.tried == tried
    network.failures.clear()
    clock.now += 2
    assert host_of(asked) == "dc1.corp.test"


def test_a_wrong_password_is_not_tried_at_the_next_controller(network: Network) -> None:
    asked = make(Clock())
    network.failures["dc1.corp.test"] = SignInRefused(
        "dc1.corp.test", Text("wrong"), Text("check"), 49, "data 52e,"
    )
    with pytest.raises(SignInRefused):
        host_of(asked)
    assert network.tried == 1


def test_an_untrusted_controller_is_not_used(network: Network) -> None:
    asked = make(Clock())
    for name in ("dc1.corp.test", "dc2.corp.test"):
        network.failures[name] = Untrusted(name, "expired", ())
    with pytest.raises(Unreachable, match="expired"):
        host_of(asked)


def test_a_read_only_controller_is_passed_over(network: Network) -> None:
    network.read_only.add("dc1.corp.test")
    assert host_of(make(Clock())) == "dc2.corp.test"
    assert network.opened[0].broken


def test_a_controller_of_another_domain_is_refused(network: Network) -> None:
    network.base = "DC=other,DC=test"
    with pytest.raises(Unreachable, match="DC=other"):
        host_of(make(Clock()))


def test_one_that_answers_on_a_connection_of_before_answers(network: Network) -> None:
    states: list[PoolState] = []
    asked = make(Clock(), states)
    with asked.connection(lambda _: None):
        # meanwhile another request finds no way to any controller
        for n in (1, 2):
            name = f"dc{n}.corp.test"
            network.failures[name] = Unreachable(name, Text("hangs"), Text("wait"))
        with pytest.raises(Unreachable):
            host_of(asked)
    assert asked.keep_warm()
    assert states[-1] == PoolState("dc1.corp.test")


def test_one_that_refused_the_account_is_asked_for_it_again(network: Network) -> None:
    clock = Clock()
    states: list[PoolState] = []
    asked = make(clock, states)
    locked = "80090308: LdapErr: data 775, v1"
    with asked.connection(lambda _: None):
        for n in (1, 2):
            name = f"dc{n}.corp.test"
            network.failures[name] = SignInRefused(
                name, Text("locked"), Text("wait"), 49, locked
            )
        with pytest.raises(SignInRefused):
            host_of(asked)
    clock.now += 61
    # what was signed in before says nothing of it
    assert not asked.keep_warm()
    network.failures.clear()
    clock.now += 61
    asked.keep_warm()
    assert states[-1] == PoolState("dc1.corp.test")


def test_what_changes_while_it_is_told_is_told_last(network: Network) -> None:
    states: list[PoolState] = []
    others: list[threading.Thread] = []

    def tell(state: PoolState) -> None:
        if not others:
            # another thread finds a controller before this one has told of none
            network.failures.clear()
            others.append(threading.Thread(target=asked.keep_warm))
            others[0].start()
            others[0].join(0.3)
        states.append(state)

    asked = make(Clock(), tell)
    for n in (1, 2):
        name = f"dc{n}.corp.test"
        network.failures[name] = Unreachable(name, Text("refused"), Text("wait"))
    asked.keep_warm()
    others[0].join()
    assert [state.controller for state in states] == [None, "dc1.corp.test"]


def test_an_account_that_is_let_in_meanwhile_is_no_fault(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    asked = make(clock)
    network.failures["dc1.corp.test"] = network.failures["dc2.corp.test"] = (
        SignInRefused(
            "dc1", Text("refused"), Text("check"), 49, "80090308: LdapErr: data 52e, v1"
        )
    )
    with pytest.raises(SignInRefused):
        host_of(asked)
    network.failures.clear()

    def looks() -> float:
        # another thread is let in, between the look at the clock and what follows
        monkeypatch.setattr(asked, "_clock", clock)
        with asked.at("dc1.corp.test"), asked.at("dc2.corp.test"):
            return 0.0

    monkeypatch.setattr(asked, "_clock", looks)
    assert host_of(asked) == "dc2.corp.test"
