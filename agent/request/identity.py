"""Who this agent is to its portals, and what it signs and seals as that."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.system.instance import NOBODY, Instance
from wire import jose, messages
from wire.hybrid_connections import RelayResponse
from wire.keys import PrivateKeys
from wire.messages import Portal, ReplyTo

_JOSE = {"Content-Type": "application/jose"}


@dataclass(frozen=True)
class Identity:
    """Who this agent is, and whose requests it takes.

    `agent` is its id, which `aud` must name; `instance` is which process of it this is.
    Keys change while it runs: `current_keys` and `current_portals` give those of now.
    `on_use` is told who sent a request that is authentic and in its time.
    """

    agent: str
    current_keys: Callable[[], PrivateKeys]
    current_portals: Callable[[], Mapping[str, Portal]]
    instance: Instance = NOBODY
    on_use: Callable[[Portal], None] = lambda _portal: None

    @property
    def keys(self) -> PrivateKeys:
        """The agent's own keys."""
        return self.current_keys()

    @property
    def portals(self) -> Mapping[str, Portal]:
        """The portals by the kid of the key that signs their requests."""
        return self.current_portals()

    def signed(
        self, claims: Mapping[str, Any], kind: str, status: int = 200
    ) -> RelayResponse:
        """Give a response that anybody may read, signed as one kind (its `typ`)."""
        head = {"iss": self.agent, "iat": int(time.time())}
        token = jose.sign({**claims, **head}, self.keys, kind)
        return RelayResponse(status, _JOSE, token)

    def refused(self, claims: Mapping[str, Any], body: bytes) -> RelayResponse:
        """Give the answer to a body that is of no known portal, as far as is known."""
        bound = {**claims, "request": jose.body_hash(body)}
        return self.signed(bound, "writeback-error+jwt", 400)

    def sealed(
        self, claims: Mapping[str, Any], reply_to: ReplyTo, body: bytes
    ) -> RelayResponse:
        """Give the answer to a request, which only its portal can read.

        `body` is what the request came as: it is what the answer names.
        """
        head = {
            "iss": self.agent,
            "aud": reply_to.portal.issuer,
            "iat": int(time.time()),
            "jti": reply_to.jti,
            "request": jose.body_hash(body),
        }
        portal = reply_to.portal.keys
        token = messages.seal_answer({**claims, **head}, self.keys, portal)
        return RelayResponse(200, _JOSE, token)
