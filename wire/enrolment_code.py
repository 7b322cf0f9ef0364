"""Enrolment codes: what an administrator types to bring an agent to a portal.

A code is base32 (RFC 4648 section 6) in groups of five of: a version byte, 16 random
bytes that are used once, the first 16 bytes of the portal's fingerprint digest, and a
checksum for typing errors. Because the fingerprint travels with the administrator, a
relay cannot put keys of its own in the place of the portal's.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from wire.failure import Failure
from wire.text import Text

VERSION = 1
SECRET_BYTES = 16
PORTAL_BYTES = 16
_CHECK_BYTES = 2
_TOTAL = 1 + SECRET_BYTES + PORTAL_BYTES + _CHECK_BYTES
_CHARS = _TOTAL * 8 // 5
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_GROUP = 5


class Rule(StrEnum):
    """What a code must keep to."""

    LETTERS = "letters"
    LENGTH = "length"
    CHECKSUM = "checksum"
    VERSION = "version"


_BROKEN = {
    Rule.LETTERS: Text(
        "holds a sign that never occurs in a code; codes are made of A to Z and 2 to 7 "
        "(0, 1, 8 and 9 never occur)"
    ),
    Rule.LENGTH: Text("must have {count} letters and digits", count=_CHARS),
    Rule.CHECKSUM: Text("is mistyped: its checksum is wrong"),
    Rule.VERSION: Text(
        "is of a version that this program does not know; update the program"
    ),
}


class BadCode(Failure, ValueError):
    """A text that is no enrolment code, by the first rule that it breaks.

    `detail` says what exactly; never the code, as it is a secret until it is used.
    """

    def __init__(self, rule: Rule, detail: str = "") -> None:
        words = {"rule": _BROKEN[rule], "detail": detail}
        super().__init__(Text("the enrolment code {rule}{detail}", **words))
        self.rule = rule


@dataclass(frozen=True)
class EnrolmentCode:
    """A code taken apart: 16 random bytes, good for one enrolment, and whose it is.

    `portal` is the first 16 bytes of the portal's fingerprint digest.
    """

    secret: bytes = field(repr=False)
    portal: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES or len(self.portal) != PORTAL_BYTES:
            raise ValueError(
                f"a code has {SECRET_BYTES} secret bytes and {PORTAL_BYTES} of a "
                f"fingerprint, not {len(self.secret)} and {len(self.portal)}"
            )

    @classmethod
    def new(cls, fingerprint_digest: bytes) -> Self:
        """Make a code for the portal with this fingerprint digest."""
        return cls(secrets.token_bytes(SECRET_BYTES), fingerprint_digest[:PORTAL_BYTES])

    @property
    def text(self) -> str:
        """The code as it is shown and typed."""
        body = bytes([VERSION]) + self.secret + self.portal
        letters = base64.b32encode(body + _checksum(body)).decode("ascii")
        groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
        return "-".join(groups)

    @property
    def lookup(self) -> str:
        """The name a relay finds the code by: SHA-256 of the secret, in hexadecimal."""
        return lookup(self.secret)

    def is_for(self, fingerprint_digest: bytes) -> bool:
        """Say whether the code was made for the portal with this fingerprint."""
        return hmac.compare_digest(self.portal, fingerprint_digest[:PORTAL_BYTES])


def parse(text: str) -> EnrolmentCode:
    """Read a code as typed, in any case, with blanks and dashes; BadCode otherwise."""
    letters = "".join(text.split()).replace("-", "").upper()
    if not set(letters) <= _ALPHABET:
        raise BadCode(Rule.LETTERS)
    if len(letters) != _CHARS:
        raise BadCode(Rule.LENGTH, Text(", not {count}", count=len(letters)))
    body, check = _body(letters)
    if not hmac.compare_digest(_checksum(body), check):
        raise BadCode(Rule.CHECKSUM)
    if body[0] != VERSION:
        raise BadCode(Rule.VERSION)
    return EnrolmentCode(body[1 : 1 + SECRET_BYTES], body[1 + SECRET_BYTES :])


def lookup(secret: bytes) -> str:
    """Name a secret without giving it away."""
    return hashlib.sha256(secret).hexdigest()


def _body(letters: str) -> tuple[bytes, bytes]:
    try:
        raw = base64.b32decode(letters)
    except binascii.Error:
        raise BadCode(Rule.LETTERS) from None
    return raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
