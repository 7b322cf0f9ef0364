"""Shared access signatures: the tokens that listeners and senders show a relay.

The form is Azure Relay's: `SharedAccessSignature sr=..&sig=..&se=..&skn=..`, where
sig is HMAC-SHA256 over the still-encoded sr, a newline and se, keyed with the UTF-8
bytes of the key as written (it is not base64-decoded first).
"""

import base64
import binascii
import hashlib
import hmac
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote_plus, unquote, unquote_plus, urlsplit

from wire.secret import Secret

_SCHEME = "sharedaccesssignature"
_FIELDS = {"sr", "sig", "se", "skn"}
_SIGNATURE_BYTES = hashlib.sha256().digest_size
MAX_TOKEN_CHARS = 4096


class BadToken(Exception):
    """A token that proves nothing. The text names the rule, never the token."""


class WrongKey(BadToken):
    """A token that another key signed, if any."""


class ExpiredToken(BadToken):
    """A token that was good once."""


@dataclass(frozen=True)
class Audience:
    """What a token is for: a lower-case host, and a path with everything below it.

    No segments of a path mean the whole relay.
    """

    host: str
    path: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Say whether a path is this one or below it; case and end "/" don't count."""
        segments = _segments(path)
        return segments[: len(self.path)] == self.path


@dataclass(frozen=True)
class Token:
    """A token taken apart; nothing is known of its signature yet.

    `resource` is sr as it stands in the token, still encoded: clients encode
    differently, so only these very bytes give the signature. `expires` is in Unix
    seconds.
    """

    resource: str
    expires: int
    key_name: str
    signature: bytes = field(repr=False)

    @property
    def audience(self) -> Audience:
        """What the token is for; BadToken where sr is no URI."""
        try:
            # .NET writes a blank as +, every other client as %20
            parts = urlsplit(unquote_plus(self.resource))
            host = parts.hostname
        except ValueError:
            raise BadToken("sr is no URI") from None
        if not host:
            raise BadToken("sr names no host")
        return Audience(host, _segments(parts.path))


def sign(key: str, key_name: str, audience: str, expires: int) -> str:
    """Make a token until `expires`, in Unix seconds.

    `key_name` is the name the relay knows the key by; `audience` what the token is for,
    as http://host/path.
    """
    resource = quote_plus(audience)
    signature = base64.b64encode(_mac(key, resource, expires)).decode("ascii")
    return (
        f"SharedAccessSignature sr={resource}&sig={quote_plus(signature)}"
        f"&se={expires}&skn={quote_plus(key_name)}"
    )


def token_for(
    url: str, connection: str, key: Secret, key_name: str, seconds: float
) -> str:
    """Make a token for one connection of the relay at an address, from now on."""
    audience = f"http://{urlsplit(url).hostname}/{connection}"
    return sign(key.reveal(), key_name, audience, math.ceil(time.time() + seconds))


def parse(text: str) -> Token:
    """Take a token apart; BadToken where it has not the form of one."""
    if len(text) > MAX_TOKEN_CHARS:
        raise BadToken(f"the token is over {MAX_TOKEN_CHARS} characters")
    # what is not escaped as a URI is: half a character can't even be hashed
    if not text.isascii():
        raise BadToken("the token is not in ASCII")
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != _SCHEME:
        raise BadToken('the token does not start with "SharedAccessSignature "')
    fields = _fields(rest)
    expires = fields["se"]
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        raise BadToken("se is no time in Unix seconds")
    return Token(
        resource=fields["sr"],
        expires=int(expires),
        key_name=unquote_plus(fields["skn"]),
        signature=_signature(fields["sig"]),
    )


def verify(text: str, keys: Callable[[str], Iterable[str]], now: float) -> Token:
    """Check form, signature and time, `now` being Unix seconds.

    Any of the keys that go by a name may have signed, so that a key can be replaced
    without a gap. BadToken where the form is wrong, WrongKey where the signature is,
    ExpiredToken where that is right and the time is past.
    """
    token = parse(text)
    if not signed_by(token, keys(token.key_name)):
        raise WrongKey("no key of this name signed the token")
    if token.expires <= now:
        raise ExpiredToken(f"the token expired {now - token.expires:.0f} s ago")
    return token


def signed_by(token: Token, keys: Iterable[str]) -> bool:
    """Say whether one of the keys made the signature, in the same time for each."""
    right = False
    for key in keys:
        expected = _mac(key, token.resource, token.expires)
        right |= hmac.compare_digest(expected, token.signature)
    return right


def _mac(key: str, resource: str, expires: int) -> bytes:
    message = f"{resource}\n{expires}".encode()
    return hmac.digest(key.encode(), message, "sha256")


def _segments(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.lower().split("/") if part)


def _fields(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split("&")]
    fields = {name: value for name, _, value in pairs}
    if set(fields) != _FIELDS or len(pairs) != len(_FIELDS):
        raise BadToken("the token must have sr, sig, se and skn, each once")
    if not all(fields.values()):
        raise BadToken("sr, sig, se and skn must not be empty")
    return fields


def _signature(text: str) -> bytes:
    try:
        # not unquote_plus: some clients leave the + of base64 as it is
        signature = base64.b64decode(unquote(text), validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("sig is no base64") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise BadToken(f"sig is not {_SIGNATURE_BYTES} bytes")
    return signature
