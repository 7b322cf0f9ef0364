"""Filters (RFC 4515): people, members through any number of groups, escaping."""

import string

_IN_CHAIN = "1.2.840.113556.1.4.1941"  # MS-ADTS 3.1.1.3.4.4.3

_PLAIN = frozenset(f"{string.ascii_letters}{string.digits}@._-=,".encode())


def escape(value: str | bytes) -> str:
    """Escape a value for a filter (RFC 4515 section 3): bytes wholly, text as UTF-8.

    Of text only what means nothing to any parser stays as it is: what is sent is what
    was given, whatever a library makes of text.
    """
    plain = frozenset() if isinstance(value, bytes) else _PLAIN
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in plain else f"\\{byte:02x}" for byte in raw)


def people_filter(*also: str) -> str:
    """Find people, users and inetOrgPersons, that these filters fit as well."""
    return f"(&(objectCategory=person)(objectClass=user){''.join(also)})"


def member_filter(group: str) -> str:
    """Find what is in a group, through any number of groups; `group` is its DN."""
    return f"(memberOf:{_IN_CHAIN}:={escape(group)})"
