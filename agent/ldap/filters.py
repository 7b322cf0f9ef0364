"""RFC 4515 filters: escaping, the people filter."""

PEOPLE = "(objectCategory=person)(objectClass=user)"  # the parts of an and

IN_CHAIN = "1.2.840.113556.1.4.1941"  # MS-ADTS 3.1.1.3.4.4.3

_FILTER = set('\\*()\0"')  # RFC 4515 section 3, and the quote


def escape(value: str | bytes) -> str:
    """Escape a value for a filter (RFC 4515 section 3); bytes wholly."""
    if isinstance(value, bytes):
        return "".join(f"\\{byte:02x}" for byte in value)
    return "".join(f"\\{ord(c):02x}" if c in _FILTER else c for c in value)
