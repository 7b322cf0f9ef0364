"""A request as its sender keeps it, and what is taken for the answer to it.

The relay in between is not trusted: it may keep an answer and give it to another
request. So an answer names the request (`jti`, and the hash of the body), whom it is
for and when it was made, and an error token names the body; nothing else is taken.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from wire import jose, messages
from wire.keys import PrivateKeys, PublicKeys
from wire.outcomes import Code, Refused


@dataclass(frozen=True)
class SentRequest:
    """One sealed request; `keys` are the sender's, `agent` the keys asked.

    An answer is refused (`Refused`) as forged_request where it is not of this agent,
    not for this sender, or not to this request.
    """

    token: bytes = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    keys: PrivateKeys
    agent: PublicKeys

    @classmethod
    def seal(
        cls, claims: Mapping[str, Any], keys: PrivateKeys, agent: PublicKeys
    ) -> Self:
        """Sign and seal claims; `iss`, `aud`, `iat` and `jti` are among them."""
        return cls(messages.seal_request(claims, keys, agent), claims, keys, agent)

    def answer(self, body: bytes) -> dict[str, Any]:
        """Open the answer to this request."""
        claims = messages.open_answer(body, self.keys, self.agent)
        own = {"aud": self.claims["iss"], "jti": self.claims["jti"]}
        return self._bound(claims, own)

    def error(self, body: bytes) -> dict[str, Any]:
        """Read the error token that refuses this request."""
        return self._bound(
            jose.read_signed(body, self.agent, "writeback-error+jwt"), {}
        )

    def _bound(self, claims: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
        own = {"iss": self.claims["aud"], **own, "request": jose.body_hash(self.token)}
        for name, value in own.items():
            if claims.get(name) != value:
                raise Refused(Code.FORGED_REQUEST, f"{name} is not of this request")
        leeway = messages.CLOCK_LEEWAY_S
        earliest, latest = self.claims["iat"] - leeway, time.time() + leeway
        issued = claims.get("iat")
        if not isinstance(issued, int) or not earliest <= issued <= latest:
            raise Refused(Code.FORGED_REQUEST, "iat is not of the time of this request")
        return claims
