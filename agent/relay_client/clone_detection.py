"""Detects who else answers in this agent's name: a clone of it, or a stranger.

The agent asks itself through the relay, as a portal would. An answer that its own keys
signed, just now, and that names another process can only come from one who has these
keys too; the relay has no part in the proof. An answer that they did not sign comes
from somebody who has the Listen key alone, or from the relay: such a one can read and
do nothing, but keeps requests from their answers. So does one that never answers, while
this process does. A successor is another process as well, but the one before ends
within seconds: what counts is what is still there at the next look.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

import aiohttp

from agent.relay_client.endpoint import RelayEndpoint
from agent.system.instance import Instance
from wire import jose, messages, sas
from wire.http_session import http_session, read_short
from wire.keys import PublicKeys
from wire.outcomes import Refused
from wire.secret import Secret
from wire.text import EMPTY, Text

LOG = logging.getLogger("agent.relay_client.clone_detection")
# the relay picks any listener: with two, one look in 32 misses the other
_TRIES = 5
_EVERY_S = 60.0
# a wrong password, tried too often, would lock the user at the proxy
_PROXY_REFUSED_S = 300.0
_TIMEOUT_S = 20.0
_NO_ANSWER = 504
_TOKEN_S = 300


# what an agent itself answers when it can't say whether it is ready
_OWN_FAILURES = (500, 503)
# beside the names of processes, which are hexadecimal
STRANGER, SILENT = "stranger", "silent"


class Finding(Enum):
    """Who else answers, in words for an administrator, with the remedy."""

    NONE = EMPTY
    COPY = Text(
        "another agent uses the same keys, so this machine or the other is a copy; "
        "give one of them a name and keys of its own: writeback rekey"
    )
    STRANGER = Text(
        "something else answers in this agent's name at the relay: somebody has its "
        "listen key, or the relay does not say the truth; nothing can be read or done "
        "there, but resets go unanswered; change the key: writeback rotate-keys"
    )
    SILENT = Text(
        "some of what this agent asks itself through the relay is never answered: "
        "somebody who has its listen key takes it, or the relay loses it; change the "
        "key: writeback rotate-keys"
    )


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
    """Looks for a clone, or a stranger, now and then.

    `report` is given what was found, when that changes.
    """

    def __init__(
        self,
        query: CloneQuery,
        own: Instance,
        report: Callable[[Finding], None],
        every_s: float = _EVERY_S,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._query, self._own = query, own
        self._report, self._every_s, self._pause_s = report, every_s, every_s
        self._timeout_s = timeout_s
        # read once, as the listener does: a file that goes later ends nothing
        self._tls = query.endpoint.tls_context()
        self._seen: frozenset[str] = frozenset()
        self._found = Finding.NONE

    async def run(self) -> None:
        """Look until cancelled; the listener reports a relay that does not answer."""
        while True:
            await asyncio.sleep(self._pause_s)
            others = await self.look()
            found = _found(others & self._seen)
            if found is not self._found:
                LOG.log(
                    logging.ERROR if found.value else logging.INFO,
                    found.value or "alone again",
                )
                self._report(found)
            self._seen, self._found = others, found

    async def look(self) -> frozenset[str]:
        """Ask a few times; name the other processes that answered, and strangers."""
        limit = aiohttp.ClientTimeout(total=self._timeout_s)
        answered = set[str]()
        self._pause_s = self._every_s
        async with http_session(limit) as session:
            for _ in range(_TRIES):
                try:
                    answered.add(await self._ask(session, self._tls))
                except TimeoutError:
                    answered.add(SILENT)
                except aiohttp.ClientHttpProxyError:
                    self._pause_s = max(self._every_s, _PROXY_REFUSED_S)
                    break
                except (OSError, aiohttp.ClientError):
                    break
        # where this process is not heard either, it is the link: the listener tells
        deaf = {SILENT} if self._own.id not in answered else set[str]()
        return frozenset(answered - {self._own.id, ""} - deaf)

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
            ssl=context,  # type: ignore[arg-type]  # True or a context
            proxy=query.endpoint.proxy,
            proxy_headers=query.endpoint.proxy_headers,
        ) as answer:
            signed = await read_short(answer, messages.MAX_TOKEN_BYTES)
            if answer.status != 200:
                return _of_failure(answer)
        try:
            claims = jose.read_signed(signed, query.keys, "writeback-ready+jwt")
        except Refused:
            return STRANGER
        if claims.get("nonce") != nonce:
            return STRANGER  # it was made for another question, and kept
        return str(claims.get("instance", "")) if _is_fresh(claims.get("iat")) else ""


def _of_failure(answer: aiohttp.ClientResponse) -> str:
    """Say who failed: what a listener sent carries Via, the relay's own does not."""
    if "Via" in answer.headers:
        return "" if answer.status in _OWN_FAILURES else STRANGER
    return SILENT if answer.status == _NO_ANSWER else ""


def _found(still: frozenset[str]) -> Finding:
    if still - {STRANGER, SILENT}:
        return Finding.COPY
    if STRANGER in still:
        return Finding.STRANGER
    return Finding.SILENT if SILENT in still else Finding.NONE


def _is_fresh(issued_at: object) -> bool:
    """Refuse what a relay may have kept, of a process that ended since."""
    most = messages.MAX_LIFETIME_S + messages.CLOCK_LEEWAY_S
    return isinstance(issued_at, int) and abs(time.time() - issued_at) <= most
