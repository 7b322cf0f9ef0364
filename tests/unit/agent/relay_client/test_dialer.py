"""Where a rendezvous may be: at the relay itself, and in Azure at its sister hosts."""

import ssl

import pytest

from agent.config.settings import Relay
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from wire.http_session import http_session
from wire.hybrid_connections import BadMessage
from wire.secret import Secret


def dialer_of(url: str) -> Dialer:
    endpoint = RelayEndpoint(Relay.model_construct(url=url, ca=None, proxy=None))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody is met
    return Dialer(url, "srv1", "listen", Secret("aGVsbG8="), tls, endpoint)


class Dialled(Exception):
    """An address was let through."""


class Recording(Dialer):
    """A dialer that would dial."""

    async def _dial(self, _session: object, address: object, *_: object) -> None:  # type: ignore[override]
        raise Dialled(str(address))


async def rendezvous(url: str, address: str) -> None:
    own = dialer_of(url)
    recording = Recording(
        own.url, own.connection, own.key_name, own.key, own.ssl, own.endpoint
    )
    async with http_session() as session:
        await recording.rendezvous(session, address)


OWN = "https://relay.corp.test"
AZURE = "https://acme.servicebus.windows.net"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (OWN, "wss://relay.corp.test/$hc/srv1?sb-hc-action=accept&sb-hc-id=a%2Bb%3D"),
        (OWN, "wss://relay.corp.test:443/$hc/srv1"),
        (OWN, "wss://RELAY.corp.test/$hc/srv1"),
        (f"{OWN}:8443", "wss://relay.corp.test:8443/$hc/srv1"),
        ("https://127.0.0.1:8443", "wss://127.0.0.1:8443/$hc/srv1"),
        ("https://[::1]:8443", "wss://[::1]:8443/$hc/srv1"),
        (AZURE, "wss://acme.servicebus.windows.net/$hc/srv1"),
        (AZURE, "wss://g16-prod-am3-010-sb.servicebus.windows.net/$hc/srv1"),
        (
            "https://acme.servicebus.chinacloudapi.cn",
            "wss://g1-sb.servicebus.chinacloudapi.cn/$hc/srv1",
        ),
        (
            "https://acme.servicebus.usgovcloudapi.net",
            "wss://g1-sb.servicebus.usgovcloudapi.net/$hc/srv1",
        ),
    ],
)
async def test_an_address_of_the_relay_is_dialled(url: str, address: str) -> None:
    with pytest.raises(Dialled) as caught:
        await rendezvous(url, address)
    # as it is spelled: what is signed in it would else be another
    assert str(caught.value).lower() in (address.lower(), address.replace(":443", ""))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        # a host beside one's own relay is somebody else's
        (OWN, "wss://other.corp.test/$hc/srv1"),
        (OWN, "wss://evil.relay.corp.test/$hc/srv1"),
        (OWN, "wss://corp.test/$hc/srv1"),
        ("https://relay.co.uk", "wss://evil.co.uk/$hc/srv1"),
        (OWN, "wss://relay.corp.test.evil.test/$hc/srv1"),
        (OWN, "wss://relay.corp.test:8443/$hc/srv1"),
        (f"{OWN}:8443", "wss://relay.corp.test/$hc/srv1"),
        (OWN, "ws://relay.corp.test/$hc/srv1"),
        (OWN, "ws://relay.corp.test:443/$hc/srv1"),
        (OWN, "https://relay.corp.test/$hc/srv1"),
        (OWN, "wss://relay.corp.test@evil.test/$hc/srv1"),
        (OWN, "wss://user@relay.corp.test/$hc/srv1"),
        (OWN, "wss://user:word@relay.corp.test/$hc/srv1"),
        (OWN, "wss://evil.test\\@relay.corp.test/"),
        (OWN, "wss://evil.test#@relay.corp.test/"),
        (OWN, "wss://evil.test/?wss://relay.corp.test/"),
        (OWN, "//relay.corp.test/$hc/srv1"),
        (AZURE, "wss://g1.servicebus.windows.net.evil.test/$hc/srv1"),
        (AZURE, "wss://evilservicebus.windows.net/$hc/srv1"),
        (AZURE, "wss://a.b.servicebus.windows.net/$hc/srv1"),
        (AZURE, "wss://servicebus.windows.net/$hc/srv1"),
        (AZURE, "wss://g1.servicebus.chinacloudapi.cn/$hc/srv1"),
        (AZURE, "wss://g1.servicebus.windows.net:8443/$hc/srv1"),
        (OWN, "wss://g1.servicebus.windows.net/$hc/srv1"),
    ],
)
async def test_an_address_elsewhere_is_not_dialled(url: str, address: str) -> None:
    with pytest.raises(BadMessage):
        await rendezvous(url, address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            " ",
            "wss:",
            "wss://",
            "wss://[",
            "wss://[::1",
            "wss://relay.corp.test:x",
        ),
        *("wss://relay.corp.test:99999/", "wss://relay.corp.test:-1/", "\x00"),
        "wss://relay.corp.test/a\r\nHost: evil.test",
        "wss://relay.corp.test/ b",
        "wss://re\nlay.corp.test/",
        "wss://relay.corp.tést/",
        f"wss://relay.corp.test/{'a' * 9000}",
    ],
)
async def test_what_is_no_address_is_a_bad_message(address: str) -> None:
    with pytest.raises(BadMessage):
        await rendezvous(OWN, address)
