"""What a relayed request may ask for: GET keys, GET ready, POST resets."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from agent.request.handler import Handler
from agent.request.identity import Identity
from agent.system.version import VERSION
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.outcomes import Code

_THREADS = 16


@dataclass(frozen=True)
class Health:
    """What `GET ready` says."""

    ready: bool
    paused: bool
    directory: bool


class Endpoints:
    """Answers what the relay hands over, on threads of its own."""

    def __init__(
        self, identity: Identity, handler: Handler, health: Callable[[], Health]
    ) -> None:
        self._identity = identity
        self._handler = handler
        self._health = health
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
        path = request.target.partition("?")[0].rstrip("/").rpartition("/")[2]
        match (request.method.upper(), path):
            case ("GET", "keys"):
                return self._keys()
            case ("GET", "ready"):
                return self._ready()
            case ("POST", "resets"):
                return self._handler.reset(request.body)
        body = json.dumps({"code": Code.BAD_REQUEST.value}).encode()
        return RelayResponse(404, {"Content-Type": "application/json"}, body)

    def _keys(self) -> RelayResponse:
        claims = {"keys": self._identity.keys.public.jwks(), **self._process()}
        return self._identity.signed(claims, "writeback-keys+jwt")

    def _ready(self) -> RelayResponse:
        health = self._health()
        claims = {
            "ready": health.ready,
            "paused": health.paused,
            "directory": health.directory,
            "version": VERSION,
            **self._process(),
        }
        return self._identity.signed(claims, "writeback-ready+jwt")

    def _process(self) -> dict[str, Any]:
        """Name this process, so that a copy of the machine is known for one."""
        own = self._identity.instance
        return {"instance": own.id, "starts": own.counted}
