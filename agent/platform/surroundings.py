"""What a machine knows of where it is: its name, its domain, authorities, proxies.

All of it is only proposed: nothing here is checked, and nothing is used by itself but
the authorities that the machine trusts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from wire.text import Text


@dataclass(frozen=True)
class JoinedDomain:
    """The domain that the machine is a member of, and its site; empty: none is known.

    The controllers come in the order in which they are to be asked: those of the site
    first.
    """

    name: str
    controllers: Sequence[str]
    site: str = ""


@dataclass(frozen=True)
class Authorities:
    """Certificates as DER: those that are trusted, and those below that fill chains."""

    roots: Sequence[bytes]
    intermediates: Sequence[bytes]


class Surroundings(Protocol):
    """What a system was told of the network it is in. No method raises."""

    def full_name(self) -> str:
        """Give the machine's name in DNS, whole where it knows it so."""
        ...

    def domain(self) -> JoinedDomain | None:
        """Give the domain that the system itself is a member of; it may take seconds.

        None where it is of none, or can't say.
        """
        ...

    def suffixes(self) -> Iterator[tuple[str, str]]:
        """Give domains that names are looked up in, each with where that is set."""
        ...

    def proxy(self, url: str | None = None) -> str:
        """Give the proxy that the system names, as http://host:port; empty: none.

        Without a URL it is what is set for all, at once; with one, what scripts of the
        network say is asked too, which may take seconds.
        """
        ...

    def authorities(self) -> Authorities | None:
        """Give who is trusted for servers; None: the libraries find them themselves."""
        ...

    def unknown_authority(self) -> Text:
        """Say in a clause what may help where an authority is missing that others know.

        Empty where nothing of the system's does.
        """
        ...

    def has_desktop(self) -> bool:
        """Whether windows can be opened here at all."""
        ...
