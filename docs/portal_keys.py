"""A portal's own keys, for portal authors: made, stated, and their half of a code.

Needs Python 3.11 and joserfc; imports nothing of Writeback. portal_client.py works with
the portal.json that is made here.
"""

import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jws
from joserfc.jwk import ECKey

CODE_VERSION = 2
HALF_BYTES = 16
STATEMENT = "writeback-portal+jwt"


class BadHalfError(Exception):
    """What was given is not the relay's half of a code."""


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


def statement(path: Path) -> str:
    """Sign who this portal is: what the relay's owner registers, and hands on."""
    data = json.loads(path.read_text(encoding="utf-8"))
    signing = ECKey.import_key(data["keys"]["sig"])
    claims = {
        "v": 1,
        "iss": data["issuer"],
        "iat": int(time.time()),
        "keys": public_keys(path),
    }
    return jws.serialize_compact(
        {"alg": "ES256", "typ": STATEMENT, "kid": signing.thumbprint()},
        json.dumps(claims).encode(),
        signing,
        algorithms=["ES256"],
    )


def public_keys(path: Path) -> list[dict[str, Any]]:
    """Give the public half of the portal's keys, signing first."""
    keys = json.loads(path.read_text(encoding="utf-8"))["keys"]
    return [_public(keys[use], use) for use in ("sig", "enc")]


def fingerprint(path: Path) -> str:
    """Spell the portal's fingerprint as the wizard shows it, to be compared."""
    digits = _digest(path).hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def whole_code(path: Path, half: str) -> str:
    """Join this portal's half to the relay's: the code that an administrator types.

    BadHalfError where it is none. What the relay's half does not have, no relay knows.
    """
    letters = "".join(half.split()).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raise BadHalfError("it has signs that no code has, or too few") from None
    body, check = raw[:-2], raw[-2:]
    if len(body) != 1 + HALF_BYTES or hashlib.sha256(body).digest()[:2] != check:
        raise BadHalfError("it is mistyped, or not the relay's half of a code")
    if body[0] != CODE_VERSION:
        raise BadHalfError(f"it is of version {body[0]}, not {CODE_VERSION}")
    whole = body + _digest(path)[:HALF_BYTES]
    spelled = base64.b32encode(whole + hashlib.sha256(whole).digest()[:2]).decode()
    return "-".join(spelled[at : at + 5] for at in range(0, len(spelled), 5))


def enrolment_link(path: Path, half: str, agent: str = "") -> str:
    """Give the whole code with its relay as a link, which the wizard takes as one.

    It is a secret until it was used, as the code is. A page that prints it may put it
    behind an address of its own: https://portal.example/help#writeback:enrol?...
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    named = {"relay": data["relay"]["url"]} | ({"agent": agent} if agent else {})
    whole = named | {"code": whole_code(path, half)}
    return f"writeback:enrol?{urlencode(whole, quote_via=quote, safe='')}"


def _digest(path: Path) -> bytes:
    data = json.loads(path.read_text(encoding="utf-8"))
    thumbprint = ECKey.import_key(data["keys"]["sig"]).thumbprint()
    return base64.urlsafe_b64decode(f"{thumbprint}=")


def _public(private: dict[str, Any], use: str) -> dict[str, Any]:
    key = ECKey.import_key(private)
    return key.as_dict(private=False) | {"use": use, "kid": key.thumbprint()}
