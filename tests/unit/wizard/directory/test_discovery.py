"""The domain is found by a real DNS question to a server of our own."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.settings import DomainController
from tests.fixtures.name_server import SRV, Names, serving
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
    monkeypatch.setattr(discovery, "_RESOLV", file)


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
