"""The domain is found by a real DNS question to a server of our own."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from agent.settings import Controller
from wizard import discovery

SRV = "_ldap._tcp.dc._msdcs.corp.test."
# priority, weight, port, target
RECORDS: tuple[str, ...] = (
    "10 1 389 dc2.corp.test.",
    "0 5 389 dc3.corp.test.",
    "0 9 389 dc1.corp.test.",
)


class Names:
    """A DNS server on loopback that knows the controllers of one domain."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.records = RECORDS
        self.silent = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        while True:
            data, asker = self.socket.recvfrom(4096)
            if not data:
                return
            answer = self._answer(dns.message.from_wire(data))
            if not self.silent:
                self.socket.sendto(answer.to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        name = query.question[0].name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name == SRV:
            answer.answer.append(
                dns.rrset.from_text_list(name, 60, "IN", "SRV", self.records)
            )
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    server = Names()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    yield server
    server.stop()


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
        Controller(host="dc1.corp.test"),
        Controller(host="dc3.corp.test"),
        Controller(host="dc2.corp.test"),
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
    assert found.controllers == (Controller(host="dc1.corp.test"),)


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
