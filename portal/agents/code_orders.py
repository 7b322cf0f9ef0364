"""Enrolment codes for agents that were approved: the portal makes them, a relay opens.

The relay learns the hash of the code alone, and lets the named agent in with the key
that was compared, and nobody else (docs/wire.md, "An enrolment code").
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.agents.relay_http import NoAnswer, RelayReply, Transport
from portal.settings import RelayAddress
from wire.enrolment.code_order import sign_code_order
from wire.enrolment_code import RelayHalf
from wire.enrolment_link import EnrolmentLink
from wire.keys import PrivateKeys, PublicKeys, fingerprint_digest
from wire.printable import printable

_OPEN_S = 1800  # as long as somebody at a wizard may take until it installs
_ANSWER_S = 10.0
_MOST_WORDS = 300


class NotOrdered(Exception):
    """A relay opened no code; `reason` is its own word for it, or empty.

    The text is what the relay said, made printable: it is the peer's, not ours.
    """

    def __init__(self, what: str, reason: str = "") -> None:
        super().__init__(what)
        self.reason = reason


@dataclass(frozen=True)
class CodeOrders:
    """Makes codes for agents at one of the portal's relays."""

    issuer: str
    keys: PrivateKeys
    relays: Mapping[str, tuple[RelayAddress, Transport]]

    @property
    def default(self) -> str:
        """The relay that agents enrol at where nobody chooses; empty for none."""
        return next(iter(self.relays), "")

    async def order(
        self, agent: str, keys: PublicKeys, relay: str = ""
    ) -> EnrolmentLink:
        """Have a code opened; NotOrdered where the relay does not."""
        try:
            address, transport = self.relays[relay or self.default]
        except KeyError:
            raise NotOrdered("the settings name no such relay", "no_relay") from None
        half, now = RelayHalf.new(), int(time.time())
        token = sign_code_order(
            self.keys,
            (self.issuer, urlsplit(address.url).hostname or ""),
            (agent, keys.signing.thumbprint()),
            (half.lookup, now + _OPEN_S),
            now,
        )
        try:
            reply = await transport.order(token, _ANSWER_S)
        except NoAnswer as error:
            raise NotOrdered(f"no answer: {error}", "no_answer") from None
        if reply.status not in (200, 201):
            raise _refusal(reply)
        return self._link(address, half, agent)

    def joined(self, half: RelayHalf, agent: str, relay: str = "") -> EnrolmentLink:
        """Give the link for a relay's half that its owner made by hand."""
        try:
            address, _ = self.relays[relay or self.default]
        except KeyError:
            raise NotOrdered("the settings name no such relay", "no_relay") from None
        return self._link(address, half, agent)

    def _link(
        self, address: RelayAddress, half: RelayHalf, agent: str
    ) -> EnrolmentLink:
        digest = fingerprint_digest(self.keys.public.jwks())
        return EnrolmentLink(address.url, half.joined(digest), agent)


def _refusal(reply: RelayReply) -> NotOrdered:
    """Read what a relay says of it; what is no JSON of ours tells nothing."""
    try:
        said = json.loads(reply.body)
        what, reason = str(said["error"]), str(said.get("reason") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NotOrdered(f"it answered {reply.status}")
    return NotOrdered(printable(what, _MOST_WORDS), printable(reason, 64))
