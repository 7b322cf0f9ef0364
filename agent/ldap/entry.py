"""LDAP entries as they were read, modifications, the rootDSE.

Pure. Values stay the bytes that came; a reader says as what it takes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Literal, Self
from uuid import UUID

from agent.acl.errors import DescriptorError
from agent.acl.sid import Sid

DESCRIPTOR = "nTSecurityDescriptor"
_INTEGER = re.compile(rb"-?[0-9]{1,19}")
_READ_ONLY = "1.2.840.113556.1.4.1920"  # MS-ADTS 3.1.1.3.4.3: an RODC has it


@dataclass(frozen=True)
class Entry:
    """One object: its DN and the raw values of its attributes."""

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]

    def values(self, name: str) -> tuple[bytes, ...]:
        """Give the raw values of an attribute, whatever its case."""
        if name in self.attributes:
            return self.attributes[name]
        wanted = name.lower()
        for known, values in self.attributes.items():
            if known.lower() == wanted:
                return values
        return ()

    def raw(self, name: str) -> bytes | None:
        """Give the first value as it came."""
        values = self.values(name)
        return values[0] if values else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Give all values as text."""
        return tuple(value.decode("utf-8", "replace") for value in self.values(name))

    def text(self, name: str) -> str | None:
        """Give the first value as text."""
        texts = self.texts(name)
        return texts[0] if texts else None

    def number(self, name: str) -> int | None:
        """Give the first value as a number; None when it is hidden or malformed.

        A LargeInteger at most (RFC 4517 3.3.16, MS-ADTS 3.1.1.2.2.2).
        """
        raw = self.raw(name)
        return int(raw) if raw is not None and _INTEGER.fullmatch(raw) else None

    @property
    def descriptor(self) -> bytes | None:
        """The security descriptor as it came; None when hidden or not asked for."""
        return self.raw(DESCRIPTOR)

    @property
    def sid(self) -> Sid | None:
        """The objectSid; None when it is hidden or malformed."""
        try:
            return Sid.parse(self.raw("objectSid") or b"")
        except DescriptorError:
            return None

    def guid(self, name: str) -> UUID | None:
        """Give the first value as a GUID (MS-DTYP 2.3.4.2, little-endian)."""
        raw = self.raw(name)
        return UUID(bytes_le=raw) if raw is not None and len(raw) == 16 else None


@dataclass(frozen=True)
class Modification:
    """One change of one attribute. The values are shown nowhere."""

    operation: Literal["add", "delete", "replace"]
    attribute: str
    values: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class RootDse:
    """What a controller says about itself (MS-ADTS 3.1.1.3.2).

    `current_time` is its clock, in UTC; `functional_level` domainFunctionality, 7 is
    Windows Server 2016; `controller_level` its own, 0: it does not tell. It is
    synchronized when its first replication is complete; `read_only`: passwords can't be
    written there.
    """

    naming_context: str
    dns_host_name: str
    supported_controls: frozenset[str]
    current_time: datetime | None
    functional_level: int
    is_global_catalog_ready: bool
    is_synchronized: bool
    read_only: bool
    controller_level: int = 0

    ATTRIBUTES: ClassVar = (
        *("defaultNamingContext", "dnsHostName", "supportedControl"),
        *("currentTime", "domainFunctionality", "isGlobalCatalogReady"),
        *("isSynchronized", "supportedCapabilities"),
        "domainControllerFunctionality",
    )

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read it from the entry without a name."""
        return cls(
            naming_context=entry.text("defaultNamingContext") or "",
            dns_host_name=entry.text("dnsHostName") or "",
            supported_controls=frozenset(entry.texts("supportedControl")),
            current_time=_time(entry.text("currentTime")),
            functional_level=entry.number("domainFunctionality") or 0,
            is_global_catalog_ready=entry.text("isGlobalCatalogReady") == "TRUE",
            is_synchronized=entry.text("isSynchronized") == "TRUE",
            read_only=_READ_ONLY in entry.texts("supportedCapabilities"),
            controller_level=entry.number("domainControllerFunctionality") or 0,
        )


def _time(text: str | None) -> datetime | None:
    """Read a GeneralizedTime (RFC 4517 3.3.13) as controllers write it, or None."""
    try:
        digits = (text or "").partition(".")[0]
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
