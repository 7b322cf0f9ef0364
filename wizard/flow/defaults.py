"""Common and found answers, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wire.text import EMPTY, Text, TextAttribute, verbatim
from wizard.flow.pages.order import FIELDS
from wizard.flow.proposals import (
    named_proxy,
    proposed_container,
    this_machine_name,
)

if TYPE_CHECKING:
    from wizard.results import FoundDomain


def defaults() -> Mapping[str, Any]:
    """Give the common answers, as the fields of the pages carry them."""
    carried = {
        p: field.default for p, field in FIELDS.items() if field.default is not None
    }
    return {p: value() if callable(value) else value for p, value in carried.items()}


@dataclass(frozen=True)
class Offer:
    """One answer that is found."""

    path: str  # the field it is for
    value: Any  # the answer
    # where it is from, in words, shown under the field
    source: TextAttribute = TextAttribute()


@dataclass(frozen=True)
class Offers:
    """What is offered for the fields of a journey; never asked twice."""

    offers: tuple[Offer, ...] = ()

    @property
    def values(self) -> Mapping[str, Any]:
        """The answers offered, by path."""
        return MappingProxyType({offer.path: offer.value for offer in self.offers})

    def source(self, path: str) -> Text:
        """Say where the offer for a path is from, empty where none is."""
        sources = {offer.path: offer.source for offer in self.offers}
        return sources.get(path, EMPTY)

    def and_also(self, more: Offers) -> Offers:
        """Give these offers, and others for the paths that have none yet."""
        known = {offer.path for offer in self.offers}
        new = tuple(offer for offer in more.offers if offer.path not in known)
        return Offers(self.offers + new)


def found_offers(domain: FoundDomain) -> Offers:
    """Offer the domain that was found in DNS or on the machine."""
    container = proposed_container(domain.domain)
    source = verbatim(domain.source)
    return Offers(
        (
            Offer("directory.domain", domain.domain, source),
            Offer("directory.controllers", domain.controllers, source),
            Offer("directory.account.container", container, "usual place for accounts"),
        )
    )


def machine_offers() -> Offers:
    """Offer what this machine says of itself: its name for the agent, its proxy."""
    name = Offer("agent", this_machine_name(), "this machine's name")
    proxy = named_proxy()
    source = "from the proxy settings of this machine"
    return Offers((name, Offer("relay.proxy", proxy, source)) if proxy else (name,))
