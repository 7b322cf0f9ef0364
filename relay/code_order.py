"""Codes that a portal orders: for one agent each, short, few, and by leave alone.

The relay's owner lets a portal do so (`writeback-relay portal allow-codes`). It gets
no more than the owner's own `code --portal` gives: agents of its own portal.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from relay.authorization import Hosts
from relay.database.records import Code, Portal
from relay.database.store import Store, utc
from relay.enrolment import CLOCK_S, SIGN_ANEW
from relay.errors import Refused
from wire import outcomes
from wire.agent_statements import LIFETIME_S
from wire.enrolment.code_order import LONGEST_S, CodeOrder, unproven_issuer
from wire.keys import PublicKeys

# administrators approve agents one by one
MOST_OPEN = 20
_NOT_ITS = ("the order is not of a portal that is registered here", "Register it.")


@dataclass(frozen=True)
class CodeOrders:
    """Answers POST /$enrol/codes."""

    store: Store
    hosts: Hosts
    clock: Callable[[], float] = time.time

    async def take(self, request: web.Request) -> web.Response:
        """Open the code of an order; 201, or 200 where it is open already."""
        portal, order = self._read(await request.read())
        now = int(self.clock())
        self._check(order, portal, now)
        with self.store.transaction():
            known = self.store.code(order.code)
            if known is None:
                self._refuse_taken_name(order, portal)
                self._refuse_too_many(portal, now)
                if not self.store.take_order(order.jti, order.expires + CLOCK_S, now):
                    raise Refused(400, "jti: was taken before", SIGN_ANEW)
                agent = (order.agent, order.agent_key)
                self.store.add_code(order.code, portal.name, order.until, agent)
            elif not _is_same(known, order, portal):
                raise Refused(409, "there is such a code already", "Make another.")
        body = {"state": "open", "expires_at": utc(order.until)}
        return web.json_response(body, status=200 if known else 201)

    def _read(self, body: bytes) -> tuple[Portal, CodeOrder]:
        try:
            portal = self.store.portal_of_issuer(unproven_issuer(body))
            if portal is None:
                raise Refused(403, *_NOT_ITS, {"reason": "unknown_portal"})
            return portal, CodeOrder.read(body, PublicKeys.of(portal.keys))
        except outcomes.Refused as error:
            if error.code is outcomes.Code.FORGED_REQUEST:
                raise Refused(403, *_NOT_ITS, {"reason": "unknown_portal"}) from error
            raise Refused(400, error.detail, "Mend the request.") from error

    def _check(self, order: CodeOrder, portal: Portal, now: int) -> None:
        if not portal.orders_codes:
            raise Refused(
                403,
                f"the relay's owner does not let {portal.name!r} order codes",
                f"Allow it: writeback-relay portal allow-codes {portal.name}",
                {"reason": "not_allowed"},
            )
        if order.aud.lower() not in self.hosts:
            raise Refused(400, "aud: is another relay's host", "Sign for this relay.")
        ends = order.issued_at + LIFETIME_S
        fresh = abs(now - order.issued_at) <= CLOCK_S
        if not fresh or not now - CLOCK_S < order.expires <= ends:
            raise Refused(400, f"iat: is over {CLOCK_S} s off", SIGN_ANEW)
        if not now < order.until <= now + LONGEST_S + CLOCK_S:
            what = f"until: a code that is ordered is open for {LONGEST_S} s at most"
            raise Refused(400, what, "Order it for a shorter time.")

    def _refuse_taken_name(self, order: CodeOrder, portal: Portal) -> None:
        """Say now what the agent would hear with the code in its hands."""
        present = self.store.agent(order.agent)
        if present is None:
            return
        key = PublicKeys.of(present.keys).signing.thumbprint()
        if (present.portal, key) != (portal.name, order.agent_key):
            raise Refused(
                409,
                f"another agent has the name {order.agent!r}",
                "Choose another name, or have the relay's owner forget that agent: "
                "writeback-relay forget.",
                {"reason": "name_taken"},
            )

    def _refuse_too_many(self, portal: Portal, now: int) -> None:
        self.store.forget_orders(portal.name, now)
        if self.store.open_orders(portal.name, now) >= MOST_OPEN:
            raise Refused(
                429,
                f"{MOST_OPEN} codes that {portal.name!r} ordered are open",
                "Wait until some were used or are over, or revoke them.",
                {"reason": "too_many"},
            )


def _is_same(code: Code, order: CodeOrder, portal: Portal) -> bool:
    """Say whether an order is one that was answered, and the answer was lost."""
    mine = code.portal == portal.name and code.used_at is None
    return mine and (code.agent, code.agent_key) == (order.agent, order.agent_key)
