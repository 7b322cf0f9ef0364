"""Whose request it is: a header counts as far as trusted proxies go."""

from ipaddress import ip_network

import pytest

from portal.web.client_address import client_address, counted_network

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:f::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:f::1", "2001:db8:1::5", "2001:db8:1::5"),
        (None, "203.0.113.9", "unknown"),
        ("10.0.0.1", ", ".join(["10.0.0.2"] * 200), "10.0.0.2"),
    ],
)
def test_the_header_is_read_from_its_end(
    peer: str | None, forwarded: str, address: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("unknown", "unknown"),
    ],
)
def test_a_line_is_counted_as_one(address: str, network: str) -> None:
    assert counted_network(address) == network
