"""The claims of a request: their form, and which of them an operation needs.

What they mean is docs/wire.md; whether they are true nobody sees here.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from wire import jose
from wire.names import Identifier
from wire.outcomes import Code, Refused
from wire.self_service.proof_kind import ProofKind
from wire.self_service.receipt import MOST_CHARACTERS

# UTF-16 code units, as Active Directory counts (MS-SAMR 2.2.6.21)
MAX_PASSWORD_UNITS = 256
JTI = re.compile("^[!-~]{16,128}$")
_PROOF_ID = "^[A-Za-z0-9_-]{43}$"  # SHA-256 in base64url without padding
_CURSOR = "^[A-Za-z0-9_-]{1,64}$"
_MOST_PROOFS = 16
_MOST_REASON = 200

# Unix seconds; what is beyond is no time, and no float holds it exactly
Seconds = Annotated[int, Field(ge=0, lt=2**53)]
# what a portal asks a person's state for
Purpose = Literal["reset", "change", "unlock", "register", "help_desk", "sign_in"]


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


def _guid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("must be a GUID such as 00112233-4455-...") from None


_OldPassword = Annotated[str, AfterValidator(_measured)]  # as others may have set it
_NewPassword = Annotated[str, AfterValidator(_measured), AfterValidator(_typed)]
_Guid = Annotated[str, Field(max_length=40), AfterValidator(_guid)]

# of `wire.self_service.receipt`
_Token = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class _Claim(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class UserClaim(_Claim):
    """Who is meant; what the value may be is `agent.active_directory.identifiers`'s."""

    by: Identifier
    value: str


class Proof(_Claim):
    """One proof of identity the portal took: its RFC 8176 name, when (Unix seconds).

    For self-service also its kind, the hash of what was registered (`id`), when that
    was and when it was last confirmed; `uv`: a passkey verified its user (WebAuthn);
    `receipt`: what an agent signed of it (`wire.self_service.receipt`).
    """

    method: str = Field(min_length=1, max_length=64)
    at: Seconds
    kind: Annotated[ProofKind, Field(strict=False)] | None = None
    id: Annotated[str, Field(pattern=_PROOF_ID)] | None = None
    registered: Seconds | None = None
    confirmed: Seconds | None = None
    uv: bool = False
    receipt: _Token | None = None


class RegisteredProof(_Claim):
    """What a receipt is asked for; `receipt` is the former one, to be confirmed."""

    kind: Annotated[ProofKind, Field(strict=False)]
    id: Annotated[str, Field(pattern=_PROOF_ID)]
    receipt: _Token | None = None


class SignInClaim(_Claim):
    """How a person signed in at the portal: by the token of an agent, or elsewhere.

    `at` is when they did at the organization's identity provider, `code_at` when they
    came with a registration code of the portal's owner, in Unix seconds.
    """

    token: _Token | None = None
    at: Seconds | None = None
    code_at: Seconds | None = None


class ClientClaim(_Claim):
    """The browser at the portal, for the audit record alone."""

    ip: Annotated[str, Field(max_length=64)] = ""


class Claims(_Claim):
    """The claims of a request, in their form."""

    iss: str
    aud: str
    iat: Seconds
    exp: Seconds
    jti: str = Field(pattern=JTI.pattern)
    op: Literal[
        "reset",
        "change",
        "unlock",
        "check",
        "lookup",
        "authenticate",
        "register",
        "roster",
    ]
    user: UserClaim | None = None
    new_password: _NewPassword | None = None
    old_password: _OldPassword | None = None
    password: _OldPassword | None = None
    must_change: bool = False
    methods: list[Proof] = Field(default_factory=list, max_length=_MOST_PROOFS)
    actor_methods: list[Proof] = Field(default_factory=list, max_length=_MOST_PROOFS)
    proof: RegisteredProof | None = None
    sign_in: SignInClaim | None = None
    cursor: Annotated[str, Field(pattern=_CURSOR)] | None = None
    purpose: Purpose | None = None
    origin: Literal["self", "help_desk"] | None = None
    actor: _Guid | None = None
    reason: Annotated[str, Field(min_length=1, max_length=_MOST_REASON)] | None = None
    journey: Annotated[str, Field(pattern=JTI.pattern)] | None = None
    client: ClientClaim = ClientClaim()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "reset": ("new_password",),
            "change": ("new_password", "old_password"),
            "lookup": ("purpose",),
            "authenticate": ("password",),
            "register": ("proof",),
        }.get(self.op, ())
        if self.user is None and self.op != "roster":
            raise ValueError(f"user: needed for {self.op}")
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(f"{name}: needed for {self.op}")
        if self.origin == "help_desk" and not (self.actor and self.reason):
            raise ValueError("actor, reason: needed where origin is help_desk")
        return self


def read_claims(read: Mapping[str, Any]) -> Claims:
    """Read claims; Refused as bad_request with each name and rule, never a value."""
    jose.check_version(read)
    try:
        return Claims.model_validate(read)
    except ValidationError as error:
        # the text of the whole quotes the input, which may be the password
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {_rule(item['msg'])}".removeprefix(
                ": "
            )
            for item in error.errors(include_input=False, include_url=False)
        )
        raise Refused(Code.BAD_REQUEST, wrong) from None


def _rule(sentence: str) -> str:
    own = sentence.removeprefix("Value error, ")
    return f"{own[:1].lower()}{own[1:]}"
