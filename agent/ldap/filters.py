"""Filters (RFC 4515): people, members through any number of groups, escaping."""

_IN_CHAIN = "1.2.840.113556.1.4.1941"  # MS-ADTS 3.1.1.3.4.4.3

_FILTER = set('\\*()\0"')  # RFC 4515 section 3, and the quote


def escape(value: str | bytes) -> str:
    """Escape a value for a filter (RFC 4515 section 3); bytes wholly."""
    if isinstance(value, bytes):
        return "".join(f"\\{byte:02x}" for byte in value)
    return "".join(f"\\{ord(c):02x}" if c in _FILTER else c for c in value)


def people_filter(*also: str) -> str:
    """Find people, users and inetOrgPersons, that these filters fit as well."""
    return f"(&(objectCategory=person)(objectClass=user){''.join(also)})"


def member_filter(group: str) -> str:
    """Find what is in a group, through any number of groups; `group` is its DN."""
    return f"(memberOf:{_IN_CHAIN}:={escape(group)})"
