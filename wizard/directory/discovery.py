"""The domain of this machine, found in DNS and not asked for."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.resolver

from agent.config.settings import DomainController
from agent.config.validators import host_name
from wire.text import EMPTY, Text
from wizard.results import FoundDomain

_LIFETIME_S = 3.0
_RESOLV = Path("/etc/resolv.conf")


@dataclass(frozen=True)
class Answer:
    """What DNS says of a domain's controllers, the preferred first; else why not."""

    controllers: tuple[DomainController, ...]
    unavailable: Text = EMPTY


def find_domain() -> FoundDomain | None:
    """Find the domain and its controllers by their SRV records (MS-ADTS 6.3.2.3)."""
    for domain, source in _candidates():
        controllers = ask_controllers(domain).controllers
        if controllers:
            return FoundDomain(domain, controllers, source)
    return None


def ask_controllers(domain: str) -> Answer:
    """Ask DNS for the controllers of a domain (SRV); at most 3 s."""
    name = f"_ldap._tcp.dc._msdcs.{domain}"
    try:
        answer = dns.resolver.resolve(name, "SRV", lifetime=_LIFETIME_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Answer((), Text("it has no record {name}", name=name))
    except dns.exception.Timeout:
        return Answer(
            (), Text("no answer within {seconds} s", seconds=int(_LIFETIME_S))
        )
    except (dns.exception.DNSException, OSError):
        return Answer((), Text("no name server could be asked"))
    return Answer(tuple(_targets(answer)))


def _candidates() -> Iterator[tuple[str, Text]]:
    seen = set()
    _, _, suffix = socket.getfqdn().partition(".")
    own = (suffix, Text("from DNS; the domain from the name of this machine"))
    for name, source in (own, *_search_list()):
        with contextlib.suppress(ValueError):
            domain = host_name(name)
            if domain not in seen:
                seen.add(domain)
                yield domain, source


def _search_list() -> Iterator[tuple[str, Text]]:
    try:
        lines = _RESOLV.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        keyword, *names = line.split() or [""]
        if keyword in ("search", "domain"):
            source = Text("from DNS; the domain from {file}", file=str(_RESOLV))
            yield from ((name, source) for name in names)


def _targets(answer: dns.resolver.Answer) -> Iterator[DomainController]:
    for record in sorted(answer, key=lambda each: (each.priority, -each.weight)):
        with contextlib.suppress(ValueError):
            host = host_name(record.target.to_text(omit_final_dot=True))
            yield DomainController(host=host)
