"""How many connections a relay holds, and how long each may take."""

import sys
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

# what the process opens besides: the database, the log, its modules
_SPARE = 128
_MOST_DESCRIPTORS = 65_536
_MOST_STRANGERS = 4_096
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How many connections there may be at once, by who is at the other end.

    A stranger has shown no valid token on this connection; each kind has a share of
    its own, so that strangers take nothing from agents, and the owner of one key has
    a share of the senders. A stranger has `header_s` seconds from the accept to the end
    of the header, and `body_s` from there to the end of the answer; a header is at most
    `header_bytes` long. Of bodies `held_bytes` are held at once, of one owner a part of
    that; a sender has `read_s` to read an answer.
    """

    strangers: int
    strangers_per_source: int
    senders: int
    listeners: int
    header_s: float = 10.0
    body_s: float = 15.0
    header_bytes: int = 64 * 1024
    senders_per_owner: int = 2048
    held_bytes: int = 128 * _MIB
    held_bytes_per_owner: int = 32 * _MIB
    read_s: float = 60.0

    @classmethod
    def within(cls, descriptors: int) -> "Limits":
        """Share out what the process may open; half is for those who listen."""
        usable = max(descriptors - _SPARE, 16)
        strangers = min(usable // 4, _MOST_STRANGERS)
        return cls(
            strangers=strangers,
            strangers_per_source=max(strangers // 8, 4),
            senders=usable // 4,
            senders_per_owner=max(usable // 32, 128),
            listeners=usable // 2,
        )


def raise_descriptors() -> int:
    """Raise RLIMIT_NOFILE as far as the system lets us; give what it is now."""
    if sys.platform == "win32":
        return _MOST_DESCRIPTORS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wish = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wish:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wish, hard))
        soft = wish
    return min(soft if soft != resource.RLIM_INFINITY else wish, _MOST_DESCRIPTORS)


def source_of(host: str) -> str:
    """Give who is counted together: an IPv4 address, or an IPv6 network of 64 bits."""
    address = ip_address(host.partition("%")[0])
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
