"""HTTPS to the provider: bounded in time and size, and no redirect is followed.

The discovery document of the settings' issuer names the other addresses. They may be
of other hosts, as with some providers; each is https.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp

from portal.provider.content import json_object
from portal.provider.errors import ProviderAway, ProviderRefused
from portal.settings import IdentityProvider
from portal.tls import tls_context
from wire.http_session import AnswerTooLong, http_session, read_short

MOST_BYTES = 256 * 1024
_TOTAL_S, _CONNECT_S = 8.0, 4.0


class Transport(Protocol):
    """What asks a provider."""

    async def get(self, url: str) -> dict[str, Any]: ...

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]: ...


class ProviderHttp:
    """The provider's addresses; ProviderAway or ProviderRefused where one is no use."""

    def __init__(self, settings: IdentityProvider) -> None:
        self._tls = tls_context(settings.ca, "identity_provider: ca")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=_TOTAL_S, sock_connect=_CONNECT_S)
        self._session = http_session(timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str) -> dict[str, Any]:
        """Read a JSON object."""
        return await self._ask("GET", url, None, {})

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Send a form, and read a JSON object."""
        return await self._ask("POST", url, form, headers)

    async def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> dict[str, Any]:
        if self._session is None:
            raise RuntimeError("the session is not open")
        try:
            async with self._session.request(
                method,
                url,
                data=form,
                headers={"accept": "application/json", **headers},
                ssl=self._tls,
            ) as answer:
                body = await read_short(answer, MOST_BYTES)
        except AnswerTooLong:
            what = f"an answer of over {MOST_BYTES} bytes"
            raise ProviderRefused(what) from None
        except aiohttp.ClientResponseError as error:
            raise ProviderRefused(f"a redirect (HTTP {error.status})") from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # what a peer says is no part of it
            raise ProviderAway(type(error).__name__) from None
        if answer.status >= 500:
            raise ProviderAway(f"HTTP {answer.status}")
        if answer.status != 200:
            raise ProviderRefused(f"HTTP {answer.status}")
        return json_object(body)
