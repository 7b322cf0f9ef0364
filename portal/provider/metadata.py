"""What a provider says of itself (OpenID Connect Discovery 1.0 section 3). Pure."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal.provider.errors import ProviderRefused

WELL_KNOWN = "/.well-known/openid-configuration"
_PRINTABLE = re.compile("[!-~]+")
_MOST_URL, _MOST_MEMBERS = 2000, 100


def _https(url: str) -> str:
    parts = urlsplit(url)
    if not _PRINTABLE.fullmatch(url):
        raise ValueError("must be a URL")
    if parts.scheme != "https" or not parts.hostname or parts.fragment:
        raise ValueError("must be https")
    return url


_Url = Annotated[str, Field(max_length=_MOST_URL), AfterValidator(_https)]
_Names = Annotated[list[str], Field(max_length=_MOST_MEMBERS)]


class Metadata(BaseModel):
    """The addresses of a provider, and what it can; the rest is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    issuer: str
    authorization_endpoint: _Url
    token_endpoint: _Url
    jwks_uri: _Url
    id_token_signing_alg_values_supported: _Names
    code_challenge_methods_supported: _Names | None = None
    authorization_response_iss_parameter_supported: bool = False


def read_metadata(content: dict[str, Any], issuer: str) -> Metadata:
    """Read a discovery document; ProviderRefused names what is wrong with it.

    It must be the issuer's own, or another could speak for it (section 4.3).
    """
    try:
        read = Metadata.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(map(str, first["loc"]))[:100]
        raise ProviderRefused(f"discovery: {name}: not in the form") from None
    if read.issuer != issuer:
        raise ProviderRefused("discovery: issuer is another than in the settings")
    methods = read.code_challenge_methods_supported
    if methods is not None and "S256" not in methods:
        raise ProviderRefused("discovery: it does not take PKCE with S256")
    return read


def address(issuer: str) -> str:
    """Give where an issuer's document is."""
    return issuer.removesuffix("/") + WELL_KNOWN
