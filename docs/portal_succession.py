"""A portal takes new keys without a gap, for portal authors (wire.md).

Needs Python 3.11 and joserfc; imports nothing of Writeback. From a shell:

    python -m docs.portal --portal portal.json next-keys       # makes portal.next.json
    python -m docs.portal --portal portal.json --fingerprint "AB12 ..." succeed AGENT

Let each agent succeed, use portal.next.json from then on, and give the statement that
`succession AGENT` prints to the relay's owner.
"""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from docs.portal_client import (
    VERSION,
    Agent,
    Client,
    Sealed,
    WireError,
    answered,
)
from docs.portal_keys import fingerprint, public_keys, statement

SUCCESSION, SUCCEEDED = "writeback-succession+jwt", "writeback-succeeded+jwt"
LIFETIME_S = 7 * 24 * 3600


def next_of(path: Path) -> Path:
    """Name the file of the keys to come, beside portal.json."""
    return path.with_suffix(".next.json")


def next_keys(path: Path) -> Path:
    """Make the keys to come; what else the portal is, and its Send key, stay."""
    data = json.loads(path.read_text(encoding="utf-8"))
    pair = {use: ECKey.generate_key("P-256") for use in ("sig", "enc")}
    data["keys"] = {use: key.as_dict(private=True) for use, key in pair.items()}
    following = next_of(path)
    following.touch(mode=0o600, exist_ok=False)  # an agent may know them already
    following.write_text(json.dumps(data, indent=2), encoding="utf-8")
    return following


def succession(path: Path, agent: str) -> Sealed:
    """Order an agent, with the keys of portal.json, to take those to come."""
    data = json.loads(path.read_text(encoding="utf-8"))
    old, now = ECKey.import_key(data["keys"]["sig"]), int(time.time())
    claims = {
        "v": VERSION,
        "iss": data["issuer"],
        "aud": agent,
        "iat": now,
        "exp": now + LIFETIME_S,
        "jti": secrets.token_urlsafe(16),
        "keys": public_keys(next_of(path)),
        "proof": statement(next_of(path)),
    }
    head = {"alg": "ES256", "typ": SUCCESSION, "kid": old.thumbprint()}
    payload = json.dumps(claims).encode()
    token = jws.serialize_compact(head, payload, old, algorithms=["ES256"])
    return Sealed(token.encode("ascii"), claims["jti"], now)


def succeed(client: Client, agent: Agent, path: Path) -> dict[str, Any]:
    """Have an agent take the keys to come; give what it says, which it signed.

    WireError: it did not, or nobody knows. The keys of before are good meanwhile, so
    that it is done again.
    """
    order = succession(path, agent.name)
    status, body = client.post(agent, "portal", order.token)
    if status != 200:
        raise WireError(f"the agent takes no new keys: HTTP {status}: {body[:200]!r}")
    own = {"fingerprint": fingerprint(next_of(path))}
    return answered(body, agent, SUCCEEDED, order, own)
