"""LDAP controls: parts of a descriptor (sd_flags), policy hints."""

from dataclasses import dataclass

POLICY_HINTS = "1.2.840.113556.1.4.2239"
POLICY_HINTS_OLD = "1.2.840.113556.1.4.2066"


@dataclass(frozen=True)
class Control:
    """One LDAP control (RFC 4511 section 4.1.11)."""

    oid: str
    critical: bool
    value: bytes | None = None


def sd_flags(flags: int) -> Control:
    """Ask for parts of a descriptor (MS-ADTS 3.1.1.3.4.1.11): 7 is all but the SACL."""
    return Control("1.2.840.113556.1.4.801", critical=True, value=_integer(flags))


def policy_hints(oid: str) -> Control:
    """Let history and age count for a reset (MS-ADTS 3.1.1.3.4.1.27)."""
    return Control(oid, critical=True, value=_integer(1))


def _integer(value: int) -> bytes:
    """Encode SEQUENCE { INTEGER value } in BER; value is 0 to 127."""
    return bytes((0x30, 3, 2, 1, value))


# the list alone, as it is written; and all that a decision needs
DACL = sd_flags(4)
OWNER_GROUP_DACL = sd_flags(7)
