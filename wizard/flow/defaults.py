"""Common and found answers, each with its source."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from wizard.flow.conditions import ORIGINAL
from wizard.flow.pages.remove import ACCOUNT, GRANTS
from wizard.results import FoundDomain

ACCOUNT_NAME = "svc-writeback"


def defaults() -> Mapping[str, Any]:
    """Give the common answers; what they are is on the pages, ready to change."""
    return MappingProxyType(
        {
            "mode": "express",
            "task": "options",
            "pilot": "all",
            "agent": agent_name(socket.gethostname()),
            "directory.account.kind": "new",
            "directory.account.name": ACCOUNT_NAME,
            "directory.policy_hints": True,
            "identify_by": "userPrincipalName",
            "features.password_writeback": True,
            "features.unlock": True,
            "features.must_change": True,
            "features.change": True,
            "limits.per_minute": 120,
            "limits.per_user_per_hour": 10,
            "limits.proofs": 0,
            ACCOUNT: True,
            GRANTS: True,
            ORIGINAL: "used",
        }
    )


def agent_name(host: str) -> str:
    """Propose a name for the agent: the machine's, in the form a relay takes."""
    label = host.split(".", maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", label).strip("-")[:63] or "agent"


def base_dn(domain: str) -> str:
    """Spell a domain's DNS name as its naming context."""
    return ",".join(f"DC={label}" for label in domain.strip(". ").split(".") if label)


def proposed_container(domain: str) -> str:
    """Propose where a new account is made; empty before the domain is known."""
    return f"CN=Users,{base_dn(domain)}" if domain.strip() else ""


@dataclass(frozen=True)
class Offer:
    """One answer that is found.

    Attributes:
        path: the field it is for.
        value: the answer.
        source: where it is from, in words, shown under the field.

    """

    path: str
    value: Any
    source: str


@dataclass(frozen=True)
class Offers:
    """What is offered for the fields of a journey; never asked twice."""

    offers: tuple[Offer, ...] = ()

    @property
    def values(self) -> Mapping[str, Any]:
        """The answers offered, by path."""
        return MappingProxyType({offer.path: offer.value for offer in self.offers})

    def source(self, path: str) -> str:
        """Say where the offer for a path is from, empty where none is."""
        sources = {offer.path: offer.source for offer in self.offers}
        return sources.get(path, "")

    def and_also(self, more: "Offers") -> "Offers":
        """Give these offers, and others for the paths that have none yet."""
        known = {offer.path for offer in self.offers}
        new = tuple(offer for offer in more.offers if offer.path not in known)
        return Offers(self.offers + new)


def found_offers(found: FoundDomain) -> Offers:
    """Offer the domain that was found in DNS or on the machine."""
    container = proposed_container(found.domain)
    return Offers(
        (
            Offer("directory.domain", found.domain, found.source),
            Offer("directory.controllers", found.controllers, found.source),
            Offer("directory.account.container", container, "usual place for accounts"),
        )
    )


def machine_offers() -> Offers:
    """Offer what this machine says of itself: its name, for the agent."""
    name = agent_name(socket.gethostname())
    return Offers((Offer("agent", name, "this machine's name"),))
