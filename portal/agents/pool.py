"""The agents of each domain: which can serve, and who is asked next.

Agents of one domain stand in for each other, but never in the middle of a write: where
a password was sent, the same agent is asked again, or the person is told that it is not
known (docs/wire.md, "Sending again").
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.agents.answer import Answer, Help, Offered, Ready
from portal.agents.exchange import AgentExchange, OutcomeUnknown
from portal.agents.relay_http import NoAnswer
from wire.printable import printable

LOG = logging.getLogger("portal.agents")
POLL_S = 15.0
_FRESH_S = 3 * POLL_S
_READ_S = 8.0  # of a request that writes nothing: then another agent is asked


class NoAgent(Exception):
    """No agent of a domain can serve now."""


@dataclass
class Watched:
    """One agent: `ready` is what holds now, `said` what it said last."""

    exchange: AgentExchange
    ready: Ready | None = None
    said: Ready | None = None
    heard: float = 0.0
    failure: str = "not asked yet"
    is_restored: bool = False

    @property
    def fingerprint(self) -> str:
        """Who the agent is."""
        return self.exchange.address.fingerprint

    def serves(self, now: float) -> bool:
        """Whether it could serve when it was last heard, not long ago (monotonic)."""
        known = self.ready
        return known is not None and known.serves and now - self.heard < _FRESH_S

    def served_lately(self, now: float) -> bool:
        """Likewise, whatever became of one request since: it is no reason to go."""
        said = self.said is not None and self.said.serves and not self.is_restored
        return said and now - self.heard < _FRESH_S


# takes what an agent said of itself; False: it was restored, or is a copy
Remember = Callable[[str, Ready | None, str], Awaitable[bool]]


class AgentPool:
    """Watches agents, and asks one of a domain."""

    def __init__(self, exchanges: Iterable[AgentExchange], remember: Remember) -> None:
        self.agents = [Watched(exchange) for exchange in exchanges]
        self._remember = remember
        self._looking = asyncio.Lock()

    async def watch(self) -> None:
        """Ask each agent again and again whether it can serve, until cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the boundary: it goes on
                # such as a database that is away for a moment
                LOG.error("agents can't be looked at: %s", type(error).__name__)

    async def look(self) -> None:
        """Ask each agent once; what was asked later counts."""
        async with self._looking:
            await asyncio.gather(*map(self._look_at, self.agents))

    def serving(self, domain: str) -> list[Watched]:
        """Give the agents of a domain that can serve now, whose answers come first."""
        now = time.monotonic()
        return [
            agent
            for agent in self.agents
            if agent.exchange.address.domain == domain and agent.serves(now)
        ]

    def any_served_lately(self) -> bool:
        """Whether an agent of any domain said so not long ago."""
        now = time.monotonic()
        return any(agent.served_lately(now) for agent in self.agents)

    def offered(self) -> list[Offered]:
        """Give what the agents that were heard offer, a domain's first one each.

        It is shown before a person is known, and decides nothing.
        """
        return list(self.offered_by_domain().values())

    def offered_by_domain(self) -> dict[str, Offered]:
        """Give the same by the name of the domain."""
        found: dict[str, Offered] = {}
        for agent in self.agents:
            domain = agent.exchange.address.domain
            said = agent.said
            if said is not None and said.self_service.who != "none":
                found.setdefault(domain, said.self_service)
        return found

    @property
    def help(self) -> Help:
        """Whom people call, as the first agent says that says it."""
        each = (offered.help for offered in self.offered())
        return next((help_ for help_ in each if help_ != Help()), Help())

    def named(self, fingerprint: str) -> AgentExchange | None:
        """Give the agent of a fingerprint, whether it can serve or not."""
        found = (each for each in self.agents if each.fingerprint == fingerprint)
        agent = next(found, None)
        return None if agent is None else agent.exchange

    async def read(
        self, domain: str, claims: Mapping[str, Any]
    ) -> tuple[Answer, AgentExchange]:
        """Ask what changes nothing, and say who answered; NoAgent where nobody did."""
        for agent in self.serving(domain):
            try:
                return await agent.exchange.ask(claims, _READ_S), agent.exchange
            except (NoAnswer, OutcomeUnknown) as error:
                self._failed(agent, error)
        raise NoAgent(domain)

    async def read_each(
        self, domains: Iterable[str], claims: Mapping[str, Any]
    ) -> list[tuple[str, tuple[Answer, AgentExchange] | None]]:
        """Ask all domains at once, in their order; None of one that does not answer.

        All are waited for: who ends at the first tells by the time who is in which.
        """

        async def one(domain: str) -> tuple[str, tuple[Answer, AgentExchange] | None]:
            try:
                return domain, await self.read(domain, claims)
            except NoAgent:
                return domain, None

        return await asyncio.gather(*map(one, domains))

    async def chosen(self, domain: str, preferred: str = "") -> AgentExchange | None:
        """Choose who is sent a password: it says now that it can serve.

        `preferred` is the fingerprint of who is asked first. None where nobody can.
        """
        serving = self.serving(domain)
        for agent in sorted(serving, key=lambda each: each.fingerprint != preferred):
            if await self._says_ready(agent):
                return agent.exchange
        return None

    async def _says_ready(self, agent: Watched) -> bool:
        try:
            said = await agent.exchange.ready()
        except NoAnswer as error:
            self._failed(agent, error)
            return False
        if agent.ready is not None and said.starts < agent.ready.starts:
            return False  # the next look says so, and remembers it
        agent.ready, agent.heard = said, time.monotonic()
        return said.serves

    async def _look_at(self, agent: Watched) -> None:
        try:
            ready = await agent.exchange.ready()
        except NoAnswer as error:
            self._failed(agent, error)
            await self._remember(agent.fingerprint, None, agent.failure)
            return
        if await self._remember(agent.fingerprint, ready, ""):
            agent.ready, agent.said, agent.failure = ready, ready, ""
            agent.is_restored = False
            agent.heard = time.monotonic()
            return
        agent.ready, agent.is_restored = None, True
        agent.failure = "it counts fewer starts than before: restored, or a copy"
        LOG.error("agent %s: %s", agent.exchange.address.name, agent.failure)

    def _failed(self, agent: Watched, error: Exception) -> None:
        failure = printable(str(error), 200)
        if agent.failure != failure:
            LOG.warning("agent %s: %s", agent.exchange.address.name, failure)
        agent.ready, agent.failure = None, failure
