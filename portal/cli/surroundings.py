"""What `check` tries around the portal: its server, the front proxy, clock and disk."""

import asyncio
import shutil
import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
from sqlalchemy import make_url

from portal.cli.checked import Checked
from portal.errors import PortalUnusable
from portal.settings import RelayAddress, Settings
from portal.templating import STATIC
from portal.tls import tls_context
from wire.http_session import AnswerTooLong, http_session, read_short
from wire.server.address import host_port
from wire.tls import checking_context

_TIMEOUT_S = 10.0
_ICON = "icon.svg"
_MOST_BYTES = 64 * 1024
# an app's code is of 30 s, and one step is let pass; statements may be 150 s off
_MOST_SKEW_S = 30
_LEAST_FREE_BYTES = 200 * 1024 * 1024
_LEAST_DAYS = 7
_DAY_S = 86_400
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never listened on


async def node(settings: Settings) -> Checked:
    """Ask the server of this machine for its first page."""
    part = f"server {settings.listen}"
    host, port = host_port(settings.listen)
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    named = f"[{local}]" if ":" in local else local
    scheme = "http" if settings.tls is None else "https"
    try:
        status, _ = await _get(
            # its certificate is another name's; the machine is this one
            *(f"{scheme}://{named}:{port}/", _unchecked()),
            host=settings.host,
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        remedy = (
            "systemctl start writeback-portal; the journal says why it is not there"
        )
        return Checked(part, False, f"no answer: {type(error).__name__}", remedy)
    if status != 200:
        remedy = "see that listen and base_url are of this portal"
        return Checked(part, False, f"it answers with {status}", remedy)
    return Checked(part, True, "it answers")


def proxies(settings: Settings) -> Iterator[Checked]:
    """See that whoever ends TLS is believed, and nobody else can be."""
    host, _ = host_port(settings.listen)
    if settings.tls is not None:
        return
    if not settings.trusted_proxies:
        what = "no proxy is named in trusted_proxies: all people have one address"
        remedy = "name the front proxy's network, such as 127.0.0.1/32"
        yield Checked("front proxy", False, what, remedy)
    elif any(network.prefixlen == 0 for network in settings.trusted_proxies):
        what = "trusted_proxies is everybody: each says who they are"
        yield Checked(
            "front proxy", False, what, "name the front proxy's network alone"
        )
    elif host in _EVERYWHERE:
        what = f"{settings.listen} is open to others than the proxy, without TLS"
        remedy = "let it listen where the proxy alone can reach it, or set tls"
        yield Checked("front proxy", False, what, remedy)


async def front(settings: Settings, ca: Path | None) -> Checked:
    """Ask as a browser does, at the address that people type."""
    part = f"address {settings.base_url}"
    tls = checking_context()
    if ca is not None:
        tls.load_verify_locations(cafile=ca)
    address = f"{settings.base_url}/static/{_ICON}"
    try:
        expires = await _expiry(settings, tls)
        status, body = await _get(address, tls)
    except ssl.SSLCertVerificationError as error:
        remedy = "give it a certificate for that name, or name who signed it by --ca"
        return Checked(part, False, f"its certificate: {error.verify_message}", remedy)
    except (aiohttp.ClientError, AnswerTooLong, TimeoutError, OSError) as error:
        remedy = "see DNS, the firewall and the front proxy (docs/portal.md)"
        return Checked(part, False, f"no answer: {type(error).__name__}", remedy)
    if (status, body) != (200, (STATIC / _ICON).read_bytes()):
        what = f"{status}, and not this portal's page"
        remedy = "see that the front proxy sends Host and all paths on to listen"
        return Checked(part, False, what, remedy)
    days = int((expires - time.time()) // _DAY_S)
    if days < _LEAST_DAYS:
        return Checked(part, False, f"its certificate ends in {days} days", "renew it")
    return Checked(
        part, True, f"this portal, over TLS; its certificate has {days} days"
    )


async def clock(relay: RelayAddress) -> Checked:
    """Compare this machine's clock with a relay's, by the Date of an answer.

    RFC 9110 section 6.6.1. Who signs in by an app's code, and what relay and agents
    take, goes by it.
    """
    part = "clock"
    try:
        async with http_session(aiohttp.ClientTimeout(total=_TIMEOUT_S)) as session:
            before = time.time()
            async with session.get(
                relay.url, ssl=tls_context(relay.ca, f"relays: {relay.id}: ca")
            ) as answer:
                said = parsedate_to_datetime(answer.headers["Date"]).timestamp()
            now = (before + time.time()) / 2
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        what = f"relay {relay.id} does not say its time: {type(error).__name__}"
        return Checked(part, False, what, "see that the relay can be reached from here")
    except (KeyError, ValueError):
        what = f"relay {relay.id} does not say its time"
        return Checked(part, True, f"{what}: it is not compared")
    except PortalUnusable as error:
        return Checked(part, False, str(error))
    ahead = int(now - said)
    if abs(ahead) > _MOST_SKEW_S:
        way = "ahead of" if ahead > 0 else "behind"
        what = f"it is {abs(ahead)} s {way} that of relay {relay.id}"
        remedy = "have both keep time (timedatectl): apps' codes and requests fail"
        return Checked(part, False, what, remedy)
    return Checked(part, True, f"as that of relay {relay.id}")


def disk(settings: Settings) -> Iterator[Checked]:
    """See that SQLite's database has room; PostgreSQL's is its own matter."""
    url = make_url(settings.database)
    folder = Path(str(url.database)).parent
    if not url.drivername.startswith("sqlite") or not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    ok = free >= _LEAST_FREE_BYTES
    what = f"{free // 1_000_000} MB are free in {folder}"
    yield Checked("disk", ok, what, "" if ok else "make room: nothing is written else")


async def _get(
    address: str, tls: ssl.SSLContext, *, host: str | None = None
) -> tuple[int, bytes]:
    headers = {} if host is None else {"Host": host}
    async with (
        http_session(aiohttp.ClientTimeout(total=_TIMEOUT_S)) as session,
        session.get(address, headers=headers, ssl=tls, allow_redirects=False) as answer,
    ):
        return answer.status, await read_short(answer, _MOST_BYTES)


async def _expiry(settings: Settings, tls: ssl.SSLContext) -> float:
    """Give the end of the certificate that is shown, in Unix seconds."""
    host, _, port = settings.host.partition(":")
    _, writer = await asyncio.wait_for(
        asyncio.open_connection(host, int(port or 443), ssl=tls), _TIMEOUT_S
    )
    shown = writer.get_extra_info("peercert")
    writer.transport.abort()
    return float(ssl.cert_time_to_seconds(str(shown["notAfter"])))


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
