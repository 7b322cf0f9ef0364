"""The provider as the portal speaks with it: where people go, and what they bring back.

Authorization code with PKCE, state and nonce (OpenID Connect Core 1.0 section 3.1, RFC
7636, RFC 9207). Of what comes back one claim and one time count; the access token is
looked at by nobody.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from portal.provider import id_token, metadata
from portal.provider.errors import ProviderRefused
from portal.provider.http import Transport
from portal.provider.id_token import ALGORITHMS, Expected, UnknownKey
from portal.provider.metadata import Metadata
from portal.settings import IdentityProvider
from wire.secret import Secret

_KEPT_S = 3600.0  # of what the provider says of itself
_AGAIN_S = 60.0  # keys are asked for again no sooner, whoever names others
_MOST_KEYS = 100
_MOST_VALUE = 256


@dataclass(frozen=True)
class Begun:
    """A sign-in that begins; what is kept of it for the way back."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Kept:
    """What was kept of a sign-in when it began."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class AtProvider:
    """Somebody who signed in there: whom that means, as a claim, and when (Unix s)."""

    user: dict[str, str]
    at: int


@dataclass
class _Known:
    """What the provider said of itself, and when (by the portal's clock)."""

    said: Metadata
    keys: list[dict[str, Any]]
    read: float


class Provider:
    """Speaks with one provider; ProviderAway or ProviderRefused where that fails."""

    def __init__(
        self,
        settings: IdentityProvider,
        secret: Secret | None,
        http: Transport,
        back: str,
        clock: Callable[[], float],
    ) -> None:
        """Of a provider; `back` is the address that people come back to."""
        self.settings = settings
        self.back = back
        self._secret, self._http = secret, http
        self._clock = clock
        self._known: _Known | None = None

    async def begin(self) -> Begun:
        """Say where somebody goes to sign in."""
        said = (await self.known()).said
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        settings = self.settings
        asked = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": self.back,
            "scope": " ".join(settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "max_age": str(settings.max_age_s),
        }
        if settings.acr:
            asked["acr_values"] = " ".join(settings.acr)
        endpoint = said.authorization_endpoint
        joint = "&" if urlsplit(endpoint).query else "?"
        return Begun(f"{endpoint}{joint}{urlencode(asked)}", state, nonce, verifier)

    async def finish(self, brought: Mapping[str, str], kept: Kept) -> AtProvider:
        """Take what somebody brought back, once, by what was kept when it began."""
        state = brought.get("state", "")
        if not hmac.compare_digest(state.encode(), kept.state.encode()):
            raise ProviderRefused("state is of another sign-in")
        known = await self.known()
        self._check_issuer(brought, known.said)
        if "error" in brought:
            raise ProviderRefused("the provider says that nobody signed in")
        code = brought.get("code", "")
        if not code:
            raise ProviderRefused("no code came back")
        token = await self._exchange(known.said, code, kept.verifier)
        claims = await self._claims(token, kept.nonce)
        return AtProvider(self._user(claims), claims["auth_time"])

    async def known(self, *, anew: bool = False) -> _Known:
        """Give what the provider says of itself, as it said it within the hour."""
        known, now = self._known, self._clock()
        lasting = _AGAIN_S if anew else _KEPT_S
        if known is not None and 0 <= now - known.read < lasting:
            return known
        issuer = self.settings.issuer
        content = await self._http.get(metadata.address(issuer))
        said = metadata.read_metadata(content, issuer)
        keys = (await self._http.get(said.jwks_uri)).get("keys")
        if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
            raise ProviderRefused("its keys are not in the form")
        taken = [each for each in keys if isinstance(each, dict)]
        self._known = _Known(said, taken, now)
        return self._known

    def _check_issuer(self, brought: Mapping[str, str], said: Metadata) -> None:
        """See who sent them back, where the provider says it (RFC 9207)."""
        if not said.authorization_response_iss_parameter_supported:
            return
        if brought.get("iss") != said.issuer:
            raise ProviderRefused("iss is another provider")

    async def _exchange(self, said: Metadata, code: str, verifier: str) -> str:
        """Give the ID token for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        client, secret = self.settings.client_id, self._secret
        if self.settings.authentication == "client_secret_basic" and secret is not None:
            # RFC 6749 section 2.3.1: each is encoded as in a form first
            pair = f"{quote_plus(client)}:{quote_plus(secret.reveal())}"
            named = base64.b64encode(pair.encode()).decode("ascii")
            headers["authorization"] = f"Basic {named}"
        else:
            form["client_id"] = client
            if secret is not None:
                form["client_secret"] = secret.reveal()
        answer = await self._http.post(said.token_endpoint, form, headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("no ID token came for the code")
        return token

    async def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """Check an ID token; by new keys, where it is signed by one that is new."""
        known = await self.known()
        settings = self.settings
        offered = known.said.id_token_signing_alg_values_supported
        expected = Expected(
            issuer=settings.issuer,
            client_id=settings.client_id,
            nonce=nonce,
            algorithms=frozenset(offered) & frozenset(ALGORITHMS),
            max_age_s=settings.max_age_s,
            acr=frozenset(settings.acr),
            amr=frozenset(settings.amr),
        )
        try:
            return id_token.read(token, known.keys, expected, self._clock())
        except UnknownKey:
            known = await self.known(anew=True)
        return id_token.read(token, known.keys, expected, self._clock())

    def _user(self, claims: Mapping[str, Any]) -> dict[str, str]:
        """Say whom the configured claim means; the directory says who that is."""
        value, means = claims.get(self.settings.claim), self.settings.means
        if not isinstance(value, str) or not 0 < len(value) <= _MOST_VALUE:
            raise ProviderRefused("the claim that names the person is missing")
        if means == "objectGUID":
            return {"by": means, "value": _guid(value)}
        return {"by": means, "value": value}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _guid(value: str) -> str:
    """Read an objectGUID as text, or as Entra ID has it: its bytes in base64."""
    try:
        if len(value) == 24:
            raw = base64.b64decode(value, validate=True)
            return str(uuid.UUID(bytes_le=raw))
        return str(uuid.UUID(value))
    except ValueError:
        raise ProviderRefused("the claim that names the person is no GUID") from None
