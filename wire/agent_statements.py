"""What an agent says to its relay, signed: let me in, let me go, take new keys.

The signing key is who the agent is. The keys that it shares with the relay prove
nothing here: who stole one can neither enrol in its place nor withdraw it.
"""

import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wire import enrolment_code, jose, names
from wire.keys import PrivateKeys, PublicKeys
from wire.outcomes import Code, Refused
from wire.request_claims import Seconds
from wire.secret import Secret
from wire.self_signed import read_self_signed

APPLICATION = "writeback-application+jwt"
WITHDRAWAL = "writeback-withdrawal+jwt"
ROTATION = "writeback-rotation+jwt"
LIFETIME_S = 120
_KEY_BYTES = 32


def _decoded(value: str, length: int) -> bytes:
    padded = value + "=" * (-len(value) % 4)
    try:
        raw = base64.b64decode(padded.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(raw) != length:
        raise ValueError(f"must be {length} bytes")
    return raw


_URL_SAFE = str.maketrans("-_", "+/")


def _shared(value: str) -> str:
    _decoded(value, _KEY_BYTES)
    return value


def _code_secret(value: str) -> str:
    _decoded(value, enrolment_code.SECRET_BYTES)
    return value


_Shared = Annotated[str, Field(max_length=64), AfterValidator(_shared)]
_Agent = Annotated[str, Field(max_length=63), AfterValidator(names.agent_name)]


class _Claims(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    iat: Seconds
    aud: str = Field(max_length=255)
    agent: _Agent


class _SharedKeys(_Claims):
    listen_key: _Shared = Field(repr=False)
    test_key: _Shared = Field(repr=False)


class _Application(_SharedKeys):
    secret: Annotated[str, Field(max_length=64), AfterValidator(_code_secret)]


class _Order(_Claims):
    exp: Seconds
    jti: str = Field(min_length=16, max_length=128)


class _Withdrawal(_Order):
    pass


class _Rotation(_Order, _SharedKeys):
    pass


_AnyClaims = TypeVar("_AnyClaims", bound=_Claims)


@dataclass(frozen=True)
class Application:
    """An agent that asks a relay to be enrolled; `aud` is the relay's host.

    `lookup` is the hash that names the code; the relay learns no private key.
    """

    agent: str
    aud: str
    issued_at: int
    lookup: str
    keys: PublicKeys
    listen_key: str = field(repr=False)
    test_key: str = field(repr=False)

    @classmethod
    def read(cls, token: bytes) -> Self:
        """Check an application; Refused names the claim that is wrong."""
        body, keys = read_self_signed(token, APPLICATION)
        claims = _read(_Application, body)
        _refuse_one_for_both(claims)
        return cls(
            agent=claims.agent,
            aud=claims.aud,
            issued_at=claims.iat,
            lookup=enrolment_code.lookup(
                _decoded(claims.secret, enrolment_code.SECRET_BYTES)
            ),
            keys=keys,
            listen_key=claims.listen_key,
            test_key=claims.test_key,
        )


@dataclass(frozen=True)
class Order:
    """What an enrolled agent orders of its relay, once (`jti`), until `expires`."""

    agent: str
    aud: str
    issued_at: int
    expires: int
    jti: str


@dataclass(frozen=True)
class Rotation:
    """An order to take other shared keys."""

    order: Order
    listen_key: str = field(repr=False)
    test_key: str = field(repr=False)


def sign_application(
    keys: PrivateKeys,
    agent: str,
    aud: str,
    code_secret: bytes,
    shared: tuple[Secret, Secret],
) -> bytes:
    """Sign an application for the relay of host `aud`; `shared`: listen, test key."""
    secret = base64.urlsafe_b64encode(code_secret).decode().rstrip("=")
    claims = {
        **_head(agent, aud),
        "secret": secret,
        "keys": keys.public.jwks(),
        **_shared_claims(shared),
    }
    return jose.sign(claims, keys, APPLICATION)


def sign_withdrawal(keys: PrivateKeys, agent: str, aud: str) -> bytes:
    """Sign the order to forget this agent."""
    return jose.sign(_order_claims(agent, aud), keys, WITHDRAWAL)


def sign_rotation(
    keys: PrivateKeys, agent: str, aud: str, shared: tuple[Secret, Secret]
) -> bytes:
    """Sign the order to take other shared keys: those to listen and to test with."""
    claims = _order_claims(agent, aud) | _shared_claims(shared)
    return jose.sign(claims, keys, ROTATION)


def read_withdrawal(token: bytes, agent: PublicKeys) -> Order:
    """Check a withdrawal of the agent with these keys; Refused says why not."""
    return _order(_read(_Withdrawal, jose.read_signed(token, agent, WITHDRAWAL)))


def read_rotation(token: bytes, agent: PublicKeys) -> Rotation:
    """Check a rotation of the agent with these keys; Refused says why not."""
    claims = _read(_Rotation, jose.read_signed(token, agent, ROTATION))
    _refuse_one_for_both(claims)
    return Rotation(_order(claims), claims.listen_key, claims.test_key)


def _head(agent: str, aud: str) -> dict[str, Any]:
    return {"iat": int(time.time()), "aud": aud, "agent": agent}


def _order_claims(agent: str, aud: str) -> dict[str, Any]:
    head = _head(agent, aud)
    jti = secrets.token_urlsafe(16)
    return {**head, "exp": head["iat"] + LIFETIME_S, "jti": jti}


def _shared_claims(shared: tuple[Secret, Secret]) -> dict[str, str]:
    listen, test = shared
    return {"listen_key": listen.reveal(), "test_key": test.reveal()}


def _order(claims: _Order) -> Order:
    return Order(claims.agent, claims.aud, claims.iat, claims.exp, claims.jti)


def _refuse_one_for_both(claims: _SharedKeys) -> None:
    if claims.listen_key == claims.test_key:
        rule = "test_key: must not be the listen key: it may only send"
        raise Refused(Code.BAD_REQUEST, rule)


def _read(kind: type[_AnyClaims], claims: Mapping[str, Any]) -> _AnyClaims:
    try:
        return kind.model_validate(claims)
    except ValidationError as error:
        # the text of the whole quotes the input, which may be a key
        first = error.errors(include_input=False, include_url=False)[0]
        field_name = ".".join(map(str, first["loc"]))
        rule = str(first["msg"]).removeprefix("Value error, ")
        raise Refused(Code.BAD_REQUEST, f"{field_name}: {rule}") from None
