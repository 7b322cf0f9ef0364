"""A relay that there is no way to, or whose authority is not known, on Windows."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.settings import Relay
from agent.platform.windows.surroundings.win32_network import PersonProxy, ProxyLists
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.certificate_chain import enterprise
from tests.fixtures.ldap_server import serving
from tests.fixtures.windows.fake_network import FakeNetwork, being_there
from wizard.checks.relay import check_relay
from wizard.results import Check


@pytest.fixture
def closed() -> Iterator[str]:
    """A port that nobody answers at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{held.getsockname()[1]}"


def failed(url: str) -> Check:
    rows = check_relay(RelayEndpoint(Relay(url=url)), None, threading.Event())
    (row,) = [each for each in rows if each.state == "failed"]
    return row


def test_the_proxy_that_a_script_names_for_it_is_proposed(
    monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    network = FakeNetwork(
        person=PersonProxy(detect=True),
        scripts={"": ProxyLists("proxy.corp.test:3128")},
    )
    being_there(monkeypatch, network)
    row = failed(closed)
    assert (row.id, row.field) == ("connection", "relay.proxy")
    assert "http://proxy.corp.test:3128" in row.remedy
    assert network.asked == [("script", closed, "")]


@pytest.mark.parametrize("said", ["", "\x1b[2Jproxy:1", "bad!name:1"])
def test_without_one_that_could_be_typed_the_remedy_is_as_ever(
    monkeypatch: pytest.MonkeyPatch, closed: str, said: str
) -> None:
    being_there(monkeypatch, FakeNetwork(machine=ProxyLists(said)))
    row = failed(closed)
    assert (row.id, row.field) == ("connection", "relay.url")
    assert "firewall" in row.remedy


def test_one_whose_authority_is_not_known_says_what_windows_fetches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    being_there(monkeypatch, FakeNetwork())
    corp = enterprise("localhost")
    stem = corp.write(tmp_path, corp.issuing)
    with serving(stem, stem.with_suffix(".pem")) as server:
        row = failed(f"https://localhost:{server.endpoint.port}")
    assert (row.id, row.field) == ("certificate", "relay.ca")
    assert "Invoke-WebRequest" in row.remedy
