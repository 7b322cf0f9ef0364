"""Seals what the database keeps of people: addresses, secrets of verification methods.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the row that a value belongs to is
associated data, so that nobody who writes the database moves one to another row.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.errors import PortalUnusable
from wire.secret import Secret

_KEY_BYTES, _NONCE_BYTES, _ID_BYTES = 32, 12, 4
_MOST_KEYS = 4


class Unsealable(Exception):
    """A sealed value is of another row or key, or was changed."""


class RowKeys:
    """The key that seals, and former ones that still open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._current = _id_of(keys[0])
        self._keys = {_id_of(key): AESGCM(key) for key in keys}

    @classmethod
    def of(cls, secret: Secret) -> "RowKeys":
        """Read keys, a line each in base64, the current one first; PortalUnusable."""
        return cls(_keys(secret, "row_keys"))

    def seal(self, value: str, row: str) -> bytes:
        """Seal a text for one row, such as `proof:ID:secret`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = self._keys[self._current]
        sealed = key.encrypt(nonce, value.encode(), row.encode())
        return self._current + nonce + sealed

    def open(self, sealed: bytes, row: str) -> str:
        """Open what was sealed for this row; Unsealable where it was not."""
        key = self._keys.get(sealed[:_ID_BYTES])
        start = _ID_BYTES + _NONCE_BYTES
        if key is None or len(sealed) < start:
            raise Unsealable(f"sealed for {row}: by no key that is known")
        try:
            opened = key.decrypt(sealed[_ID_BYTES:start], sealed[start:], row.encode())
        except InvalidTag:
            raise Unsealable(f"sealed for {row}: it is not what was sealed") from None
        return opened.decode()

    def __repr__(self) -> str:
        return "RowKeys(•••)"


def new_key() -> Secret:
    """Make a key, as a line of its file."""
    return Secret(base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii"))


def _keys(secret: Secret, name: str) -> list[bytes]:
    lines = secret.reveal().split()
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except (binascii.Error, ValueError):
        keys = []
    if not 1 <= len(keys) <= _MOST_KEYS or {len(key) for key in keys} != {_KEY_BYTES}:
        rule = f"must be one to {_MOST_KEYS} lines, each 32 bytes in base64"
        raise PortalUnusable(f"the secret {name} {rule}", "put the right file there")
    return keys


def _id_of(key: bytes) -> bytes:
    """Name a key in what it seals; it tells nothing of the key."""
    return hashlib.sha256(b"writeback-portal row key" + key).digest()[:_ID_BYTES]
