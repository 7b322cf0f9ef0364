"""The domain of this machine, found by its system or in DNS and not asked for."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import dns.exception
import dns.resolver

from agent.config.settings import DomainController
from agent.config.validators import host_name
from agent.platform.detect import these_surroundings
from agent.platform.surroundings import JoinedDomain
from wire.printable import printable
from wire.text import EMPTY, Text
from wizard.results import FoundDomain

_LIFETIME_S = 3.0
_MOST_SITE = 63  # signs, as Active Directory has it


@dataclass(frozen=True)
class Answer:
    """What DNS says of a domain's controllers, the preferred first; else why not."""

    controllers: tuple[DomainController, ...]
    unavailable: Text = EMPTY


def find_domain() -> FoundDomain | None:
    """Find the domain and its controllers.

    A member of a domain is asked for it where its system knows; else controllers are
    found by their SRV records (MS-ADTS 6.3.2.3).
    """
    joined = these_surroundings().domain()
    if joined and (found := _of_member(joined)):
        return found
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
    surroundings = these_surroundings()
    _, _, suffix = surroundings.full_name().partition(".")
    own = (suffix, Text("from DNS; the domain from the name of this machine"))
    searched = (
        (name, Text("from DNS; the domain from {file}", file=file))
        for name, file in surroundings.suffixes()
    )
    for name, source in (own, *searched):
        with contextlib.suppress(ValueError):
            domain = host_name(name)
            if domain not in seen:
                seen.add(domain)
                yield domain, source


def _of_member(joined: JoinedDomain) -> FoundDomain | None:
    controllers = tuple(_named(joined.controllers))
    try:
        domain = host_name(joined.name)
    except ValueError:
        return None
    source = Text("from Windows: the domain of this machine")
    if site := printable(joined.site, _MOST_SITE):
        source = Text(
            "from Windows: the domain of this machine, whose site is {site}", site=site
        )
    return FoundDomain(domain, controllers, source) if controllers else None


def _named(hosts: Iterable[str]) -> Iterator[DomainController]:
    for host in hosts:
        with contextlib.suppress(ValueError):
            yield DomainController(host=host_name(host))


def _targets(answer: dns.resolver.Answer) -> Iterator[DomainController]:
    records = sorted(answer, key=lambda each: (each.priority, -each.weight))
    return _named(record.target.to_text(omit_final_dot=True) for record in records)
