"""Passkeys (W3C Web Authentication Level 3): what a browser is asked, what it answers.

The authenticator must verify its user each time, by PIN or biometrics. Which device it
is nobody asks (attestation `none`): all that verify their user are good enough. Pure.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import webauthn
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    encode_cbor,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

MOST, MOST_LABEL = 10, 64
LIFETIME_S = 300
_CHALLENGE_BYTES = 32
_MOST_ID_BYTES = 1023  # Web Authentication section 4, "Credential ID"
_MOST_ANSWER = 12 * 1024
_VERIFIED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(Exception):
    """What a browser answered proves nothing; the message is for the log alone."""


@dataclass(frozen=True)
class RelyingParty:
    """Whose passkeys these are: the host and the origin of the portal's own address."""

    id: str
    origin: str
    name: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Self:
        """Take it from the portal's address; browsers leave the port 443 out."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        port = "" if parts.port in (None, 443) else f":{parts.port}"
        return cls(host, f"https://{host}{port}", name)


@dataclass(frozen=True)
class Passkey:
    """A passkey as it is kept: its id, and the public key in COSE (RFC 9052)."""

    id: bytes
    public_key: bytes = field(repr=False)

    def text(self) -> str:
        """Give it as the text that is sealed."""
        return json.dumps([*map(bytes_to_base64url, (self.id, self.public_key))])

    @classmethod
    def of(cls, text: str) -> Self:
        """Read it again."""
        own_id, key = json.loads(text)
        return cls(base64url_to_bytes(own_id), base64url_to_bytes(key))


@dataclass(frozen=True)
class Asserted:
    """A passkey was used right; `counter` is 0 of those that do not count."""

    counter: int
    user_verified: bool


def new_challenge() -> str:
    """Make a challenge of 256 bits, as 43 characters of base64url."""
    return bytes_to_base64url(secrets.token_bytes(_CHALLENGE_BYTES))


def creation_options(
    party: RelyingParty,
    challenge: str,
    *,
    handle: bytes,
    name: str,
    shown: str,
    there: Iterable[Passkey],
) -> str:
    """Give what a browser makes a passkey from, in JSON (section 5.1.8).

    `handle` names the person on the authenticator and tells nothing of them; `there`
    are passkeys that they have already.
    """
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=handle,
        user_name=name,
        user_display_name=shown,
        challenge=base64url_to_bytes(challenge),
        timeout=LIFETIME_S * 1000,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_listed(there),
    )
    return webauthn.options_to_json(options)


def request_options(
    party: RelyingParty, challenge: str, own: Iterable[Passkey] = ()
) -> str:
    """Give what a browser asks for a passkey with, in JSON (section 5.1.10).

    Without `own` it asks for any of this portal: a list would say whose they are.
    """
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=LIFETIME_S * 1000,
        allow_credentials=_listed(own) or None,
        user_verification=_VERIFIED,
    )
    return webauthn.options_to_json(options)


def registered(party: RelyingParty, challenge: str, answer: str) -> tuple[Passkey, int]:
    """Read a new passkey and its counter out of an answer; PasskeyRefused."""
    try:
        _check_frame(answer, "attestationObject")
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        # a key that can't be used is refused now, not when somebody needs it
        decoded_public_key_to_cryptography(
            decode_credential_public_key(made.credential_public_key)
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(type(error).__name__) from None
    if not 0 < len(made.credential_id) <= _MOST_ID_BYTES:
        raise PasskeyRefused("its id is too long")
    return Passkey(made.credential_id, made.credential_public_key), made.sign_count


def credential_id(answer: str) -> bytes:
    """Give the id of the passkey that an answer names; empty where it names none."""
    try:
        named = json.loads(answer[:_MOST_ANSWER])["rawId"]
        return base64url_to_bytes(named) if isinstance(named, str) else b""
    except (ValueError, TypeError, KeyError, RecursionError):
        return b""


def asserted(
    party: RelyingParty, challenge: str, answer: str, passkey: Passkey, counter: int
) -> Asserted:
    """Check an answer by a passkey whose counter was `counter`; PasskeyRefused."""
    try:
        _check_frame(answer, "signature")
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(type(error).__name__) from None
    if checked.credential_id != passkey.id:
        raise PasskeyRefused("another passkey")
    return Asserted(checked.new_sign_count, checked.user_verified)


def _check_frame(answer: str, needed: str) -> None:
    """See that an answer is of a page of its own, and not longer than one is."""
    if len(answer) > _MOST_ANSWER:
        raise ValueError("too long")
    try:
        response = json.loads(answer)["response"]
        if not isinstance(response[needed], str):
            raise TypeError(needed)
        client = json.loads(base64url_to_bytes(response["clientDataJSON"]))
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(client, dict) or client.get("crossOrigin", False) is not False:
        raise ValueError("asked within another site's page")


def _listed(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.id) for each in passkeys]


def _nobodys() -> Passkey:
    """Make a passkey that nobody has: where there is none it is tried, and as long."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
    # RFC 9053 section 7.1.1: EC2, ES256, P-256
    cose = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    return Passkey(secrets.token_bytes(_CHALLENGE_BYTES), encode_cbor(cose))


NOBODYS = _nobodys()


def handle_of(digest: str) -> bytes:
    """Give the user handle that a keyed hash of a person stands for: 32 bytes."""
    return base64.urlsafe_b64decode(f"{digest}=")
