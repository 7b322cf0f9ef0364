"""Enrolment codes: what an administrator types to bring an agent to a portal.

A code has two halves. The relay's says where an agent may enrol: a version byte, 16
random bytes that are used once, and a checksum for typing errors. The portal's owner
joins the other to it: the first 16 bytes of the fingerprint digest of the portal's
signing key. The whole code is the version byte, both, and a checksum of its own. As
the fingerprint comes from the portal and travels with the administrator, who holds the
relay can't have an agent take keys of their own. Either is written as base32 (RFC 4648
section 6) without padding, in groups of five.
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

VERSION = 2
SECRET_BYTES = 16
PORTAL_BYTES = 16
_CHECK_BYTES = 2
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_GROUP = 5


def _letters_of(count: int) -> int:
    """Count the letters that spell a body of so many bytes with its checksum."""
    return -(-(1 + count + _CHECK_BYTES) * 8 // 5)


HALF_CHARS = _letters_of(SECRET_BYTES)
_CHARS = _letters_of(SECRET_BYTES + PORTAL_BYTES)


class Rule(StrEnum):
    """What a code must keep to."""

    LETTERS = "letters"
    LENGTH = "length"
    CHECKSUM = "checksum"
    VERSION = "version"
    HALF = "half"
    WHOLE = "whole"


_BROKEN = {
    Rule.LETTERS: Text(
        "holds a sign that never occurs in a code; codes are made of A to Z and 2 to 7 "
        "(0, 1, 8 and 9 never occur)"
    ),
    Rule.LENGTH: Text("must have {count} letters and digits", count=_CHARS),
    Rule.CHECKSUM: Text("is mistyped: its checksum is wrong"),
    Rule.VERSION: Text(
        "is of another version than this program takes; ask for a new one, or update "
        "the program"
    ),
    Rule.HALF: Text(
        "is the relay's half alone; the owner of your portal joins the portal's half "
        "to it and gives you the whole code"
    ),
    Rule.WHOLE: Text(
        "must be the relay's half, of {count} letters and digits", count=HALF_CHARS
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
class RelayHalf:
    """The relay's half of a code: 16 random bytes, good for one enrolment."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"a code has {SECRET_BYTES} secret bytes")

    @classmethod
    def new(cls) -> Self:
        return cls(secrets.token_bytes(SECRET_BYTES))

    @property
    def text(self) -> str:
        """The half as the relay's owner hands it to the portal's."""
        return _spelled(self.secret)

    @property
    def lookup(self) -> str:
        """The name a relay finds the code by: SHA-256 of the secret, in hexadecimal."""
        return lookup(self.secret)

    def joined(self, fingerprint_digest: bytes) -> "EnrolmentCode":
        """Join the half of the portal whose fingerprint has this digest."""
        return EnrolmentCode(self.secret, fingerprint_digest[:PORTAL_BYTES])


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

    @property
    def text(self) -> str:
        """The code as it is shown and typed."""
        return _spelled(self.secret + self.portal)

    @property
    def lookup(self) -> str:
        """The name a relay finds the code by: SHA-256 of the secret, in hexadecimal."""
        return lookup(self.secret)

    def is_for(self, fingerprint_digest: bytes) -> bool:
        """Say whether the code was made for the portal with this fingerprint."""
        return hmac.compare_digest(self.portal, fingerprint_digest[:PORTAL_BYTES])


def parse(text: str) -> EnrolmentCode:
    """Read a code as typed, in any case, with blanks and dashes; BadCode otherwise."""
    letters = _letters(text)
    if len(letters) == HALF_CHARS:
        _body(letters)
        raise BadCode(Rule.HALF)
    if len(letters) != _CHARS:
        raise BadCode(Rule.LENGTH, Text(", not {count}", count=len(letters)))
    body = _body(letters)
    return EnrolmentCode(body[:SECRET_BYTES], body[SECRET_BYTES:])


def parse_half(text: str) -> RelayHalf:
    """Read the relay's half of a code, written as any code; BadCode otherwise."""
    letters = _letters(text)
    if len(letters) != HALF_CHARS:
        raise BadCode(Rule.WHOLE, Text(", not {count}", count=len(letters)))
    return RelayHalf(_body(letters))


def lookup(secret: bytes) -> str:
    """Name a secret without giving it away."""
    return hashlib.sha256(secret).hexdigest()


def _spelled(content: bytes) -> str:
    body = bytes([VERSION]) + content
    letters = base64.b32encode(body + _checksum(body)).decode("ascii").rstrip("=")
    groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    return "-".join(groups)


def _letters(text: str) -> str:
    letters = "".join(text.split()).replace("-", "").upper()
    if not set(letters) <= _ALPHABET:
        raise BadCode(Rule.LETTERS)
    return letters


def _body(letters: str) -> bytes:
    """Give what stands between version and checksum, when both are right."""
    padded = letters + "=" * (-len(letters) % 8)
    try:
        raw = base64.b32decode(padded)
    except binascii.Error:
        raise BadCode(Rule.LETTERS) from None
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    # the last letter of a half has bits to spare, which the checksum does not cover
    spelled_so = base64.b32encode(raw).decode("ascii") == padded
    if not (hmac.compare_digest(_checksum(body), check) and spelled_so):
        raise BadCode(Rule.CHECKSUM)
    if body[0] != VERSION:
        raise BadCode(Rule.VERSION)
    return body[1:]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
