"""HTTPS to a relay, which is not trusted: bounded in time and size, not redirected."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote

import aiohttp

from portal.settings import RelayAddress
from portal.tls import tls_context
from wire import sas
from wire.http_session import AnswerTooLong, http_session, read_short
from wire.secret import Secret

MOST_BYTES = 64 * 1024  # of an answer: a token has half of that at most
_TOKEN_S = 600  # longer than a clock may be behind, and than an answer may take
_CONNECT_S = 5.0


class NoAnswer(Exception):
    """A relay did not answer, or with what can be none; nothing is known of the agent.

    `status` is the HTTP status, 0 where there was none.
    """

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what)
        self.status = status


@dataclass(frozen=True)
class RelayReply:
    """The status and body of what came back; proven is neither."""

    status: int
    body: bytes = field(repr=False)


class Transport(Protocol):
    """What carries requests to the agents of one relay."""

    async def get(
        self, agent: str, what: str, nonce: str, seconds: float
    ) -> RelayReply: ...

    async def post(self, agent: str, token: bytes, seconds: float) -> RelayReply: ...

    async def order(self, token: bytes, seconds: float) -> RelayReply: ...


class RelayHttp:
    """One relay, over connections that stay warm."""

    def __init__(self, address: RelayAddress, send_key: Secret) -> None:
        self.address = address
        self._send_key = send_key
        self._tls = tls_context(address.ca, f"relays: {address.id}: ca")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = http_session(
            aiohttp.ClientTimeout(total=70, sock_connect=_CONNECT_S)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self, agent: str, what: str, nonce: str, seconds: float
    ) -> RelayReply:
        """Ask for a statement of an agent: `keys` or `ready`; NoAnswer else."""
        path = f"{quote(agent)}/{what}?nonce={quote(nonce)}"
        return await self._ask("GET", agent, path, b"", seconds)

    async def post(self, agent: str, token: bytes, seconds: float) -> RelayReply:
        """Send a sealed request to an agent; NoAnswer where nothing came in time."""
        return await self._ask("POST", agent, f"{quote(agent)}/resets", token, seconds)

    async def order(self, token: bytes, seconds: float) -> RelayReply:
        """Order a code (`wire.enrolment.code_order`); NoAnswer where nothing came."""
        return await self._send("POST", "$enrol/codes", token, {}, seconds)

    async def _ask(
        self, method: str, agent: str, path: str, body: bytes, seconds: float
    ) -> RelayReply:
        address = self.address
        authorization = sas.token_for(
            address.url, agent, self._send_key, address.send_key_name, _TOKEN_S
        )
        headers = {"ServiceBusAuthorization": authorization}
        return await self._send(method, path, body, headers, seconds)

    async def _send(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        seconds: float,
    ) -> RelayReply:
        if self._session is None:
            raise RuntimeError("the session is not open")
        address = self.address
        try:
            async with self._session.request(
                method,
                f"{address.url}/{path}",
                data=body or None,
                headers=headers,
                ssl=self._tls,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_S),
            ) as answer:
                return RelayReply(answer.status, await read_short(answer, MOST_BYTES))
        except AnswerTooLong:
            raise NoAnswer(f"an answer over {MOST_BYTES} bytes") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # what a peer says is no part of it
            raise NoAnswer(type(error).__name__) from None
