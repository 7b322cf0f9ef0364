"""Reference client for portal authors: seal, send, retry and open. One file.

Needs Python 3.11 and joserfc; any JOSE library of any language can do the same
(wire.md says what). It imports nothing of Writeback, so that it is also a check
of the wire. Use it as a module, or from a shell:

    portal_client.py --portal portal.json new-keys ISSUER RELAY_URL
    portal_client.py --portal portal.json --fingerprint "AB12 ..." \
        reset AGENT userPrincipalName anna@corp.example

The new password is asked for, or read from the first line of standard input. What
it saw of the agents is kept beside portal.json, in portal.seen.json.
"""

import argparse
import base64
import getpass
import hashlib
import hmac
import http.client
import json
import secrets
import ssl
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from joserfc import jwe, jws
from joserfc.jwk import ECKey

SEALING = ["ECDH-ES+A256KW", "A256GCM"]
VERSION = 1
LIFETIME_S = 120
LEEWAY_S = 30
TRIES = 3
IDENTIFIERS = (
    "objectGUID",
    "ms-DS-ConsistencyGuid",
    "userPrincipalName",
    "mail",
    "sAMAccountName",
)


class WireError(Exception):
    """The relay or the agent did not do what wire.md says."""


class LyingRelayError(WireError):
    """What came back is not the agent's answer to what was asked: it is none at all."""


class RestoredError(WireError):
    """An agent counts fewer starts than before: its machine was restored, or copied."""


