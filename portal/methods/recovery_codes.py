"""Recovery codes: ten, of 80 bits each, on paper; each is good once.

A saved code has 64 bits at least and is kept as a hash (NIST SP 800-63B-4, 4.2.1.1).
"""

import base64
import secrets

COUNT = 10
_BYTES = 10
_GROUP = 4
_MOST_TYPED = 64
# what people read for another sign: none of them is in base32 (RFC 4648 section 6)
_ALIKE = str.maketrans("018", "OIB")


def new_codes() -> tuple[str, ...]:
    """Make a set of codes, in groups of four."""
    return tuple(_spelled(secrets.token_bytes(_BYTES)) for _ in range(COUNT))


def typed(text: str) -> str:
    """Read a code as people type it: the 16 characters that its hash is made of."""
    bare = "".join(text[:_MOST_TYPED].split()).replace("-", "").upper()
    return bare.translate(_ALIKE)


def _spelled(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode("ascii")
    groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    return "-".join(groups)
