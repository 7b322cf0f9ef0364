"""Which machine this is, so that a copy of it is known for one.

machine-id(5) asks that the id itself is not shown to others: what is kept is a keyed
hash of it for this product alone.
"""

import hmac
from pathlib import Path

_PURPOSE = b"writeback-agent"
_MACHINE_ID = Path("/etc/machine-id")


def machine_name(path: Path = _MACHINE_ID) -> str:
    """Name this machine; empty where it has no id."""
    try:
        told = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    key = told.encode()
    return hmac.new(key, _PURPOSE, "sha256").hexdigest() if len(told) == 32 else ""


def is_copy(enrolled: str, here: str) -> bool:
    """Say whether what was enrolled on one machine is now on another."""
    return bool(enrolled) and bool(here) and enrolled != here
