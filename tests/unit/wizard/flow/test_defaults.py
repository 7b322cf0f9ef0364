"""Found answers, each with its source."""

import pytest

from agent.config.settings import DomainController
from agent.platform.windows.surroundings.win32_network import ProxyLists
from tests.fixtures.windows.fake_network import FakeNetwork, being_there
from wizard.flow.defaults import Offer, Offers, found_offers, machine_offers
from wizard.results import FoundDomain


def test_a_found_domain_says_where_it_is_from() -> None:
    found = FoundDomain(
        "corp.test", (DomainController(host="dc1.corp.test"),), "from DNS"
    )
    offers = found_offers(found)
    assert offers.values["directory.domain"] == "corp.test"
    assert offers.source("directory.controllers") == "from DNS"


@pytest.mark.parametrize(
    ("named", "offered"),
    [
        ("Proxy.corp.test:3128", "http://proxy.corp.test:3128"),
        ("", None),
        ("bad_name!:1", None),
        ("proxy:99999", None),
        ("x" * 300, None),
    ],
)
def test_a_proxy_of_windows_is_offered_where_it_could_be_typed(
    monkeypatch: pytest.MonkeyPatch, named: str, offered: str | None
) -> None:
    being_there(monkeypatch, FakeNetwork(machine=ProxyLists(named)))
    offers = machine_offers()
    assert offers.values.get("relay.proxy") == offered
    assert bool(offers.source("relay.proxy")) is bool(offered)


def test_an_offer_is_not_replaced_by_a_later_one() -> None:
    first = Offers((Offer("agent", "a", "first"),))
    both = first.and_also(Offers((Offer("agent", "b", "then"), Offer("x", 1, "then"))))
    assert both.values == {"agent": "a", "x": 1}
    assert both.source("agent") == "first"
