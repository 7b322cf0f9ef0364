"""The package's examples for Caddy and HAProxy, as Debian has them, before a portal.

nginx is tried on a booted machine (`test_portal_package`).
"""

import asyncio
import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer.paths import REPOSITORY
from lab.authority import issue, make_authority
from lab.machines.network import own_network
from lab.machines.root import ensure_root
from portal.cli.serve import _config
from portal.cli.web_server import WebServer
from tests.fixtures.portal.agent import ISSUER
from tests.fixtures.portal.https_browser import HttpsBrowser
from tests.fixtures.portal.running import ANNA, Running, running

# a root with both is built for it, and each waits for the deadline of a header
pytestmark = pytest.mark.slow
_HOST = ISSUER.removeprefix("https://")
_EXAMPLES = REPOSITORY / "installer/root/portal/usr/share/doc/writeback-portal/examples"
_NAME = "password.example.com"
_CLIENT, _FORGED = "127.0.0.9", "203.0.113.9"
_SECONDS = 30
_TOO_LARGE = {400, 413, 431}


@dataclass
class Front:
    """A proxy that runs, and the portal behind it."""

    portal: Running
    ca: Path

    def browser(self, source: str = _CLIENT) -> HttpsBrowser:
        return HttpsBrowser(self.ca, source=source)

    def addresses(self) -> set[str]:
        """Whose requests the portal took them for."""
        return {str(each["address"]) for each in self.portal.rows("event")}


def _haproxy(root: Path, folder: Path) -> list[str]:
    pair = (folder / f"front.{end}" for end in ("pem", "key"))
    joined = folder / "both.pem"
    joined.write_text("".join(each.read_text() for each in pair))
    text = (_EXAMPLES / "haproxy.cfg").read_text()
    text = text.replace(f"/etc/haproxy/{_NAME}.pem", str(joined))
    (folder / "haproxy.cfg").write_text(text.replace(_NAME, _HOST))
    libraries = root / "usr/lib/x86_64-linux-gnu"
    loader = ["--library-path", f"{libraries}:{root}/lib/x86_64-linux-gnu"]
    program = [str(root / "usr/sbin/haproxy"), "-db", "-f", f"{folder}/haproxy.cfg"]
    return [str(root / "lib64/ld-linux-x86-64.so.2"), *loader, *program]


def _caddy(root: Path, folder: Path) -> list[str]:
    text = (_EXAMPLES / "Caddyfile").read_text()
    # its own certificate needs a way to an authority; and no door to change it by
    own = f"{_HOST} {{\n\ttls {folder}/front.pem {folder}/front.key\n"
    text = text.replace(f"\n{_NAME} {{\n", f"\n{own}").replace(_NAME, _HOST)
    text = text.replace("{\n", "{\n\tadmin off\n", 1)
    (folder / "Caddyfile").write_text(text)
    named = ["--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    return [str(root / "usr/bin/caddy"), "run", *named]


@contextmanager
def _started(argv: list[str], folder: Path) -> Iterator[None]:
    """Run a proxy to the end of the block; what it said is in `proxy.log`."""
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "proxy.log").open("wb") as log:
        proxy = subprocess.Popen(
            argv, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        try:
            yield
            assert proxy.poll() is None, (folder / "proxy.log").read_text()
        finally:
            proxy.terminate()
            proxy.wait(_SECONDS)


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[Running]:
    """Serve a portal as the command does, behind a proxy of this machine."""
    own, at = ["127.0.0.1/32"], "127.0.0.1:8480"
    async with running(folder, trusted_proxies=own, listen=at) as run:
        settings = run.portal.services.settings
        server = WebServer(_config(settings, run.portal.app))
        serving = asyncio.create_task(server.serve())
        try:
            yield run
        finally:
            server.should_exit = True
            await serving


@pytest.fixture(params=[_caddy, _haproxy], ids=["caddy", "haproxy"])
async def front(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Front]:
    command: Callable[[Path, Path], list[str]] = request.param
    root = ensure_root("bookworm", more=("caddy", "haproxy"))
    issue(make_authority(tmp_path / "ca"), tmp_path / "front", [_HOST], [])
    (tmp_path / "portal").mkdir()
    with own_network():
        async with _serving(tmp_path / "portal") as run:
            with _started(command(root, tmp_path), tmp_path):
                made = Front(run, tmp_path / "ca/ca.pem")
                await _until_there(made, tmp_path / "proxy.log")
                yield made


async def _until_there(front: Front, log: Path) -> None:
    try:
        async with asyncio.timeout(_SECONDS):
            while True:
                try:
                    page = await front.browser().raw("GET", "/ready", b"", {})
                except (OSError, http.client.HTTPException):
                    await asyncio.sleep(0.1)
                    continue
                if page.status == 200:
                    return
    except TimeoutError:
        said = await asyncio.to_thread(log.read_text)
        raise AssertionError(said) from None


async def test_what_matters_of_a_front_proxy(front: Front) -> None:
    await _a_person_comes_through(front)
    await _an_address_is_the_proxys_word_alone(front)
    await _large_ones_end_at_the_proxy(front)
    await asyncio.to_thread(_plain_leads_to_the_portals_name)
    await asyncio.to_thread(_a_header_without_end_ends, front.ca)


async def _a_person_comes_through(front: Front) -> None:
    browser = front.browser()
    page = await browser.open("/")
    assert page.status == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert page.headers["cache-control"] == "no-store"
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert (page.status, page.path) == (200, "/account"), page.text


async def _an_address_is_the_proxys_word_alone(front: Front) -> None:
    """Neither through the proxy nor past it does a browser say where it is."""
    assert front.addresses() == {_CLIENT}
    forged = {"X-Forwarded-For": _FORGED, "Forwarded": f"for={_FORGED}"}
    browser = front.browser("127.0.0.10")
    browser.headers |= forged
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    assert front.addresses() == {_CLIENT, "127.0.0.10"}
    status = await asyncio.to_thread(_past_the_proxy, "127.0.0.11", forged)
    assert status == 303
    assert front.addresses() == {_CLIENT, "127.0.0.10", "127.0.0.11"}


def _past_the_proxy(source: str, headers: dict[str, str]) -> int:
    own = {"Host": _HOST, "Sec-Fetch-Site": "same-origin", **headers}
    own["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(
        "127.0.0.1", 8480, timeout=_SECONDS, source_address=(source, 0)
    )
    try:
        connection.request("POST", "/forgot", f"name={ANNA.upn}", own)
        return connection.getresponse().status
    finally:
        connection.close()


async def _large_ones_end_at_the_proxy(front: Front) -> None:
    browser = front.browser()
    page = await browser.raw("GET", "/", b"", {"X-Long": "a" * 8_000})
    assert page.status == 200
    before = front.portal.portal.services.measures.pages.total()
    page = await browser.raw("GET", "/", b"", {"X-Long": "a" * 45_000})
    assert page.status in _TOO_LARGE
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ISSUER}
    page = await browser.raw("POST", "/forgot", b"name=" + b"a" * 70_000, form)
    assert page.status == 413
    assert front.portal.portal.services.measures.pages.total() == before
    # one whose length nobody says first ends at the portal; nobody else feels it
    status = await asyncio.to_thread(_sent_in_chunks, front.ca, form)
    assert status == 413
    assert (await front.browser().raw("GET", "/", b"", {})).status == 200
    await asyncio.to_thread(_half_a_form_ends, front.ca, form)
    assert (await front.browser().raw("GET", "/", b"", {})).status == 200


