"""A portal's own keys, for portal authors: made, and handed to the relay's owner.

Needs Python 3.11 and joserfc; imports nothing of Writeback. portal_client.py works with
the portal.json that is made here.
"""

import json
from pathlib import Path

from joserfc.jwk import ECKey


def new_portal(path: Path, issuer: str, relay: str, relay_ca: str | None) -> None:
    """Make a portal's keys; send key and name are filled in by the relay's owner."""
    pair = {use: ECKey.generate_key("P-256") for use in ("sig", "enc")}
    keys = {use: key.as_dict(private=True) for use, key in pair.items()}
    data = {
        "issuer": issuer,
        "relay": {"url": relay, "ca": relay_ca},
        "send_key_name": "",
        "send_key": "",
        "keys": keys,
    }
    path.touch(mode=0o600, exist_ok=False)  # keys that agents know are never lost
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    public = [
        key.as_dict(private=False) | {"use": use, "kid": key.thumbprint()}
        for use, key in pair.items()
    ]
    print(json.dumps(public, indent=2))
