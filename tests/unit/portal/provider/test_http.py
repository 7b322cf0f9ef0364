"""What a provider sends is bounded, and no redirect of its leads anywhere."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from lab.authority import issue, make_authority
from portal.provider import http
from portal.provider.errors import ProviderAway, ProviderError, ProviderRefused
from portal.provider.http import MOST_BYTES, ProviderHttp
from portal.settings import IdentityProvider
from tests.fixtures.portal.provider import SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def _provider(
    folder: Path, handler: Handler
) -> AsyncIterator[tuple[ProviderHttp, str]]:
    authority = make_authority(folder / "ca")
    issue(authority, folder / "provider", ["localhost"], [])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "provider.pem", folder / "provider.key")
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    own = SETTINGS | {"ca": str(authority.certificate)}
    try:
        async with ProviderHttp(IdentityProvider.model_validate(own)) as reached:
            yield reached, f"https://localhost:{port}"
    finally:
        await runner.cleanup()


async def test_an_object_is_read(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response({"form": dict(form), "by": request.headers["x"]})

    async with _provider(tmp_path, answer) as (reached, url):
        read = await reached.post(f"{url}/token", {"code": "é&="}, {"x": "y"})
    assert read == {"form": {"code": "é&="}, "by": "y"}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (web.Response(body=b" " * (MOST_BYTES + 1)), ProviderRefused, "over 262144"),
        (web.Response(body=b"[]"), ProviderRefused, "no JSON object"),
        (web.Response(body=b"[" * 9999), ProviderRefused, "no JSON object"),
        (web.Response(body=b"\xff"), ProviderRefused, "no JSON object"),
        (web.Response(status=404), ProviderRefused, "HTTP 404"),
        (web.Response(status=502), ProviderAway, "HTTP 502"),
    ],
    ids=lambda value: getattr(value, "status", None),
)
async def test_what_is_none_is_said(
    tmp_path: Path, answer: web.Response, kind: type[ProviderError], words: str
) -> None:
    async def same(_request: web.Request) -> web.Response:
        return answer

    async with _provider(tmp_path, same) as (reached, url):
        with pytest.raises(kind, match=words):
            await reached.get(f"{url}/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_nowhere(tmp_path: Path, status: int) -> None:
    asked = []

    async def lead(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, headers={"location": "/elsewhere"})

    async with _provider(tmp_path, lead) as (reached, url):
        with pytest.raises(ProviderRefused, match="redirect"):
            await reached.get(f"{url}/x")
    assert asked == ["/x"]


async def test_who_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "_TOTAL_S", 0.2)
    gone = asyncio.Event()

    async def wait(_request: web.Request) -> web.Response:
        await gone.wait()
        return web.Response()

    async with _provider(tmp_path, wait) as (reached, url):
        with pytest.raises(ProviderAway, match="TimeoutError"):
            await reached.get(f"{url}/x")
        gone.set()


async def test_a_stranger_s_certificate_is_no_provider(tmp_path: Path) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({})

    async with _provider(tmp_path, answer) as (_, url):
        own: dict[str, Any] = SETTINGS
        async with ProviderHttp(IdentityProvider.model_validate(own)) as other:
            with pytest.raises(ProviderAway, match="Certificate"):
                await other.get(f"{url}/x")
