"""Looks for what administrators must know and no request tells: agents, messages."""

import asyncio
import hashlib
import logging

from sqlalchemy import Connection

from portal.agents.differences import Statement, policies
from portal.database import administrator_notices as notices
from portal.database import outbox
from portal.notifications.administrators import AdministratorNotice
from portal.services import Services
from portal.visits.administrator_notices import AdministratorNotices

LOG = logging.getLogger("portal.visits")
_PERIOD_S = 30.0
_WAITS_S = 600  # so long a message that fails may wait before somebody is told


class AdministratorWatch:
    """Tells administrators when something begins, once on all nodes together."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, AdministratorNotices(services)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(_PERIOD_S)
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - the boundary: it goes on
                LOG.error("it can't be looked after: %s", type(error).__name__)

    async def once(self) -> None:
        """Look once."""
        await self._services.database.run(self._look)

    def _look(self, connection: Connection) -> None:
        self._agents(connection)
        self._differences(connection)
        self._messages(connection)
        self._notices.say_held_back(connection)

    def _agents(self, connection: Connection) -> None:
        for agent in self._services.agents.agents:
            address = agent.exchange.address
            named = {
                "agent": address.name,
                "domain": address.domain,
                "fingerprint": in_groups(address.fingerprint),
            }
            own = address.fingerprint
            if agent.said is not None or agent.is_restored:
                kind = AdministratorNotice.NEW_AGENT
                self._notices.once(connection, kind, own, **named)
            kind = AdministratorNotice.AGENT_RESTORED
            if agent.is_restored:
                self._notices.once(connection, kind, own, **named)
            elif agent.said is not None:
                notices.is_over(connection, kind, own)

    def _differences(self, connection: Connection) -> None:
        kind = AdministratorNotice.AGENTS_DIFFER
        found = [
            each for each in policies(statements(self._services)) if each.differing
        ]
        key = repr([(each.domain, each.differing) for each in found])
        subject = hashlib.sha256(key.encode()).hexdigest()[:32]
        notices.are_over(connection, kind, but=subject if found else "")
        if found:
            self._notices.once(connection, kind, subject, policies=found)

    def _messages(self, connection: Connection) -> None:
        kind, now = AdministratorNotice.MESSAGES_FAILING, self._services.clock()
        failing = outbox.failing(connection, now, _WAITS_S)
        for each in failing:
            self._notices.once(
                connection,
                kind,
                each.channel,
                channel=each.channel,
                count=each.count,
                failure=each.failure,
            )
        if not failing:
            notices.are_over(connection, kind)


def statements(services: Services) -> list[Statement]:
    """Give what the agents said last."""
    return [
        Statement(each.exchange.address.name, each.exchange.address.domain, each.said)
        for each in services.agents.agents
        if each.said is not None
    ]


def in_groups(fingerprint: str) -> str:
    """Write a fingerprint as the wizard does, in groups of four."""
    upper = fingerprint.upper()
    return " ".join(upper[at : at + 4] for at in range(0, len(upper), 4))
