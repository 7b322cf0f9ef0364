"""What these modules need of Windows' network and certificate stores: a thin port.

What fails is an OSError with Windows' number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Located:
    """What DsGetDcName says: a controller, its domain, and the site of this machine."""

    controller: str
    domain: str
    site: str


class CertificateStore(Enum):
    """A certificate store of the machine, by its name."""

    ROOT = "ROOT"
    INTERMEDIATE = "CA"
    DISALLOWED = "Disallowed"


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate as DER, and what it is trusted for.

    `purposes` are OIDs of extended key usages; None: all of them.
    """

    der: bytes
    purposes: frozenset[str] | None = None


@dataclass(frozen=True)
class ProxyLists:
    """Proxies, and what is reached without them, both in WinHTTP's spelling."""

    proxies: str
    bypass: str = ""


@dataclass(frozen=True)
class PersonProxy:
    """What the signed-in person has chosen: a script, its detection, or proxies."""

    detect: bool = False
    script: str = ""
    named: ProxyLists | None = None


class NetworkCalls(Protocol):
    """Names, the domain, certificate stores, WinHTTP."""

    def full_computer_name(self) -> str:
        """Give ComputerNamePhysicalDnsFullyQualified, which clusters don't change."""
        ...

    def is_domain_member(self) -> bool:
        """Say whether the machine was joined to a domain (NetGetJoinInformation)."""
        ...

    def nearest_controller(self) -> Located:
        """Find a writable controller of the machine's domain (DsGetDcName)."""
        ...

    def controllers(self, domain: str, site: str, most: int) -> Sequence[str]:
        """Name writable controllers, those of the site first (DsGetDcNext)."""
        ...

    def certificates(self, store: CertificateStore) -> Sequence[StoredCertificate]:
        """Read a store of the machine: what was put there, by policy, or by Windows."""
        ...

    def machine_proxy(self) -> ProxyLists | None:
        """Give what netsh winhttp shows; None where all is reached directly."""
        ...

    def person_proxy(self) -> PersonProxy:
        """Give what the person of this process has set for programs."""
        ...

    def proxy_by_script(self, url: str, script: str) -> ProxyLists | None:
        """Have a script say what leads to a URL; without its address it is looked for.

        None where it says that nothing does.
        """
        ...
