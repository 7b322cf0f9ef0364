"""Detects a clone: another machine that runs with the keys of this agent.

The agent asks itself through the relay, as a portal would. An answer that its own keys
signed, just now, and that names another process can only come from one who has these
keys too; the relay has no part in the proof. A successor is another process as well,
but the one before ends within seconds: what counts is one that is still there at the
next look.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp

from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.http_session import http_session, read_short
from agent.system.instance import Instance
from wire import jose, messages, sas
from wire.keys import PublicKeys
from wire.outcomes import Refused
from wire.secret import Secret

LOG = logging.getLogger("agent.relay_client.clone_detection")
# the relay picks any listener: with two, one look in 32 misses the other
_TRIES = 5
_EVERY_S = 60.0
# a wrong password, tried too often, would lock the user at the proxy
_PROXY_REFUSED_S = 300.0
_TIMEOUT_S = 20.0
_TOKEN_S = 300


@dataclass(frozen=True)
class CloneQuery:
    """Where an agent asks itself, and how its answer is known.

    `key` may send on this connection; `keys` are the agent's own, which sign its
    answers.
    """

    endpoint: RelayEndpoint
    connection: str
    key_name: str
    key: Secret
    keys: PublicKeys


class CloneDetector:
    """Looks for a clone now and then.

    `report` is given what an administrator must know, or "" when it is over.
    """

    def __init__(
        self,
        query: CloneQuery,
        own: Instance,
        report: Callable[[str], None],
        every_s: float = _EVERY_S,
    ) -> None:
        self._query, self._own = query, own
        self._report, self._every_s, self._pause_s = report, every_s, every_s
        # read once, as the listener does: a file that goes later ends nothing
        self._tls = query.endpoint.tls_context()
        self._seen: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Look until cancelled; the listener reports a relay that does not answer."""
        while True:
            await asyncio.sleep(self._pause_s)
            others = await self.look()
            still = others & self._seen
            if still:
                names = ", ".join(sorted(still))
                LOG.error("another process uses the keys of this agent: %s", names)
            if others or self._seen:
                self._report(WORDS if still else "")
            self._seen = others

    async def look(self) -> frozenset[str]:
        """Ask a few times; give the names of other processes that answered."""
        limit = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        others = set[str]()
        self._pause_s = self._every_s
        async with http_session(limit) as session:
            for _ in range(_TRIES):
                try:
                    others.add(await self._ask(session, self._tls))
                except aiohttp.ClientHttpProxyError:
                    self._pause_s = max(self._every_s, _PROXY_REFUSED_S)
                    break
                except (OSError, TimeoutError, aiohttp.ClientError, Refused):
                    break
        return frozenset(others - {self._own.id, ""})

    async def _ask(self, session: aiohttp.ClientSession, context: object) -> str:
        query = self._query
        url = query.endpoint.relay.url
        token = sas.token_for(
            url, query.connection, query.key, query.key_name, _TOKEN_S
        )
        nonce = messages.new_jti()
        async with session.get(
            f"{url}/{quote(query.connection)}/ready?nonce={nonce}",
            headers={"ServiceBusAuthorization": token},
            ssl=context,  # type: ignore[arg-type]
            proxy=query.endpoint.proxy,
            proxy_headers=query.endpoint.proxy_headers,
        ) as answer:
            signed = await read_short(answer, messages.MAX_TOKEN_BYTES)
            if answer.status != 200:
                return ""
        claims = jose.read_signed(signed, query.keys, "writeback-ready+jwt")
        fresh = claims.get("nonce") == nonce and _is_fresh(claims.get("iat"))
        return str(claims.get("instance", "")) if fresh else ""


def _is_fresh(issued_at: object) -> bool:
    """Refuse what a relay may have kept, of a process that ended since."""
    most = messages.MAX_LIFETIME_S + messages.CLOCK_LEEWAY_S
    return isinstance(issued_at, int) and abs(time.time() - issued_at) <= most


WORDS = (
    "another agent uses the same keys, so this machine or the other is a copy; give "
    "one of them a name and keys of its own: writeback rekey"
)
