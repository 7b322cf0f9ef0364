"""Who may go on listening: at most so many an agent, and none whose key is revoked.

Commands change keys while listeners are connected, and a listener shows its token once
an hour: so they are looked at again from time to time.
"""

import asyncio
from collections import Counter

from relay.authorization import Access, Authorization, Right
from relay.broker import Exchange
from relay.errors import Refused
from relay.listener import POLICY_VIOLATION, Listener

MOST_LISTENERS = 4
_FULL = "as many listen on this connection as may"
_STRANGER = "If it is not your agent, somebody has its listen key: have it rotate it."


class Admission:
    """Admits listeners; `most` is the limit of each agent."""

    def __init__(
        self, authorization: Authorization, exchange: Exchange, most: int
    ) -> None:
        self._authorization, self._exchange = authorization, exchange
        self._most = most
        self._admitted = Counter[str]()  # whose handshake is not over too

    async def admit(self, access: Access, token: str | None) -> None:
        """Take a place for one more listener; Refused where there is none.

        Who has the agent's current key is not kept out by those with a former one.
        """
        name = access.agent.id
        if self._admitted[name] >= self._most:
            await self._make_room(access, token)
        if self._admitted[name] >= self._most:
            raise Refused(429, _FULL, _STRANGER)
        self._admitted[name] += 1

    def leave(self, access: Access) -> None:
        self._admitted[access.agent.id] -= 1

    async def look_again(self) -> None:
        """Send those away whose token proves nothing any more."""
        listeners = self._exchange.listeners()
        # together: one that does not answer the close frame holds nobody up
        await asyncio.gather(*map(self._look_at, listeners))

    async def _look_at(self, listener: Listener) -> None:
        name = listener.connection
        try:
            self._authorization.check(listener.token, name, Right.LISTEN)
        except Refused as refusal:
            await listener.channel.close(POLICY_VIOLATION, refusal.what)

    async def _make_room(self, access: Access, token: str | None) -> None:
        if not self._authorization.is_current(token, access.agent):
            return
        former = (
            listener.channel.close(POLICY_VIOLATION, "the key was replaced")
            for listener in self._exchange.listeners(access.agent.id)
            if self._authorization.is_former(listener.token, access.agent)
        )
        await asyncio.gather(*former)
