"""A list of proxies as WinHTTP spells it, and which of them leads to an address.

`[scheme=][scheme://]host[:port]`, by blanks or semicolons (WINHTTP_PROXY_INFO).
"""

import re
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from agent.platform.windows.surroundings.win32_network import ProxyLists

_SEPARATORS = re.compile(r"[;\s]+")
_ENTRY = re.compile(r"(?:(?P<of>\w+)=)?(?:(?P<scheme>\w+)://)?(?P<at>[^/@]+)/?")
_USUAL_PORT = 80
# a network's script may say anything
_MOST = 8192


def leading_to(lists: ProxyLists, url: str | None) -> str:
    """Give the first HTTP proxy for https addresses, as http://host:port; empty: none.

    With a URL, none where that is reached without.
    """
    host = (urlsplit(url).hostname or "") if url else ""
    if host and is_passed_by(host, lists.bypass):
        return ""
    for entry in _entries(lists.proxies):
        found = _ENTRY.fullmatch(entry)
        if not found or found["of"] not in (None, "https"):
            continue
        if found["scheme"] in (None, "http"):
            at = found["at"]
            return f"http://{at if _has_port(at) else f'{at}:{_USUAL_PORT}'}"
    return ""


def is_passed_by(host: str, bypass: str) -> bool:
    """Say whether a host is reached directly: a name, `*` in it, or `<local>`."""
    for entry in _entries(bypass):
        if entry == "<local>":
            if "." not in host:
                return True
        elif fnmatchcase(host.lower(), _without_port(entry.rpartition("://")[2])):
            return True
    return False


def _entries(text: str) -> list[str]:
    return [each for each in _SEPARATORS.split(text[:_MOST].lower()) if each]


def _has_port(at: str) -> bool:
    return bool(re.search(r":\d+$", at)) and not at.endswith("]")


def _without_port(entry: str) -> str:
    return re.sub(r":\d+$", "", entry).replace("[", "[[]")
