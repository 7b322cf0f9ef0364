"""Looks a name up at the agents while the person goes on: who it is, what is asked.

Nothing that a browser sees waits for the agent but the step that needs it, and that one
until a full tick: how long a lookup took tells nothing.
"""

import asyncio
import logging
import time
import uuid

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange
from portal.agents.pool import NoAgent
from portal.database import people, visits
from portal.database.visits import LookedUp
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.sign_in_name import user_claim
from portal.journeys.visit import Visit
from portal.services import BrowserOrigin, Services
from wire.operation import Operation
from wire.outcomes import Code
from wire.proof_kind import ProofKind

LOG = logging.getLogger("portal.visits")
SETTLED_S = 10.0
# what a row holds of nobody has the form of somebody's, and takes as long to read
_NOBODYS = SelfServicePolicy(
    eligible=False,
    operations=frozenset({Operation.RESET}),
    proofs=2,
    kinds=tuple(ProofKind),
    roles=[],
)


class Lookups:
    """The lookups that are under way."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(
        self, visit: str, reference: str, name: str, origin: BrowserOrigin
    ) -> None:
        """Look a name up for a visit, in the background."""
        work = self._settle(visit, reference, name, origin)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, visit: str) -> Visit | None:
        """Give a visit when its lookup has ended, whichever node does it.

        After `SETTLED_S` it is given all the same, as one of nobody.
        """
        began = time.monotonic()
        while True:
            found = await self._services.database.run(visits.find, visit)
            if found is None or found.looked_up is not None:
                return found
            if time.monotonic() - began >= SETTLED_S:
                return found
            spent = max(0.0, self._services.clock() - found.started)
            tick = self._services.long_tick_s
            await asyncio.sleep(tick - spent % tick)

    async def close(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _settle(
        self, visit: str, reference: str, name: str, origin: BrowserOrigin
    ) -> None:
        found = await self._looked_up(reference, name, origin)
        services = self._services
        await services.database.run(visits.settle, visit, found, services.clock())

    async def _looked_up(
        self, reference: str, name: str, origin: BrowserOrigin
    ) -> LookedUp:
        """Ask the agents of each domain, in the order of the settings."""
        claims = requests.lookup(user_claim(name), "reset", reference, origin.address)
        for domain in self._services.settings.domains:
            try:
                answer, agent = await self._services.agents.read(domain, claims)
            except NoAgent:
                LOG.warning("no agent of %s answers a lookup", domain)
                continue
            if answer.code is not Code.USER_NOT_FOUND:
                return await self._found(domain, agent, answer, origin)
        return await self._found("", None, None, origin)

    async def _found(
        self,
        domain: str,
        agent: AgentExchange | None,
        answer: Answer | None,
        origin: BrowserOrigin,
    ) -> LookedUp:
        """Take who was found for somebody where they are eligible and registered.

        Of nobody the same is asked of the database.
        """
        person = None if answer is None or not answer.ok else answer.person
        asked = None if answer is None else answer.self_service
        guid = str(uuid.uuid4()) if person is None else person.guid
        database = self._services.database
        known = await database.run(people.find, guid)
        knows = await database.run(people.knows_browser, origin.device, guid)
        is_theirs = (
            asked is not None
            and asked.eligible
            and known is not None
            and known.registered is not None
            and known.blocked is None
        )
        state = None if answer is None else answer.state
        return LookedUp(
            domain=domain,
            agent=None if agent is None else agent.address.fingerprint,
            guid=guid if is_theirs else None,
            asked=asked if is_theirs and asked is not None else _NOBODYS,
            locked=is_theirs and state is not None and state.locked,
            known_browser=is_theirs and knows,
        )
