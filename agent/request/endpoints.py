"""What a relayed request may ask for: GET keys and ready, POST resets and portal."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from agent.keys.portals import PortalKeyAge
from agent.request import succession
from agent.request.handler import Handler
from agent.request.identity import Identity
from agent.system.version import VERSION
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.outcomes import Code

_THREADS = 16
_NONCE = re.compile("[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Health:
    """What `GET ready` says."""

    ready: bool
    paused: bool
    directory: bool


class Endpoints:
    """Answers what the relay hands over, on threads of its own.

    `succeed` takes the portal's new keys, as `Portals.succeed` does; `published` is
    what `GET ready` says of the settings (`agent.self_service.published`).
    """

    def __init__(
        self,
        identity: Identity,
        handler: Handler,
        health: Callable[[], Health],
        succeed: Callable[[bytes], PortalKeyAge],
        published: Mapping[str, Any],
    ) -> None:
        self._identity = identity
        self._handler = handler
        self._health = health
        self._succeed = succeed
        self._published = published
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="request")

    async def handle(self, request: RelayRequest) -> RelayResponse:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.answer, request)

    def close(self) -> None:
        """Wait for what is under way, and end the threads."""
        self._threads.shutdown()

    def answer(self, request: RelayRequest) -> RelayResponse:
        """Answer one request, on the thread that calls."""
        target, _, query = request.target.partition("?")
        match (request.method.upper(), target.rstrip("/").rpartition("/")[2]):
            case ("GET", "keys"):
                return self._told("writeback-keys+jwt", self._keys, query)
            case ("GET", "ready"):
                return self._told("writeback-ready+jwt", self._ready, query)
            case ("POST", "resets"):
                return self._handler.reset(request.body)
            case ("POST", "portal"):
                return succession.answer(request.body, self._identity, self._succeed)
        return _bad_request(404)

    def _told(
        self, kind: str, claims: Callable[[], dict[str, Any]], query: str
    ) -> RelayResponse:
        """Sign what anybody may ask, with the nonce of who asks where there is one."""
        try:
            nonce = _nonce(query)
        except ValueError:
            return _bad_request(400)
        asked = {} if nonce is None else {"nonce": nonce}
        return self._identity.signed(claims() | self._process() | asked, kind)

    def _keys(self) -> dict[str, Any]:
        return {"keys": self._identity.keys.public.jwks()}

    def _ready(self) -> dict[str, Any]:
        health = self._health()
        return {
            "ready": health.ready,
            "paused": health.paused,
            "directory": health.directory,
            "version": VERSION,
            **self._published,
        }

    def _process(self) -> dict[str, Any]:
        """Name this process, so that a copy of the machine is known for one."""
        own = self._identity.instance
        return {"instance": own.id, "starts": own.counted}


def _nonce(query: str) -> str | None:
    """Read the nonce of a query; None where it has none, ValueError: not in the form.

    Other fields are ignored: a relay may add some.
    """
    given = [value for name, value in parse_qsl(query, True) if name == "nonce"]
    if len(given) > 1 or not all(map(_NONCE.fullmatch, given)):
        raise ValueError("nonce")
    return given[0] if given else None


def _bad_request(status: int) -> RelayResponse:
    body = json.dumps({"code": Code.BAD_REQUEST.value}).encode()
    return RelayResponse(status, {"Content-Type": "application/json"}, body)
