"""What crosses the wire: claims, seal, open (docs/wire.md).

A request is a JWS (RFC 7515, ES256) inside a JWE (RFC 7516, ECDH-ES+A256KW and
A256GCM). One algorithm each; `typ` is checked so that one kind of message can't
pass for another (RFC 8725 section 3.11). The relay in between sees neither.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wire import jose
from wire.keys import PrivateKeys, PublicKeys
from wire.names import Identifier
from wire.operation import Operation
from wire.outcomes import Code, Refused
from wire.secret import Secret

MAX_TOKEN_BYTES = 32 * 1024
MAX_LIFETIME_S = 120
CLOCK_LEEWAY_S = 30
_SEALED = "writeback-request+jwe"
# UTF-16 code units, as Active Directory counts (MS-SAMR 2.2.6.21)
MAX_PASSWORD_UNITS = 256
_JTI = re.compile("^[!-~]{16,128}$")

# Unix seconds; what is beyond is no time, and no float holds it exactly
Seconds = Annotated[int, Field(ge=0, lt=2**53)]


def _measured(password: str) -> str:
    units = len(password.encode("utf-16-le")) // 2
    if not 1 <= units <= MAX_PASSWORD_UNITS:
        rule = f"must have 1 to {MAX_PASSWORD_UNITS} UTF-16 code units, it has {units}"
        raise ValueError(rule)
    return password


def _typed(password: str) -> str:
    """Refuse what nobody can type at a sign-in, and what cuts a text short (U+0000)."""
    if any(unicodedata.category(sign) == "Cc" for sign in password):
        raise ValueError("must not hold control characters (U+0000 to U+001F, U+007F)")
    return password


_OldPassword = Annotated[str, AfterValidator(_measured)]  # as others may have set it
_NewPassword = Annotated[str, AfterValidator(_measured), AfterValidator(_typed)]


class _Claim(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class UserClaim(_Claim):
    """Who is meant; what the value may be is `agent.active_directory.identifiers`'s."""

    by: Identifier
    value: str


class Proof(_Claim):
    """One proof of identity the portal took (RFC 8176 name, Unix time)."""

    method: str = Field(min_length=1, max_length=64)
    at: Seconds


class _Claims(_Claim):
    iss: str
    aud: str
    iat: Seconds
    exp: Seconds
    jti: str = Field(pattern=_JTI.pattern)
    op: Literal["reset", "change", "unlock", "check"]
    user: UserClaim
    new_password: _NewPassword | None = None
    old_password: _OldPassword | None = None
    must_change: bool = False
    methods: list[Proof] = Field(default_factory=list, max_length=16)


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
class Request:
    """A request signed by a known portal for this agent."""

    portal: Portal
    issued_at: int
    expires_at: int
    jti: str
    op: Operation
    user: UserClaim
    new_password: Secret | None
    old_password: Secret | None
    must_change: bool
    methods: tuple[Proof, ...]
    digest: bytes = field(repr=False)

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
        return _request(_claims(known), portal, digest)
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
    if isinstance(jti, str) and _JTI.fullmatch(jti):
        return ReplyTo(portal, jti)
    return None


def _claims(read: Mapping[str, Any]) -> _Claims:
    jose.check_version(read)
    try:
        claims = _Claims.model_validate(read)
    except ValidationError as error:
        # the text of the whole quotes the input, which may be the password
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {_rule(item['msg'])}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise Refused(Code.BAD_REQUEST, wrong) from None
    if claims.op in ("reset", "change") and claims.new_password is None:
        raise Refused(Code.BAD_REQUEST, f"new_password: needed for {claims.op}")
    if claims.op == "change" and claims.old_password is None:
        raise Refused(Code.BAD_REQUEST, "old_password: needed for change")
    return claims


def _rule(sentence: str) -> str:
    own = sentence.removeprefix("Value error, ")
    return f"{own[:1].lower()}{own[1:]}"


def _request(claims: _Claims, portal: Portal, digest: bytes) -> Request:
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
    )


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value)
