"""Proxies as WinHTTP spells them, and what is reached without."""

import pytest

from agent.platform.windows.surroundings.proxy_list import is_passed_by, leading_to
from agent.platform.windows.surroundings.win32_network import ProxyLists

URL = "https://relay.example.test:8443/x"


@pytest.mark.parametrize(
    ("spelled", "proxy"),
    [
        ("proxy.corp.test:3128", "http://proxy.corp.test:3128"),
        ("proxy.corp.test", "http://proxy.corp.test:80"),
        ("http://proxy.corp.test:3128/", "http://proxy.corp.test:3128"),
        ("http=web:80;https=tls:443", "http://tls:443"),
        ("http=web:80 https=http://tls:443", "http://tls:443"),
        ("http=web:80", ""),
        ("socks=old:1080;first:1; second:2", "http://first:1"),
        ("https://tls.corp.test:443;plain:8080", "http://plain:8080"),
        ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
        ("[2001:db8::1]", "http://[2001:db8::1]:80"),
        # no password of somebody's belongs into settings
        ("user:word@proxy.corp.test:3128", ""),
        ("", ""),
        (";; ;", ""),
        ("x" * 1_000_000, f"http://{'x' * 8192}:80"),
    ],
)
def test_the_first_that_leads_to_https_is_given(spelled: str, proxy: str) -> None:
    assert leading_to(ProxyLists(spelled), URL) == proxy
    assert leading_to(ProxyLists(spelled), None) == proxy


@pytest.mark.parametrize(
    ("bypass", "host", "passed"),
    [
        ("*.example.test", "relay.example.test", True),
        ("*.EXAMPLE.test;other", "Relay.example.test", True),
        ("relay.example.test:8443", "relay.example.test", True),
        ("https://relay.example.test", "relay.example.test", True),
        ("10.*", "10.1.2.3", True),
        ("<local>", "relay", True),
        ("<local>", "relay.example.test", False),
        ("<-loopback>;corp.test", "relay.example.test", False),
        ("*.other.test", "relay.example.test", False),
        ("[2001:db8::*]", "2001:db8::1", False),
        ("", "relay.example.test", False),
    ],
)
def test_what_is_passed_by(bypass: str, host: str, *, passed: bool) -> None:
    assert is_passed_by(host, bypass) is passed


def test_an_address_that_is_passed_by_has_none() -> None:
    lists = ProxyLists("proxy:3128", "*.example.test")
    assert leading_to(lists, URL) == ""
    assert leading_to(lists, None) == "http://proxy:3128"
