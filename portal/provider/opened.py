"""The provider of the settings, with its secret, for as long as it is spoken with."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from portal.keys import secret_files
from portal.keys.secret_files import SecretFiles
from portal.provider.http import ProviderHttp, Transport
from portal.provider.provider import Provider
from portal.settings import IdentityProvider, Settings

# where people come back to; it is registered at the provider
RETURN = "/account/sign-in/provider/return"
OpenProvider = Callable[[IdentityProvider], AbstractAsyncContextManager[Transport]]


@asynccontextmanager
async def opened(
    settings: Settings,
    secrets: SecretFiles,
    clock: Callable[[], float],
    reach: OpenProvider = ProviderHttp,
) -> AsyncIterator[Provider | None]:
    """Give the provider, None where the settings have none; PortalUnusable."""
    own = settings.identity_provider
    if own is None:
        yield None
        return
    has_secret = own.authentication != "none"
    secret = secrets.read(secret_files.PROVIDER_SECRET) if has_secret else None
    async with reach(own) as http:
        yield Provider(own, secret, http, f"{settings.base_url}{RETURN}", clock)
