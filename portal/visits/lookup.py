"""Looks a name up at the agents while the person goes on: who it is, what is asked.

Nothing that a browser sees waits for the agent but the step that needs it, and that one
until a full half second: how long a lookup took tells nothing.
"""

import asyncio
import logging

from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange
from portal.agents.pool import NoAgent
from portal.database import people, visits
from portal.database.visits import LookedUp
from portal.journeys.sign_in_name import user_claim
from portal.journeys.visit import Visit
from portal.services import BrowserOrigin, Services
from wire.outcomes import Code

LOG = logging.getLogger("portal.visits")
SETTLED_S, _TICK_S = 10.0, 0.5
_NOBODY = LookedUp("", None, None, None, locked=False, known_browser=False)


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
        services = self._services
        while True:
            found = await services.database.run(visits.find, visit)
            if found is None or found.looked_up is not None:
                return found
            spent = services.clock() - found.started
            if spent >= SETTLED_S:
                return found
            await asyncio.sleep(_TICK_S - spent % _TICK_S)

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
        claims = {
            "op": "lookup",
            "purpose": "reset",
            "user": user_claim(name),
            "journey": reference,
            "client": {"ip": origin.address},
        }
        for domain in self._services.settings.domains:
            try:
                answer, agent = await self._services.agents.read(domain, claims)
            except NoAgent:
                LOG.warning("no agent of %s answers a lookup", domain)
                continue
            if answer.code is not Code.USER_NOT_FOUND:
                return await self._found(domain, agent, answer, origin)
        return _NOBODY

    async def _found(
        self, domain: str, agent: AgentExchange, answer: Answer, origin: BrowserOrigin
    ) -> LookedUp:
        """Take who was found for somebody where they are eligible and registered."""
        person, asked = answer.person, answer.self_service
        if not answer.ok or person is None or asked is None or not asked.eligible:
            return _NOBODY
        database = self._services.database
        known = await database.run(people.find, person.guid)
        if known is None or known.registered is None or known.blocked is not None:
            return _NOBODY
        knows = await database.run(people.knows_browser, origin.device, person.guid)
        return LookedUp(
            domain=domain,
            agent=agent.address.fingerprint,
            guid=person.guid,
            asked=asked,
            locked=answer.state is not None and answer.state.locked,
            known_browser=knows,
        )
