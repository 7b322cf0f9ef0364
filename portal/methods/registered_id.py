"""What a verification method is called on the wire: a hash of what was registered.

It is computed at each use and never kept: who changes an address in the database has no
receipt of the changed one (docs/wire.md, "Receipts").
"""

import base64
import hashlib
import secrets

from wire.self_service.proof_kind import ProofKind

SALT_BYTES = 16


def new_salt() -> bytes:
    """Make the random bytes that are kept with a method."""
    return secrets.token_bytes(SALT_BYTES)


def registered_id(guid: str, kind: ProofKind, salt: bytes, content: str) -> str:
    """Hash person, kind, salt and content, each with its length; base64url."""
    digest = hashlib.sha256()
    for part in (guid.lower().encode(), kind.encode(), salt, content.encode()):
        digest.update(len(part).to_bytes(4, "big") + part)
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode("ascii")
