"""The domain is known to a member of one, else found by a real DNS question."""

import socket
from collections.abc import Iterator
from pathlib import Path

import dns.resolver
import pytest

from agent.config.settings import DomainController
from agent.platform import detect
from agent.platform.systemd.surroundings import LinuxSurroundings
from agent.platform.windows.surroundings.win32_network import Located
from agent.platform.windows.surroundings.windows_surroundings import (
    SEARCH_LIST,
    TCP_IP,
)
from tests.fixtures.name_server import SRV, Names, serving
from tests.fixtures.windows.fake_network import FakeNetwork, being_there
from tests.fixtures.windows.fake_win32 import FakeWin32
from wizard.directory import discovery


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    with serving(monkeypatch) as server:
        yield server


def machine(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, resolv: str = ""
) -> None:
    """This machine has a name, and a resolv.conf."""
    file = folder / "resolv.conf"
    file.write_text(resolv)
    monkeypatch.setattr(socket, "getfqdn", lambda: name)
    monkeypatch.setattr(detect, "_known", lambda: LinuxSurroundings(file))


def test_the_machines_own_domain_comes_first_by_priority_and_weight(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path, "srv1.corp.test", "search other.test\n")
    found = discovery.find_domain()
    assert found is not None
    assert found.domain == "corp.test"
    assert found.controllers == (
        DomainController(host="dc1.corp.test"),
        DomainController(host="dc3.corp.test"),
        DomainController(host="dc2.corp.test"),
    )
    assert found.source == "from DNS; the domain from the name of this machine"
    assert names.asked == [SRV]


def test_else_the_search_list_is_tried(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "# a comment\nnameserver 127.0.0.1\nsearch no_name first.test corp.test\n"
    machine(monkeypatch, tmp_path, "srv1", text)
    found = discovery.find_domain()
    assert found is not None
    assert found.domain == "corp.test"
    assert found.source.endswith("resolv.conf")
    assert names.asked == ["_ldap._tcp.dc._msdcs.first.test.", SRV]


def test_a_target_that_is_no_host_name_is_left_out(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names.records = ("0 1 389 bad_name.corp.test.", "0 1 389 dc1.corp.test.")
    machine(monkeypatch, tmp_path, "srv1.corp.test")
    found = discovery.find_domain()
    assert found is not None
    assert found.controllers == (DomainController(host="dc1.corp.test"),)


@pytest.mark.usefixtures("names")
def test_nothing_is_found_where_no_domain_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path, "srv1.example.test", "")
    assert discovery.find_domain() is None
    (tmp_path / "resolv.conf").unlink()
    assert discovery.find_domain() is None


def test_a_server_that_does_not_answer_costs_seconds_only(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(discovery, "_LIFETIME_S", 0.3)
    names.silent = True
    machine(monkeypatch, tmp_path, "srv1.corp.test")
    assert discovery.find_domain() is None


LOCATED = Located(r"\\dc2.corp.test", "corp.test", "Berlin")


def test_a_member_of_a_domain_asks_windows_and_not_dns(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = ("dc2.corp.test", "dc3.corp.test", "bad name", "dc1.corp.test.")
    being_there(monkeypatch, FakeNetwork(member=True, located=LOCATED, others=others))
    found = discovery.find_domain()
    assert found is not None
    assert found.domain == "corp.test"
    hosts = [each.host for each in found.controllers]
    assert hosts == ["dc2.corp.test", "dc3.corp.test", "dc1.corp.test"]
    assert found.source.endswith("whose site is Berlin")
    assert names.asked == []


@pytest.mark.parametrize("domain", ["", "no_domain", "corp test"])
def test_what_windows_says_is_checked_as_what_is_typed(
    names: Names, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    located = Located("dc2.corp.test", domain, "")
    being_there(monkeypatch, FakeNetwork(member=True, located=located))
    found = discovery.find_domain()
    assert found is not None
    assert found.source == "from DNS; the domain from the name of this machine"
    assert names.asked == [SRV]


def test_a_site_of_any_length_steers_no_screen(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    located = Located("dc2.corp.test", "corp.test", "\x1b[2J" + "x" * 9999)
    being_there(monkeypatch, FakeNetwork(member=True, located=located))
    found = discovery.find_domain()
    assert found is not None
    assert found.source.isprintable()
    assert len(found.source) < 200
    assert names.asked == []


@pytest.mark.parametrize("member", [False, True])
def test_where_windows_finds_none_dns_is_asked(
    names: Names, monkeypatch: pytest.MonkeyPatch, *, member: bool
) -> None:
    network = FakeNetwork(member=member, name="srv1.corp.test")
    being_there(monkeypatch, network)
    found = discovery.find_domain()
    assert found is not None
    assert found.domain == "corp.test"
    assert names.asked == [SRV]
    assert network.asked == ([("nearest",)] if member else [])


def test_the_search_list_of_windows_is_no_file(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may make C:\\etc, which /etc is there."""
    win32 = FakeWin32(registry={(TCP_IP, SEARCH_LIST): "first.test, corp.test"})
    being_there(monkeypatch, FakeNetwork(name="srv1"), win32)
    found = discovery.find_domain()
    assert found is not None
    assert found.domain == "corp.test"
    assert found.source.endswith(SEARCH_LIST)
    assert names.asked == ["_ldap._tcp.dc._msdcs.first.test.", SRV]


def test_a_machine_without_name_servers_has_no_domain_and_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unread(_self: dns.resolver.Resolver, *_: object) -> None:
        raise FileNotFoundError(2, "The system cannot find the file specified")

    being_there(monkeypatch, FakeNetwork())
    monkeypatch.setattr(dns.resolver, "default_resolver", None)
    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", unread)
    assert discovery.find_domain() is None
    told = discovery.ask_controllers("corp.test").unavailable
    assert told == "no name server could be asked"
