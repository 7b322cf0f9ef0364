"""Opens WebSockets to a relay: the control channel, and rendezvous.

Tokens and addresses are never logged: an address is a ticket for one answer.
A relay that can't be reached, or refuses, is a TimeoutError, an aiohttp.ClientError or
an OSError.
"""

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext
from urllib.parse import quote

import aiohttp
from yarl import URL

from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.websocket import CLOSE_S, MessageSocket
from wire import hybrid_connections, sas
from wire.hybrid_connections import BadMessage
from wire.secret import Secret

_DIAL_S = 30.0
# what an address may be spelled with (RFC 3986 section 2), and how long one is at most
_ADDRESS = re.compile(r"[!#-;=?-Z\[\]_a-z~]{1,8192}")
_REFUSAL = {
    "sb-hc-statusCode": "501",
    "sb-hc-statusDescription": "HTTP requests only",
}
_MAX_FRAME = hybrid_connections.MAX_BODY + hybrid_connections.MAX_INLINE_HEADERS

# where the node that holds a request is a sister of the namespace's own host; anywhere
# else a host beside the relay is somebody else's
_AZURE_DOMAINS = frozenset(
    {
        "servicebus.windows.net",
        "servicebus.chinacloudapi.cn",
        "servicebus.usgovcloudapi.net",
    }
)


@dataclass(frozen=True)
class Dialer:
    """The way from one agent to one relay at an address, https://host[:port].

    `connection` is the agent's id, `key` the one that listens. A connection is tried
    each `ping_seconds`, and given up when half that time passes without a reply, so
    that one which is half open is found in 30 s; a token is made for `token_seconds`.
    """

    url: str
    connection: str
    key_name: str
    key: Secret
    ssl: SSLContext
    endpoint: RelayEndpoint
    ping_seconds: float = 18.0
    token_seconds: float = 3600.0

    async def control(self, session: aiohttp.ClientSession) -> MessageSocket:
        """Listen at the relay."""
        url = URL(self.url).with_scheme("wss") / "$hc" / self.connection
        address = url.with_query({"sb-hc-action": "listen"})
        headers = {"ServiceBusAuthorization": self.token()}
        return await self._dial(session, address, headers)

    async def rendezvous(
        self, session: aiohttp.ClientSession, address: str
    ) -> MessageSocket:
        """Come to an address that the relay gave with a request.

        BadMessage where that is not at the relay, or at a sister host in Azure.
        """
        return await self._dial(session, _of_relay(address, URL(self.url)))

    async def refuse(self, session: aiohttp.ClientSession, address: str) -> None:
        """Turn somebody away who wants a WebSocket to the agent itself.

        The address says so in its query, and the relay answers 410.
        """
        url = _of_relay(address, URL(self.url))
        words = "&".join(f"{name}={quote(text)}" for name, text in _REFUSAL.items())
        refusal = URL(
            f"{url}{'&' if url.raw_query_string else '?'}{words}", encoded=True
        )
        try:
            channel = await self._dial(session, refusal)
        except aiohttp.WSServerHandshakeError as error:
            if error.status != HTTPStatus.GONE:
                raise
        else:
            await channel.close()

    def token(self) -> str:
        """Make a token for the control channel."""
        return sas.token_for(
            self.url, self.connection, self.key, self.key_name, self.token_seconds
        )

    async def _dial(
        self,
        session: aiohttp.ClientSession,
        address: URL,
        headers: dict[str, str] | None = None,
    ) -> MessageSocket:
        async with asyncio.timeout(_DIAL_S):
            socket = await session.ws_connect(
                address,
                headers=headers,
                ssl=self.ssl,
                proxy=self.endpoint.proxy,
                proxy_headers=self.endpoint.proxy_headers,
                # MessageSocket does both: aiohttp takes every frame for a reply
                autoping=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
                max_msg_size=_MAX_FRAME,
            )
        return MessageSocket(socket)


def _of_relay(address: str, relay: URL) -> URL:
    """Read an address of the relay, which is dialled as it is spelled, else BadMessage.

    Whoever reads it is who dials it: two readers could see two hosts in one address.
    """
    if not _ADDRESS.fullmatch(address):
        raise BadMessage("a rendezvous address is none")
    try:
        url = URL(address, encoded=True)
        is_ours = _is_ours(url, relay)
    except ValueError:
        raise BadMessage("a rendezvous address is none") from None
    if not is_ours:
        raise BadMessage("a rendezvous address is not at the relay")
    return url


def _is_ours(url: URL, relay: URL) -> bool:
    """Say whether it is the relay's own host and port, or an Azure sister's."""
    ours, theirs = relay.host_subcomponent or "", (url.host_subcomponent or "").lower()
    domain = ours.partition(".")[2]
    is_sister = domain in _AZURE_DOMAINS and theirs.partition(".")[2] == domain
    return (
        url.scheme == "wss"
        and "@" not in url.raw_authority
        and url.port == (relay.port or 443)
        and (theirs == ours or is_sister)
    )
