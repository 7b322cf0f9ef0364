"""A portal's new keys: ordered with its old signing key, proven with the new one.

The order goes to each agent (`POST /<agent>/portal`), and to the relay's owner. Its
`proof` is the statement of the new keys, as a portal makes it at its start.
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wire import jose
from wire.keys import PrivateKeys, PublicKeys
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.portal_statement import PortalStatement
from wire.request_claims import Seconds
from wire.self_signed import MAX_BYTES, public_keys

KIND = "writeback-succession+jwt"
# both keys are good for this time, and the order can be given in it
TRANSITION_S = 7 * 24 * 3600

_Short = Annotated[str, Field(max_length=256)]


class _Claims(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    iss: _Short
    aud: _Short
    iat: Seconds
    exp: Seconds
    jti: str = Field(min_length=16, max_length=128)
    proof: str = Field(max_length=MAX_BYTES)
    keys: list[dict[str, object]] = Field(max_length=8)


@dataclass(frozen=True)
class Succession:
    """An order whose signatures were checked; `aud` is the agent it was given to.

    `statement` has the new keys; `expires` is in Unix seconds; `token` is the JWS.
    """

    statement: PortalStatement
    aud: str
    issued_at: int
    expires: int
    token: str

    @classmethod
    def sign(
        cls, old: PrivateKeys, statement: PortalStatement, aud: str, now: int
    ) -> Self:
        """Order the agent `aud` to take a statement's keys; `now` in Unix seconds."""
        claims = {
            "iss": statement.issuer,
            "aud": aud,
            "iat": now,
            "exp": now + TRANSITION_S,
            "jti": secrets.token_urlsafe(16),
            "keys": statement.keys.jwks(),
            "proof": statement.token,
        }
        token = jose.sign(claims, old, KIND).decode("ascii")
        return cls(statement, aud, now, now + TRANSITION_S, token)

    @classmethod
    def read(cls, token: bytes, old: PublicKeys) -> Self:
        """Check an order of the portal with these keys; Refused: what is wrong.

        When and to whom it was given is not looked at: that is `check_given`.
        """
        if len(token) > 2 * MAX_BYTES:
            raise Refused(Code.BAD_REQUEST, f"is over {2 * MAX_BYTES} bytes")
        try:
            claims = _Claims.model_validate(jose.read_signed(token, old, KIND))
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, wrong["loc"]))
            raise Refused(Code.BAD_REQUEST, f"{where}: {wrong['msg']}") from None
        statement = PortalStatement.read(claims.proof)
        if statement.issuer != claims.iss:
            raise Refused(Code.BAD_REQUEST, "proof: is of another iss")
        if public_keys(claims.keys).jwks() != statement.keys.jwks():
            raise Refused(Code.BAD_REQUEST, "keys: are others than those of the proof")
        whom, when = claims.aud, (claims.iat, claims.exp)
        return cls(statement, whom, *when, token.decode("ascii"))

    def check_given(self, to: str, now: float) -> None:
        """See that it was given to an agent, and in its time; Refused where not."""
        if self.aud != to:
            raise Refused(Code.FORGED_REQUEST, "aud is not this agent")
        if self.issued_at > now + CLOCK_LEEWAY_S:
            raise Refused(Code.EXPIRED_REQUEST, "iat is ahead of this machine's clock")
        if not now <= self.expires <= self.issued_at + TRANSITION_S:
            raise Refused(Code.EXPIRED_REQUEST, "exp is past, or over 7 days after iat")
