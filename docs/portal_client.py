"""Reference client for portal authors: seal, send, retry and open. One file.

Needs Python 3.11 and joserfc; any JOSE library of any language can do the same
(wire.md says what). It imports nothing of Writeback, so that it is also a check
of the wire. portal_keys.py makes a portal's keys, portal.py does it from a shell.
The relay is not trusted: what it sends is bounded in size and time, and is an answer
only where the agent signed it for the very bytes that were sent.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

VERSION = 1
SEALING = ["ECDH-ES+A256KW", "A256GCM"]
SIGNED = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
SEALED = jwe.JWERegistry(algorithms=SEALING, strict_check_header=False)
LIFETIME_S, LEEWAY_S, TRIES = 120, 30, 3
MAX_BYTES = 64 * 1024
UNREADABLE = (JoseError, ValueError, TypeError, LookupError, RecursionError)


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
        """Read a portal.json, as portal_keys.py makes it."""
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
    """The highest count of starts of each agent, by its fingerprint.

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


class Connection(http.client.HTTPSConnection):
    """One warm HTTPS connection: no redirect is followed, no answer waited for long.

    A time-out of a socket is for one read: who sends a byte a minute never meets it.
    """

    def __init__(self, url: str, ca: str | None, timeout_s: float) -> None:
        parts, self._seconds = urlsplit(url), timeout_s
        super().__init__(parts.hostname or "", parts.port or 443, timeout=timeout_s)
        self._tls = ssl.create_default_context(cafile=ca)

    def connect(self) -> None:
        """Connect, so that `ask` can end the handshake too."""
        plain = socket.create_connection((self.host, self.port), self._seconds)
        self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()

    def ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Give status and body; OSError, HTTPException, WireError: there is none."""
        timer = threading.Timer(self._seconds, self._end)
        timer.start()
        try:
            self.request(method, path, body or None, headers)
            response = self.getresponse()
            answer = response.read(MAX_BYTES + 1)
            ended = timer.finished.is_set()
        except BaseException:
            self.close()  # what comes later is no answer to the next request
            raise
        finally:
            timer.cancel()
        if ended:
            raise TimeoutError(f"the answer was not whole in {self._seconds:.0f} s")
        if len(answer) > MAX_BYTES:
            self.close()
            raise LyingRelayError(f"the answer is over {MAX_BYTES} bytes")
        return response.status, answer

    def _end(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class Client:
    """Asks agents through one relay."""

    def __init__(
        self, portal: Portal, timeout_s: float = 65.0, seen: Seen | None = None
    ) -> None:
        self._portal = portal
        self._seen = seen or Seen()
        self._http = Connection(portal.relay, portal.relay_ca, timeout_s)
        self._host = urlsplit(portal.relay).netloc

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def agent(self, name: str, fingerprint: str) -> Agent:
        """Fetch an agent's keys and compare them with the fingerprint known.

        The fingerprint comes from the administrator who installed the agent, on
        another way than the relay: the relay could send keys of its own.
        """
        nonce = secrets.token_urlsafe(16)
        body = self._statement(name, "keys", nonce)
        try:
            # of several sealing keys, the first is the current one
            listed = json.loads(jws.extract_compact(body, registry=SIGNED).payload)
            keys = {key["use"]: ECKey.import_key(key) for key in listed["keys"][::-1]}
            agent = Agent(name, keys["sig"], keys["enc"])
            own, starts = fingerprint_of(agent.signing), int(listed["starts"])
        except UNREADABLE as error:
            raise LyingRelayError(f"keys of {name}: can't be read") from error
        if "".join(fingerprint.split()).lower() != own:
            raise LyingRelayError(f"the keys of {name} have not the fingerprint known")
        _fresh(_signed(body, agent, "writeback-keys+jwt"), nonce)
        self._seen.take(own, starts)
        return agent

    def ready(self, agent: Agent) -> dict[str, Any]:
        """Ask whether an agent could serve now: `ready`, `paused`, `directory`."""
        nonce = secrets.token_urlsafe(16)
        body = self._statement(agent.name, "ready", nonce)
        return _fresh(_signed(body, agent, "writeback-ready+jwt"), nonce)

    def _statement(self, name: str, what: str, nonce: str) -> bytes:
        status, body = self._ask("GET", f"{quote(name)}/{what}?nonce={nonce}", b"")
        if status != 200:
            raise WireError(f"{what} of {name}: HTTP {status}: {body[:200]!r}")
        return body

    def request(self, agent: Agent, op: str, **claims: Any) -> dict[str, Any]:
        """Send one request and give the opened answer.

        The same sealed token is sent again when no answer came: its jti makes
        that safe, the agent does the work once and repeats its first answer.
        """
        answer = self.send(agent, self.seal(agent, op, claims))
        if answer.get("code") == "stale_key":  # its sealing key was replaced since
            agent = self.agent(agent.name, fingerprint_of(agent.signing))
            answer = self.send(agent, self.seal(agent, op, claims))
        return answer

    def send(self, agent: Agent, sealed: Sealed) -> dict[str, Any]:
        """Send a sealed request until it is answered, three times at most."""
        failed = ""
        for attempt in range(TRIES):
            try:
                status, body = self.post(agent, "resets", sealed.token)
            except (OSError, http.client.HTTPException) as error:
                failed = f"no answer from the relay: {str(error)[:200]!r}"
                continue
            if status in (502, 503, 504):
                failed = f"HTTP {status} from the relay: {body[:200]!r}"
                time.sleep(2**attempt)  # the agent is reconnecting
                continue
            if status == 400 and attempt:
                # it is about this delivery alone
                raise WireError("what became of it when it was sent first is not known")
            return self.open(agent, sealed, status, body)
        raise WireError(failed)

    def seal(self, agent: Agent, op: str, claims: dict[str, Any]) -> Sealed:
        """Make the token: a JWS of this portal inside a JWE for the agent."""
        now, key = int(time.time()), self._portal.signing
        whole: dict[str, Any] = {"v": VERSION, "iss": self._portal.issuer, "op": op}
        whole |= {"aud": agent.name, "iat": now, "exp": now + LIFETIME_S}
        whole |= {"jti": secrets.token_urlsafe(16)} | claims
        head = {"alg": "ES256", "typ": "writeback-request+jwt", "kid": key.thumbprint()}
        payload = json.dumps(whole).encode()
        signed = jws.serialize_compact(head, payload, key, algorithms=["ES256"])
        header = {"alg": SEALING[0], "enc": SEALING[1], "cty": "JWT"}
        header |= {"typ": "writeback-request+jwe", "kid": agent.sealing.thumbprint()}
        token = jwe.encrypt_compact(header, signed, agent.sealing, algorithms=SEALING)
        return Sealed(token.encode("ascii"), whole["jti"], now)

    def open(
        self, agent: Agent, sent: Sealed, status: int, body: bytes
    ) -> dict[str, Any]:
        """Open an answer: unseal it, check that the agent signed it, and for what."""
        if status == 400:
            return answered(body, agent, "writeback-error+jwt", sent, {})
        if status != 200:
            raise WireError(f"HTTP {status} from the relay: {body[:200]!r}")
        try:
            opened = jwe.decrypt_compact(body, self._portal.sealing, registry=SEALED)
            kind, inner = opened.headers().get("typ"), opened.plaintext or b""
        except UNREADABLE as error:
            raise LyingRelayError("the answer is not sealed for this portal") from error
        if kind != "writeback-answer+jwe":
            raise LyingRelayError("the answer's typ is not an answer's")
        own = {"aud": self._portal.issuer, "jti": sent.jti}
        return answered(inner, agent, "writeback-answer+jwt", sent, own)

    def post(self, agent: Agent, path: str, body: bytes) -> tuple[int, bytes]:
        """Post to an agent once; give the status and the body as they came."""
        return self._ask("POST", f"{quote(agent.name)}/{path}", body)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"ServiceBusAuthorization": self._token()}
        if body:
            headers["Content-Type"] = "application/jose"
        return self._http.ask(method, f"/{path}", body, headers)

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


def _signed(token: bytes, agent: Agent, kind: str) -> dict[str, Any]:
    try:
        signed = jws.deserialize_compact(token, agent.signing, registry=SIGNED)
        head, claims = signed.headers(), json.loads(signed.payload)
        named = (head["typ"], claims["v"], claims["iss"])
    except UNREADABLE as error:
        raise LyingRelayError("what came is not signed by the agent") from error
    if named != (kind, VERSION, agent.name) or "crit" in head:
        raise LyingRelayError(f"typ, v or iss is not of a {kind} of {agent.name}")
    return dict(claims)


def _fresh(claims: dict[str, Any], nonce: str) -> dict[str, Any]:
    """Give the claims of a statement; LyingRelayError: it was made before."""
    iat = claims.get("iat")
    young = isinstance(iat, int) and abs(time.time() - iat) <= LIFETIME_S + LEEWAY_S
    if claims.get("nonce") != nonce or not young:
        raise LyingRelayError("what is signed is of another question: it was kept")
    return claims


def answered(
    token: bytes, agent: Agent, kind: str, sent: Sealed, own: dict[str, str]
) -> dict[str, Any]:
    """Give the claims of an answer; LyingRelayError: it answers something else."""
    claims = _signed(token, agent, kind)
    for name, value in (own | {"request": sent.hash}).items():
        if claims.get(name) != value:
            raise LyingRelayError(f"the answer's {name} is of another request")
    iat, latest = claims.get("iat"), time.time() + LEEWAY_S
    if not isinstance(iat, int) or not sent.iat - LEEWAY_S <= iat <= latest:
        raise LyingRelayError("the answer's iat is not of the time of this request")
    return claims
