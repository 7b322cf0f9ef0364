"""Codes on paper, or said on the telephone: 80 bits as 16 letters and digits.

A saved code has 64 bits at least and is kept as a hash (NIST SP 800-63B-4, 4.2.1.1).
"""

import base64
import secrets

_BYTES = 10
_GROUP = 4
_MOST_TYPED = 64
# what people read for another sign: none of them is in base32 (RFC 4648 section 6)
_ALIKE = str.maketrans("018", "OIB")


def new_code() -> str:
    """Make a code, in groups of four."""
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii")
    groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    return "-".join(groups)


def typed(text: str) -> str:
    """Read a code as people type it: the 16 characters that its hash is made of."""
    bare = "".join(text[:_MOST_TYPED].split()).replace("-", "").upper()
    return bare.translate(_ALIKE)
