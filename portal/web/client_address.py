"""Whose request it is: the peer's address, or what a proxy that is trusted says."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from portal.settings import Network

_Address = IPv4Address | IPv6Address
_UNKNOWN = "unknown"
_MOST_HOPS = 20


def client_address(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str:
    """Give the address that is counted by.

    `forwarded` is X-Forwarded-For, which anybody can write: it is read from the end,
    as far as the proxies that are trusted go.
    """
    address = _parsed(peer or "")
    hops = [hop.strip() for hop in forwarded.split(",")][-_MOST_HOPS:]
    while address is not None and hops and _is_trusted(address, trusted):
        named = _parsed(hops.pop())
        if named is None:
            break
        address = named
    return _UNKNOWN if address is None else str(address)


def counted_network(address: str) -> str:
    """Give what an address is counted as: of IPv6 the /64 that one line has."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address


def _parsed(text: str) -> _Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed


def _is_trusted(address: _Address, trusted: Sequence[Network]) -> bool:
    return any(
        address.version == network.version and address in network for network in trusted
    )
