"""Enrolment without typing: a wizard asks a portal for a code, and gets it sealed.

OAuth 2.0 device authorization (RFC 8628) carries it. What the wizard asks with is
signed by the agent's signing key, whose fingerprint an administrator compares; what
comes back is signed by the portal and sealed to the agent: who ends TLS on the way
reads no code, and puts in none.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wire import enrolment_link, jose, names
from wire.enrolment_code import BadCode
from wire.enrolment_link import BadLink, EnrolmentLink
from wire.keys import PrivateKeys, PublicKeys, fingerprint_digest
from wire.outcomes import Code, Refused
from wire.printable import printable
from wire.request_claims import Seconds
from wire.self_signed import read_self_signed

CLIENT = "writeback-wizard"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZE, TOKEN, APPROVAL = "/device/authorize", "/device/token", "/device"
REQUEST = "writeback-device+jwt"
ENROLMENT = "writeback-device-enrolment+jwt"
SEALED = "writeback-device-enrolment+jwe"
MOST_SEALED = 16 * 1024  # bytes
# RFC 8628 section 6.1: no vowels, so no words; no sign that looks like another
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LETTERS = 8
_MOST_NAME = 100


def new_user_code() -> str:
    """Make a user code: 8 letters of 20, that is 34 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


def spelled(user_code: str) -> str:
    """Write a user code as people read it, in two groups."""
    half = CODE_LETTERS // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def typed(text: str) -> str:
    """Read a user code as it was typed, in any case and with whatever between.

    Empty where it is none.
    """
    letters = "".join(each for each in text.upper() if each.isalnum())
    whole = len(letters) == CODE_LETTERS and set(letters) <= set(LETTERS)
    return letters if whole else ""


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    iat: Seconds
    aud: str = Field(max_length=255)
    agent: Annotated[str, Field(max_length=63), AfterValidator(names.agent_name)]


@dataclass(frozen=True)
class DeviceRequest:
    """An agent that asks to be enrolled; `aud` is the portal's host.

    `keys` signed it: its fingerprint is who the agent is. `hash` names the request.
    """

    agent: str
    aud: str
    issued_at: int
    keys: PublicKeys
    hash: str

    @classmethod
    def read(cls, token: bytes) -> Self:
        """Check a request; Refused names the claim that is wrong."""
        body, keys = read_self_signed(token, REQUEST)
        try:
            claims = _Asked.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            rule = str(first["msg"]).removeprefix("Value error, ")
            raise Refused(Code.BAD_REQUEST, f"{where}: {rule}") from None
        return cls(claims.agent, claims.aud, claims.iat, keys, jose.body_hash(token))


def sign_device_request(keys: PrivateKeys, agent: str, aud: str) -> bytes:
    """Ask the portal of host `aud` for a code, as the agent with these keys."""
    public = keys.public.jwks()
    claims = {"iat": int(time.time()), "aud": aud, "agent": agent, "keys": public}
    return jose.sign(claims, keys, REQUEST)


@dataclass(frozen=True)
class DeviceEnrolment:
    """What a portal gives an agent: a link with the whole code, and who gave it."""

    link: EnrolmentLink
    issuer: str
    organization: str
    fingerprint: str


def seal_enrolment(
    portal: PrivateKeys,
    says: tuple[str, str],
    agent: PublicKeys,
    asked: str,
    link: EnrolmentLink,
) -> bytes:
    """Sign a link as a portal and seal it to an agent.

    `says`: the portal's issuer and its organization; `asked`: the hash of the request.
    """
    claims = {
        "iss": says[0],
        "organization": says[1],
        "aud": agent.signing.thumbprint(),
        "request": asked,
        "iat": int(time.time()),
        "link": link.text,
        "keys": portal.public.jwks(),
    }
    signed = jose.sign(claims, portal, ENROLMENT)
    return jose.seal_token(signed, agent.sealing, SEALED)


def open_enrolment(token: bytes, agent: PrivateKeys, asked: str) -> DeviceEnrolment:
    """Open what a portal sealed for this agent, as the answer to this request.

    Refused where it is for another, of another request, or the code in it was not made
    for the portal that signed it.
    """
    if len(token) > MOST_SEALED:
        raise Refused(Code.BAD_REQUEST, f"is over {MOST_SEALED} bytes")
    kid = jose.token_header(token).get("kid")
    key = agent.opener(kid)
    if key is None:
        raise Refused(Code.FORGED_REQUEST, "is not sealed for this agent")
    signed = jose.unseal_token(token, key, SEALED)
    claims, keys = read_self_signed(signed, ENROLMENT)
    meant = (claims.get("aud"), claims.get("request"))
    if meant != (agent.public.signing.thumbprint(), asked):
        raise Refused(Code.FORGED_REQUEST, "is the answer to another request")
    try:
        link = enrolment_link.read(str(claims.get("link")))
        issuer = names.issuer(str(claims.get("iss")))
    except (BadCode, BadLink, ValueError) as error:
        raise Refused(Code.BAD_REQUEST, str(error)) from None
    if not link.code.is_for(fingerprint_digest(keys.jwks())):
        raise Refused(Code.FORGED_REQUEST, "its code was made for another portal")
    organization = printable(str(claims.get("organization") or ""), _MOST_NAME)
    return DeviceEnrolment(link, issuer, organization, keys.fingerprint)