@dataclass(frozen=True, repr=False)
class Portal:
    """A portal's own side: who it is, its keys, its right to send."""

    issuer: str
    signing: ECKey
    sealing: ECKey
    relay: str
    relay_ca: str | None
    send_key_name: str
    send_key: str

    @classmethod
    def load(cls, path: Path) -> "Portal":
        """Read a portal.json; wire.md describes its members."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            issuer=data["issuer"],
            signing=ECKey.import_key(data["keys"]["sig"]),
            sealing=ECKey.import_key(data["keys"]["enc"]),
            relay=data["relay"]["url"],
            relay_ca=data["relay"].get("ca"),
            send_key_name=data["send_key_name"],
            send_key=data["send_key"],
        )


@dataclass(frozen=True)
class Agent:
    """An agent whose keys were fetched and whose fingerprint was compared."""

    name: str
    signing: ECKey
    sealing: ECKey


@dataclass(frozen=True, repr=False)
class Sealed:
    """A request as it is sent, and what its answer is bound to."""

    token: bytes
    jti: str
    iat: int

    @property
    def hash(self) -> str:
        """The body's SHA-256, as the answer names it: base64url without padding."""
        digest = hashlib.sha256(self.token).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Seen:
    """The highest count of starts of each agent, by the fingerprint of its keys.

    New keys count anew: what had the old ones is not listened to any more.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        kept = path.read_text(encoding="utf-8") if path and path.exists() else "{}"
        self._starts: dict[str, int] = json.loads(kept)

    def take(self, fingerprint: str, starts: int) -> None:
        """Remember a count; raise RestoredError where a higher one is known."""
        known = self._starts.get(fingerprint, 0)
        if starts < known:
            raise RestoredError(
                f"it was started {starts} times, and {known} times before: its machine "
                "was restored from an older state, or is a copy; have its "
                "administrator run: writeback rekey"
            )
        self._starts[fingerprint] = starts
        if self._path and starts > known:
            new = self._path.with_name(f"{self._path.name}.new")
            new.write_text(json.dumps(self._starts, indent=2), encoding="utf-8")
            new.replace(self._path)


class Client:
    """One warm HTTPS connection to a relay."""

    def __init__(
        self, portal: Portal, timeout_s: float = 65.0, seen: Seen | None = None
    ) -> None:
        self._portal = portal
        self._seen = seen or Seen()
        url = urlsplit(portal.relay)
        context = ssl.create_default_context(cafile=portal.relay_ca)
        self._http = http.client.HTTPSConnection(
            url.hostname or "", url.port or 443, context=context, timeout=timeout_s
        )
        self._host = url.netloc

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def agent(self, name: str, fingerprint: str) -> Agent:
        """Fetch an agent's keys and compare them with the fingerprint known.

        The fingerprint comes from the administrator who installed the agent, on
        another way than the relay: the relay could send keys of its own.
        """
        nonce = secrets.token_urlsafe(16)
        status, body = self._ask("GET", f"{quote(name)}/keys?nonce={nonce}", b"")
        if status != 200:
            raise WireError(f"keys of {name}: HTTP {status}: {body[:200]!r}")
        claimed = json.loads(jws.extract_compact(body).payload)
        # of several sealing keys, the first is the current one
        keys = {key["use"]: ECKey.import_key(key) for key in claimed["keys"][::-1]}
        if _plain(fingerprint) != fingerprint_of(keys["sig"]):
            raise WireError(f"the keys of {name} do not have the fingerprint known")
        signed = jws.deserialize_compact(body, keys["sig"], algorithms=["ES256"])
        if signed.headers().get("typ") != "writeback-keys+jwt":
            raise WireError("keys: wrong typ")
        if claimed.get("v") != VERSION or claimed.get("iss") != name:
            raise LyingRelayError("keys: v or iss is not what was asked for")
        if claimed.get("nonce") != nonce:
            raise LyingRelayError(
                "keys: not signed for this question; the relay kept it"
            )
        if abs(time.time() - claimed["iat"]) > LIFETIME_S + LEEWAY_S:
            raise WireError(
                "keys: signed long ago by this clock; the relay may have kept them"
            )
        self._seen.take(_plain(fingerprint), claimed["starts"])
        return Agent(name, keys["sig"], keys["enc"])

    def request(self, agent: Agent, op: str, **claims: Any) -> dict[str, Any]:
        """Send one request and give the opened answer.

        The same sealed token is sent again when no answer came: its jti makes
        that safe, the agent does the work once and repeats its first answer.
        """
        sealed = self.seal(agent, op, claims)
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                path = f"{quote(agent.name)}/resets"
                status, body = self._ask("POST", path, sealed.token)
            except (OSError, http.client.HTTPException) as error:
                self._http.close()
                if last:
                    raise WireError(f"no answer from the relay: {error}") from error
                continue
            if status in (502, 503, 504) and not last:
                time.sleep(2**attempt)  # the agent is reconnecting
                continue
            return self.open(agent, sealed, status, body)
        raise WireError("unreachable")

    def seal(self, agent: Agent, op: str, claims: dict[str, Any]) -> Sealed:
        """Make the token: a JWS of this portal inside a JWE for the agent."""
        now = int(time.time())
        whole: dict[str, Any] = {
            "v": VERSION,
            "iss": self._portal.issuer,
            "aud": agent.name,
            "iat": now,
            "exp": now + LIFETIME_S,
            "jti": secrets.token_urlsafe(16),
            "op": op,
        } | claims
        key = self._portal.signing
        signed = jws.serialize_compact(
            {"alg": "ES256", "typ": "writeback-request+jwt", "kid": key.thumbprint()},
            json.dumps(whole).encode(),
            key,
            algorithms=["ES256"],
        )
        header = {"alg": SEALING[0], "enc": SEALING[1], "cty": "JWT"}
        header |= {"typ": "writeback-request+jwe", "kid": agent.sealing.thumbprint()}
        sealed = jwe.encrypt_compact(header, signed, agent.sealing, algorithms=SEALING)
        return Sealed(sealed.encode("ascii"), whole["jti"], now)

    def open(
        self, agent: Agent, sent: Sealed, status: int, body: bytes
    ) -> dict[str, Any]:
        """Open an answer: unseal it, check that the agent signed it, and for what."""
        if status == 400:
            return _bound(_signed(body, agent, "writeback-error+jwt"), sent)
        if status != 200:
            raise WireError(f"HTTP {status} from the relay: {body[:200]!r}")
        opened = jwe.decrypt_compact(body, self._portal.sealing, algorithms=SEALING)
        if opened.headers().get("typ") != "writeback-answer+jwe":
            raise WireError("answer: wrong typ")
        answer = _signed(opened.plaintext or b"", agent, "writeback-answer+jwt")
        if answer.get("aud") != self._portal.issuer or answer.get("jti") != sent.jti:
            raise LyingRelayError("answer: aud or jti is of another request")
        return _bound(answer, sent)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"ServiceBusAuthorization": self._token()}
        if body:
            headers["Content-Type"] = "application/jose"
        self._http.request(method, f"/{path}", body or None, headers)
        response = self._http.getresponse()
        return response.status, response.read()

    def _token(self) -> str:
        """Make a shared access signature, as Azure Relay defines it."""
        audience = quote(f"http://{self._host}/", safe="")
        expires = int(time.time()) + 600
        mac = hmac.new(
            self._portal.send_key.encode(), f"{audience}\n{expires}".encode(), "sha256"
        )
        signature = quote(base64.b64encode(mac.digest()).decode(), safe="")
        return (
            f"SharedAccessSignature sr={audience}&sig={signature}"
            f"&se={expires}&skn={self._portal.send_key_name}"
        )


def fingerprint_of(signing: ECKey) -> str:
    """Spell the RFC 7638 SHA-256 thumbprint of a signing key in hexadecimal."""
    return base64.urlsafe_b64decode(f"{signing.thumbprint()}=").hex()


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


def _signed(token: bytes, agent: Agent, kind: str) -> dict[str, Any]:
    signed = jws.deserialize_compact(token, agent.signing, algorithms=["ES256"])
    if signed.headers().get("typ") != kind:
        raise WireError(f"answer: typ must be {kind}")
    claims: dict[str, Any] = json.loads(signed.payload)
    if claims.get("iss") != agent.name:
        raise WireError("answer: iss is not the agent asked")
    if claims.get("v") != VERSION:
        raise WireError(f"answer: v is not {VERSION}")
    return claims


def _bound(claims: dict[str, Any], sent: Sealed) -> dict[str, Any]:
    """Give the claims of an answer; LyingRelayError: it is to something else."""
    if claims.get("request") != sent.hash:
        raise LyingRelayError("answer: request is not the hash of what was sent")
    if not sent.iat - LEEWAY_S <= claims.get("iat", 0) <= time.time() + LEEWAY_S:
        raise LyingRelayError("answer: iat is not of the time of the request")
    return claims


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Talk to a Writeback agent.")
    parser.add_argument("--portal", type=Path, required=True, help="portal.json")
    parser.add_argument("--fingerprint", help="the agent's, from its administrator")
    verbs = parser.add_subparsers(dest="verb", required=True)
    new = verbs.add_parser("new-keys", help="make portal.json; prints public keys")
    new.add_argument("issuer", help="this portal's URI, as the relay registers it")
    new.add_argument("relay", help="URL of the relay")
    new.add_argument("--relay-ca", help="PEM file, where the system does not trust it")
    kinds = f"one of {', '.join(IDENTIFIERS)}"
    for verb in ("reset", "unlock", "check"):
        sub = verbs.add_parser(verb)
        sub.add_argument("agent", help="its name at the relay")
        sub.add_argument("by", choices=IDENTIFIERS, metavar="by", help=kinds)
        sub.add_argument("value", help="the person, by that")
    return parser.parse_args()


def main() -> int:
    """Send one request; exit 0 when the answer's code is ok, 2 when none came."""
    arguments = _arguments()
    try:
        return _asked(arguments)
    except (WireError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _asked(arguments: argparse.Namespace) -> int:
    if arguments.verb == "new-keys":
        new_portal(
            arguments.portal, arguments.issuer, arguments.relay, arguments.relay_ca
        )
        return 0
    if not arguments.fingerprint:
        sys.exit("--fingerprint is needed: without it the relay could be the agent")
    seen = Seen(arguments.portal.with_suffix(".seen.json"))
    client = Client(Portal.load(arguments.portal), seen=seen)
    agent = client.agent(arguments.agent, arguments.fingerprint)
    claims: dict[str, Any] = {"user": {"by": arguments.by, "value": arguments.value}}
    if arguments.verb == "reset":
        typed = getpass.getpass if sys.stdin.isatty() else lambda _: input()
        claims["new_password"] = typed("New password: ")
    answer = client.request(agent, arguments.verb, **claims)
    print(json.dumps(answer, indent=2))
    return 0 if answer["code"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
