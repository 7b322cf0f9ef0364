"""From where, and by what, somebody may register their first verification method. Pure.

The agent decides it again when it is asked for a receipt; here is what to say before.
"""

from enum import StrEnum
from ipaddress import ip_address, ip_network

from portal.journeys.entry import ByCode, Entry
from portal.journeys.policy import Registration


class Lacks(StrEnum):
    """What is missing: a registration code, or a network of the organization."""

    CODE = "code"
    NETWORK = "network"


def what_lacks(entry: Entry, asked: Registration, address: str) -> Lacks | None:
    """Say what the settings ask for that who came in so has not; None: nothing."""
    if isinstance(entry, ByCode):
        return None
    match asked.allowed_from:
        case "code":
            return Lacks.CODE
        case "networks" if not _is_within(address, asked.networks):
            return Lacks.NETWORK
    return None


def _is_within(address: str, networks: list[str]) -> bool:
    try:
        found = ip_address(address)
        return any(found in ip_network(each) for each in networks)
    except ValueError:
        return False
