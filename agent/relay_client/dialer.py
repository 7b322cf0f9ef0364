"""Opens WebSockets to a relay: the control channel, and rendezvous.

Tokens and addresses are never logged: an address is a ticket for one answer.
A relay that can't be reached, or refuses, is a TimeoutError, an aiohttp.ClientError or
an OSError.
"""

import asyncio
from dataclasses import dataclass
from ssl import SSLContext
from urllib.parse import SplitResult, urlsplit

import aiohttp

from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.websocket import CLOSE_S, MessageSocket
from wire import hybrid_connections, sas
from wire.hybrid_connections import BadMessage
from wire.secret import Secret

_DIAL_S = 30.0
_MAX_FRAME = hybrid_connections.MAX_BODY + hybrid_connections.MAX_INLINE_HEADERS


@dataclass(frozen=True)
class Dialer:
    """The way from one agent to one relay at an address, https://host[:port].

    `connection` is the agent's id, `key` the one that listens. A connection is tried
    each `ping_seconds`, and given up when half that time passes without a reply; a
    token is made for `token_seconds`.
    """

    url: str
    connection: str
    key_name: str
    key: Secret
    ssl: SSLContext
    endpoint: RelayEndpoint
    ping_seconds: float = 20.0
    token_seconds: float = 3600.0

    async def control(self, session: aiohttp.ClientSession) -> MessageSocket:
        """Listen at the relay."""
        host = urlsplit(self.url).netloc
        address = f"wss://{host}/$hc/{self.connection}?sb-hc-action=listen"
        headers = {"ServiceBusAuthorization": self.token()}
        return await self._dial(session, address, headers)

    async def rendezvous(
        self, session: aiohttp.ClientSession, address: str
    ) -> MessageSocket:
        """Come to an address that the relay gave with a request.

        BadMessage where that is not at the relay and its sister hosts.
        """
        if not _is_of(urlsplit(self.url), urlsplit(address)):
            raise BadMessage("a rendezvous address is not at the relay")
        return await self._dial(session, address)

    def token(self) -> str:
        """Make a token for the control channel."""
        return sas.token_for(
            self.url, self.connection, self.key, self.key_name, self.token_seconds
        )

    async def _dial(
        self,
        session: aiohttp.ClientSession,
        address: str,
        headers: dict[str, str] | None = None,
    ) -> MessageSocket:
        async with asyncio.timeout(_DIAL_S):
            socket = await session.ws_connect(
                address,
                headers=headers,
                ssl=self.ssl,
                proxy=self.endpoint.proxy,
                proxy_headers=self.endpoint.proxy_headers,
                # aiohttp waits half of it for the reply to its ping
                heartbeat=self.ping_seconds,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
                max_msg_size=_MAX_FRAME,
            )
        return MessageSocket(socket)


def _is_of(relay: SplitResult, address: SplitResult) -> bool:
    """Say whether an address is the relay, or a host beside it in the same domain.

    Azure's rendezvous addresses are at other hosts of servicebus.windows.net.
    """
    ours, theirs = relay.hostname or "", address.hostname or ""
    domain = ours.partition(".")[2]
    is_name = not domain.replace(".", "").isdigit()
    beside = is_name and "." in domain and theirs.endswith(f".{domain}")
    return (
        address.scheme == "wss"
        and (address.port or 443) == (relay.port or 443)
        and (theirs == ours or beside)
    )
