"""A portal's order to its relay: let one agent enrol, by a code that I made.

The portal makes the 16 random bytes of the relay's half itself, and tells the relay
their hash alone. The order names the agent and its signing key: whoever reads the code
can do nothing with it. It is signed by the portal's signing key; its Send key orders
nothing.
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wire import jose, names
from wire.agent_statements import LIFETIME_S
from wire.keys import PrivateKeys, PublicKeys
from wire.outcomes import Code, Refused
from wire.request_claims import Seconds
from wire.self_signed import MAX_BYTES, unproven_payload

KIND = "writeback-code+jwt"
# how long a code is open at most: who approved it waits in front of the wizard
LONGEST_S = 3600
_THUMBPRINT = "^[A-Za-z0-9_-]{43}$"  # RFC 7638, SHA-256


class _Claims(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    iss: str = Field(max_length=names.MOST_ISSUER)
    aud: str = Field(max_length=255)
    iat: Seconds
    exp: Seconds
    jti: str = Field(min_length=16, max_length=128)
    code: str = Field(pattern="^[0-9a-f]{64}$")
    until: Seconds
    agent: Annotated[str, Field(max_length=63), AfterValidator(names.agent_name)]
    agent_key: str = Field(pattern=_THUMBPRINT)


@dataclass(frozen=True)
class CodeOrder:
    """An order; `code` is the hash that names it, `aud` the relay's host.

    The code is open until `until`, for the agent with the signing key of thumbprint
    `agent_key` alone; the order itself ends at `expires`. Times are in Unix seconds.
    """

    issuer: str
    aud: str
    issued_at: int
    expires: int
    jti: str
    code: str
    until: int
    agent: str
    agent_key: str

    @classmethod
    def read(cls, token: bytes, portal: PublicKeys) -> Self:
        """Check the order of the portal with these keys; Refused: what is wrong."""
        try:
            claims = _Claims.model_validate(jose.read_signed(token, portal, KIND))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            rule = str(first["msg"]).removeprefix("Value error, ")
            raise Refused(Code.BAD_REQUEST, f"{where}: {rule}") from None
        return cls(
            claims.iss,
            claims.aud,
            claims.iat,
            claims.exp,
            claims.jti,
            claims.code,
            claims.until,
            claims.agent,
            claims.agent_key,
        )


def sign_code_order(
    keys: PrivateKeys,
    ends: tuple[str, str],
    agent: tuple[str, str],
    code: tuple[str, int],
    now: int,
) -> bytes:
    """Order a code.

    Args:
        keys: the portal's.
        ends: the portal's issuer and the relay's host.
        agent: its name and the thumbprint of its signing key.
        code: its hash, and until when it is open, in Unix seconds.
        now: in Unix seconds.

    """
    claims = {
        "iss": ends[0],
        "aud": ends[1],
        "iat": now,
        "exp": now + LIFETIME_S,
        "jti": secrets.token_urlsafe(16),
        "code": code[0],
        "until": code[1],
        "agent": agent[0],
        "agent_key": agent[1],
    }
    return jose.sign(claims, keys, KIND)


def unproven_issuer(token: bytes) -> str:
    """Give who an order says it is of, to look for the keys; Refused: it is none."""
    if len(token) > MAX_BYTES:
        raise Refused(Code.BAD_REQUEST, f"is over {MAX_BYTES} bytes")
    return str(jose.json_object(unproven_payload(token)).get("iss"))[
        : names.MOST_ISSUER
    ]
