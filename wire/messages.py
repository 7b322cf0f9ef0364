"""What crosses the wire: claims, seal, open (docs/wire.md).

A request is a JWS (RFC 7515, ES256) inside a JWE (RFC 7516, ECDH-ES+A256KW and
A256GCM). One algorithm each; `typ` is checked so that one kind of message can't
pass for another (RFC 8725 section 3.11). The relay in between sees neither.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from wire import jose
from wire.keys import PrivateKeys, PublicKeys
from wire.operation import Operation
from wire.outcomes import Code, Refused
from wire.request_claims import (
    JTI,
    Claims,
    Proof,
    Purpose,
    RegisteredProof,
    SignInClaim,
    UserClaim,
    read_claims,
)
from wire.secret import Secret

MAX_TOKEN_BYTES = 32 * 1024
MAX_LIFETIME_S = 120
CLOCK_LEEWAY_S = 30
_SEALED = "writeback-request+jwe"


@dataclass(frozen=True)
class Portal:
    """Someone whose requests this agent takes; `issuer` is their `iss`.

    `is_self_test`: these are the agent's own tests. Their key says so, never a name.
    """

    issuer: str
    keys: PublicKeys
    is_self_test: bool = False


@dataclass(frozen=True)
class ReplyTo:
    """Whose request an answer is sealed for, and the id of the request."""

    portal: Portal
    jti: str


class BadClaims(Refused):
    """The claims of an authentic request that are not in the form.

    `reply_to` is None where not even the id of the request could be read.
    """

    def __init__(self, refused: Refused, reply_to: ReplyTo | None) -> None:
        super().__init__(refused.code, refused.detail)
        self.reply_to = reply_to


@dataclass(frozen=True)
class Opened:
    """A request that was sealed for this agent; not yet known to be authentic."""

    signed: bytes = field(repr=False)


@dataclass(frozen=True)
class Origin:
    """Where a request began, as the portal says: by the person, or by the help desk.

    `actor` is the objectGUID of who helps, `actor_methods` are the proofs of who that
    is, and `reason` says why they do; `journey` joins the requests of one visit, and
    `address` is the browser's: both for the audit record.
    """

    by: Literal["self", "help_desk"]
    actor: UUID | None = None
    reason: str = ""
    journey: str = ""
    address: str = ""
    actor_methods: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Request:
    """A request signed by a known portal for this agent.

    `user` is None with the operation that is of nobody alone: roster.
    """

    portal: Portal
    issued_at: int
    expires_at: int
    jti: str
    op: Operation
    user: UserClaim | None
    new_password: Secret | None
    old_password: Secret | None
    must_change: bool
    methods: tuple[Proof, ...]
    digest: bytes = field(repr=False)
    password: Secret | None = None
    purpose: Purpose | None = None
    origin: Origin | None = None
    proof: RegisteredProof | None = None
    sign_in: SignInClaim | None = field(default=None, repr=False)
    cursor: str | None = None

    @property
    def reply_to(self) -> ReplyTo:
        """To whom the answer goes."""
        return ReplyTo(self.portal, self.jti)


def unseal(token: bytes, keys: PrivateKeys) -> Opened:
    """Open the outer JWE.

    Refused as bad_request for what is too big, forged_request for what is no token or
    another's, stale_key where the key that it names is not there any more.
    """
    if len(token) > MAX_TOKEN_BYTES:
        raise Refused(Code.BAD_REQUEST, f"body is over {MAX_TOKEN_BYTES} bytes")
    header = jose.token_header(token)
    jose.check_header(header, _SEALED)
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise Refused(Code.BAD_REQUEST, "kid: the header must name the sealing key")
    key = keys.opener(kid)
    if key is None:
        raise Refused(Code.STALE_KEY, "kid is of no sealing key of this agent")
    return Opened(jose.unseal_token(token, key, _SEALED))


def authenticate(
    opened: Opened, portals: Mapping[str, Portal], agent: str, digest: bytes
) -> Request:
    """Check the inner JWS and its claims.

    `portals` are by the kid of their signing key; `agent` is the id that `aud` must
    name; `digest`, SHA-256 of the token, tells a repeat from a replay. Refused as
    forged_request; BadClaims names the claim that is wrong, or the version.
    """
    kid = jose.token_header(opened.signed).get("kid")
    portal = portals.get(kid) if isinstance(kid, str) else None
    if portal is None:
        raise Refused(Code.FORGED_REQUEST, "signed with a key of no known portal")
    payload = jose.verify_token(
        opened.signed, portal.keys.signing, "writeback-request+jwt"
    )
    known = _for_us(jose.json_object(payload), portal, agent)
    try:
        return _request(read_claims(known), portal, digest)
    except Refused as refused:
        raise BadClaims(refused, _reply_to(known, portal)) from None


def seal_answer(
    claims: Mapping[str, Any], keys: PrivateKeys, portal: PublicKeys
) -> bytes:
    """Sign and seal an answer for a portal."""
    signed = jose.sign(claims, keys, "writeback-answer+jwt")
    return jose.seal_token(signed, portal.sealing, "writeback-answer+jwe")


def open_answer(token: bytes, keys: PrivateKeys, agent: PublicKeys) -> dict[str, Any]:
    """Open an answer of an agent, as a portal does; Refused where it is not for it.

    What it answers is not looked at: that is `wire.sent_request`.
    """
    signed = jose.unseal_token(token, keys.sealing, "writeback-answer+jwe")
    return jose.read_signed(signed, agent, "writeback-answer+jwt")


def seal_request(
    claims: Mapping[str, Any], keys: PrivateKeys, agent: PublicKeys
) -> bytes:
    """Sign and seal a request for an agent, as a portal does."""
    signed = jose.sign(claims, keys, "writeback-request+jwt")
    return jose.seal_token(signed, agent.sealing, _SEALED)


def new_jti() -> str:
    """Make an id for one request: 128 random bits (RFC 7519 section 4.1.7)."""
    return secrets.token_urlsafe(16)


def _for_us(claims: Mapping[str, Any], portal: Portal, agent: str) -> Mapping[str, Any]:
    if claims.get("iss") != portal.issuer:
        raise Refused(Code.FORGED_REQUEST, "iss is not the portal of this key")
    if claims.get("aud") != agent:
        raise Refused(Code.FORGED_REQUEST, "aud is not this agent")
    return claims


def _reply_to(claims: Mapping[str, Any], portal: Portal) -> ReplyTo | None:
    jti = claims.get("jti")
    if isinstance(jti, str) and JTI.fullmatch(jti):
        return ReplyTo(portal, jti)
    return None


def _request(claims: Claims, portal: Portal, digest: bytes) -> Request:
    return Request(
        portal=portal,
        issued_at=claims.iat,
        expires_at=claims.exp,
        jti=claims.jti,
        op=Operation(claims.op),
        user=claims.user,
        new_password=_secret(claims.new_password),
        old_password=_secret(claims.old_password),
        must_change=claims.must_change,
        methods=tuple(claims.methods),
        digest=digest,
        password=_secret(claims.password),
        purpose=claims.purpose,
        origin=_origin(claims),
        proof=claims.proof,
        sign_in=claims.sign_in,
        cursor=claims.cursor,
    )


def _origin(claims: Claims) -> Origin | None:
    if claims.origin is None:
        return None
    return Origin(
        claims.origin,
        None if claims.actor is None else UUID(claims.actor),
        claims.reason or "",
        claims.journey or "",
        claims.client.ip,
        tuple(claims.actor_methods),
    )


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value)
