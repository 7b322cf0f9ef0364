"""What `check` says of clock, server, front proxy and certificate, at real peers."""

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from lab.authority import issue, make_authority
from portal.cli import surroundings
from portal.settings import RelayAddress, Settings, settings_of
from portal.templating import STATIC

_HOUR_S = 3600


class Peer:
    """A server over TLS, with a clock of its own and a page."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.off_s = folder, 0, 0.0
        self.hosts: list[str] = []
        self.page = (STATIC / "icon.svg").read_bytes()
        self.ca = make_authority(folder / "ca").certificate

    @asynccontextmanager
    async def serving(self, *names: str) -> AsyncIterator["Peer"]:
        authority = make_authority(self.folder / "ca")
        issue(authority, self.folder / "leaf", list(names), [])
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        stem = self.folder / "leaf"
        context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
        self.ca = authority.certificate
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.hosts.append(request.host)
        date = formatdate(time.time() + self.off_s, usegmt=True)
        return web.Response(body=self.page, headers={"Date": date})

    @property
    def relay(self) -> RelayAddress:
        url = f"https://localhost:{self.port}"
        return RelayAddress(id="main", url=url, send_key_name="x", ca=self.ca)

    def settings(self, **more: Any) -> Settings:
        return _settings(
            base_url=f"https://localhost:{self.port}",
            listen=f"127.0.0.1:{self.port}",
            tls={"certificate": "/x", "key": "/x"},
            **more,
        )


def _settings(**more: Any) -> Settings:
    values = {
        "base_url": "https://portal.test",
        "organization": "Contoso",
        "issuer": "https://portal.test",
    }
    return settings_of(values | more, "the test")


@pytest.fixture
def peer(tmp_path: Path) -> Peer:
    return Peer(tmp_path)


async def test_a_clock_that_is_off_by_hours_is_said(peer: Peer) -> None:
    async with peer.serving("localhost"):
        assert (await surroundings.clock(peer.relay)).ok
        for off, way in ((3 * _HOUR_S, "behind"), (-3 * _HOUR_S, "ahead of")):
            peer.off_s = off
            found = await surroundings.clock(peer.relay)
            assert not found.ok
            assert f"s {way} that of relay main" in found.what
            assert "timedatectl" in found.remedy


async def test_a_front_proxy_that_shows_this_portal_is_well(peer: Peer) -> None:
    async with peer.serving("localhost"):
        found = await surroundings.front(peer.settings(), peer.ca)
        assert found.ok, found.what
        peer.page = b"Welcome to nginx!"
        found = await surroundings.front(peer.settings(), peer.ca)
        assert "not this portal's page" in found.what


async def test_a_certificate_that_browsers_refuse_is_named(
    peer: Peer, tmp_path: Path
) -> None:
    async with peer.serving("other.test"):
        found = await surroundings.front(peer.settings(), peer.ca)
        assert "its certificate: Hostname mismatch" in found.what
    async with peer.serving("localhost"):
        found = await surroundings.front(peer.settings(), None)
        assert "its certificate:" in found.what
        assert "--ca" in found.remedy


async def test_the_server_here_is_asked_as_the_proxy_asks(peer: Peer) -> None:
    async with peer.serving("portal.test"):
        found = await surroundings.node(peer.settings())
        assert found.ok, found.what
        assert peer.hosts == [f"localhost:{peer.port}"]  # the host of base_url
    assert not (await surroundings.node(peer.settings())).ok


def test_who_is_believed_is_the_proxy_alone() -> None:
    def said(**more: Any) -> list[str]:
        return [each.what for each in surroundings.proxies(_settings(**more))]

    assert said(trusted_proxies=["127.0.0.1/32"]) == []
    assert "all people have one address" in said()[0]
    assert "everybody" in said(trusted_proxies=["0.0.0.0/0"])[0]
    open_ = said(trusted_proxies=["10.0.0.1/32"], listen="0.0.0.0:8480")
    assert "open to others" in open_[0]


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(database=f"sqlite:///{tmp_path}/portal.db")
    (found,) = surroundings.disk(settings)
    assert found.ok
    monkeypatch.setattr(surroundings, "_LEAST_FREE_BYTES", 1 << 60)
    (found,) = surroundings.disk(settings)
    assert not found.ok
    assert [*surroundings.disk(_settings(database="postgresql://u@h/n"))] == []
