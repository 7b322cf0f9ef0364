"""What a Windows machine is asked of where it is, and that it is never a fault."""

import socket
from dataclasses import replace

import pytest

from agent.platform.surroundings import Authorities
from agent.platform.windows.surroundings.win32_network import (
    Located,
    PersonProxy,
    ProxyLists,
)
from agent.platform.windows.surroundings.windows_surroundings import (
    EDITION,
    VERSION,
    WindowsSurroundings,
)
from tests.fixtures.windows.fake_network import FakeNetwork
from tests.fixtures.windows.fake_win32 import FakeWin32

URL = "https://relay.example.test"
LOCATED = Located(r"\\dc2.corp.test", "corp.test.", "Berlin")
SCRIPT = "http://wpad.corp.test/proxy.pac"


def on(network: FakeNetwork, win32: FakeWin32 | None = None) -> WindowsSurroundings:
    return WindowsSurroundings(win32 or FakeWin32(), network)


def test_its_name_is_the_one_that_clusters_do_not_change() -> None:
    assert on(FakeNetwork(name="srv1.corp.test")).full_name() == "srv1.corp.test"
    assert on(FakeNetwork(name=None)).full_name() == socket.gethostname()


def test_a_machine_of_a_workgroup_looks_for_no_domain() -> None:
    network = FakeNetwork(member=False, located=LOCATED)
    assert on(network).domain() is None
    assert network.asked == []


def test_the_nearest_controller_comes_first_and_each_once() -> None:
    network = FakeNetwork(
        member=True, located=LOCATED, others=("dc1.corp.test", "dc2.corp.test")
    )
    joined = on(network).domain()
    assert joined is not None
    assert (joined.name, joined.site) == ("corp.test", "Berlin")
    assert joined.controllers == ("dc2.corp.test", "dc1.corp.test")
    assert network.asked == [("nearest",), ("controllers", "corp.test", "Berlin")]


def test_where_the_others_cannot_be_listed_the_nearest_is_known() -> None:
    network = FakeNetwork(member=True, located=LOCATED, others=None)
    joined = on(network).domain()
    assert joined is not None
    assert joined.controllers == ("dc2.corp.test",)


def test_a_domain_of_ten_thousand_controllers_is_bounded() -> None:
    many = tuple(f"dc{number}.corp.test" for number in range(10_000))
    joined = on(FakeNetwork(member=True, located=LOCATED, others=many)).domain()
    assert joined is not None
    assert len(joined.controllers) == 100


def test_a_member_that_finds_no_controller_has_no_domain() -> None:
    assert on(FakeNetwork(member=True, located=None)).domain() is None


def test_the_proxy_of_the_machine_is_given_at_once() -> None:
    network = FakeNetwork(
        machine=ProxyLists("proxy.corp.test:3128"),
        person=PersonProxy(detect=True),
    )
    assert on(network).proxy() == "http://proxy.corp.test:3128"
    assert on(network).proxy(URL) == "http://proxy.corp.test:3128"
    assert on(replace(network, machine=None)).proxy() == ""
    assert network.asked == []


def test_what_the_machine_reaches_directly_is_not_asked_of_scripts() -> None:
    network = FakeNetwork(
        machine=ProxyLists("proxy.corp.test:3128", "*.example.test"),
        person=PersonProxy(detect=True),
        scripts={"": ProxyLists("other:1")},
    )
    assert on(network).proxy(URL) == ""
    assert network.asked == []


@pytest.mark.parametrize("script", [SCRIPT, ""])
def test_a_script_is_asked_for_the_address_itself(script: str) -> None:
    network = FakeNetwork(
        person=PersonProxy(detect=not script, script=script),
        scripts={script: ProxyLists("10.0.0.1:8080;10.0.0.2:8080")},
    )
    assert on(network).proxy(URL) == "http://10.0.0.1:8080"
    assert network.asked == [("script", URL, script)]


def test_a_network_is_asked_for_no_script_where_that_is_turned_off() -> None:
    network = FakeNetwork(scripts={"": ProxyLists("evil.test:8080")})
    assert on(network).proxy(URL) == ""
    assert network.asked == []


def test_where_there_is_no_script_the_persons_proxy_is_left() -> None:
    own = ProxyLists("proxy.corp.test:3128")
    person = PersonProxy(detect=True, named=own)
    network = FakeNetwork(person=person)
    assert on(network).proxy(URL) == "http://proxy.corp.test:3128"
    # a script that says there is a direct way is believed
    direct = FakeNetwork(person=person, scripts={"": None})
    assert on(direct).proxy(URL) == ""
    assert on(FakeNetwork(person=None)).proxy(URL) == ""


def test_stores_that_cannot_be_read_trust_nobody() -> None:
    network = FakeNetwork(stores_are_open=False)
    assert on(network).authorities() == Authorities((), ())


@pytest.mark.parametrize(
    ("edition", "desktop"),
    [
        ("Server", True),
        ("Client", True),
        ("Server Core", False),
        ("Nano Server", False),
        (None, True),
    ],
)
def test_an_edition_says_whether_it_has_a_desktop(
    edition: str | None, *, desktop: bool
) -> None:
    registry = {} if edition is None else {(VERSION, EDITION): edition}
    assert on(FakeNetwork(), FakeWin32(registry=registry)).has_desktop() is desktop