def _half_a_form_ends(ca: Path, headers: dict[str, str]) -> None:
    """Send half a form, and see that the proxy waits for the rest no longer."""
    context = ssl.create_default_context(cafile=ca)
    plain = socket.create_connection(("127.0.0.1", 443), timeout=_SECONDS)
    with context.wrap_socket(plain, server_hostname=_HOST) as tls:
        own = {"Host": _HOST, **headers, "Content-Length": "12000"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        tls.sendall(f"POST /forgot HTTP/1.1\r\n{lines}\r\nname=a".encode())
        with contextlib.suppress(ConnectionError):
            while tls.recv(4096):  # TimeoutError: it waits on
                pass


def _sent_in_chunks(ca: Path, headers: dict[str, str]) -> int:
    context = ssl.create_default_context(cafile=ca)
    plain = socket.create_connection(("127.0.0.1", 443), timeout=_SECONDS)
    with context.wrap_socket(plain, server_hostname=_HOST) as tls:
        own = {"Host": _HOST, **headers, "Transfer-Encoding": "chunked"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        tls.sendall(f"POST /forgot HTTP/1.1\r\n{lines}\r\n".encode())
        with contextlib.suppress(OSError):  # it may be ended before all is sent
            for _ in range(70):
                tls.sendall(b"400\r\n" + b"a" * 1024 + b"\r\n")
            tls.sendall(b"0\r\n\r\n")
        answered = http.client.HTTPResponse(tls)
        answered.begin()
        return answered.status


def _plain_leads_to_the_portals_name() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=_SECONDS)
    try:
        connection.request("GET", "/forgot?x=1", headers={"Host": _HOST})
        answered = connection.getresponse()
        assert answered.status in (301, 308)
        assert answered.getheader("location") == f"{ISSUER}/forgot?x=1"
        answered.read()
        connection.close()
        connection.request("GET", "/", headers={"Host": "evil.test"})
        assert "evil" not in str(connection.getresponse().getheader("location"))
    finally:
        connection.close()


def _a_header_without_end_ends(ca: Path) -> None:
    context = ssl.create_default_context(cafile=ca)
    plain = socket.create_connection(("127.0.0.1", 443), timeout=_SECONDS)
    with context.wrap_socket(plain, server_hostname=_HOST) as slow:
        assert slow.version() in ("TLSv1.2", "TLSv1.3")
        slow.sendall(f"GET / HTTP/1.1\r\nHost: {_HOST}\r\nX-Slow: ".encode())
        said = b""
        while more := slow.recv(4096):  # TimeoutError: it waits on
            said += more
        assert said == b"" or b" 408 " in said.partition(b"\r\n")[0]


def test_the_programs_that_the_examples_are_for_are_debians() -> None:
    root = ensure_root("bookworm", more=("caddy", "haproxy"))
    for program in ("usr/bin/caddy", "usr/sbin/haproxy"):
        assert shutil.which(str(root / program)) is not None
