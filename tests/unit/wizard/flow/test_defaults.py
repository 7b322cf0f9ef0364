"""Found answers, each with its source."""

from agent.config.settings import DomainController
from wizard.flow.defaults import Offer, Offers, found_offers
from wizard.results import FoundDomain


def test_a_found_domain_says_where_it_is_from() -> None:
    found = FoundDomain(
        "corp.test", (DomainController(host="dc1.corp.test"),), "from DNS"
    )
    offers = found_offers(found)
    assert offers.values["directory.domain"] == "corp.test"
    assert offers.source("directory.controllers") == "from DNS"


def test_an_offer_is_not_replaced_by_a_later_one() -> None:
    first = Offers((Offer("agent", "a", "first"),))
    both = first.and_also(Offers((Offer("agent", "b", "then"), Offer("x", 1, "then"))))
    assert both.values == {"agent": "a", "x": 1}
    assert both.source("agent") == "first"
