"""Looks a name up at the agents while the person goes on: who it is, what is asked.

Nothing that a browser sees waits for the agent but the step that needs it, and that one
until a full tick: how long a lookup took tells nothing.
"""

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange
from portal.audit.event import EventKind
from portal.database import people, visits
from portal.database.people import RegisteredPerson
from portal.database.visits import LookedUp
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.role import roles_of
from portal.journeys.sign_in_name import user_claim
from portal.journeys.visit import Visit, VisitPurpose
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from wire.operation import Operation
from wire.outcomes import Code
from wire.self_service.proof_kind import ProofKind

LOG = logging.getLogger("portal.visits")
SETTLED_S = 10.0
# agents answer others too; what waits longer than SETTLED_S is waited for by nobody
_MOST_AT_ONCE, _MOST_WAITING = 32, 2000
# what a row holds of nobody has the form of somebody's, and takes as long to read
_NOBODYS = SelfServicePolicy(
    eligible=False,
    operations=frozenset({Operation.RESET}),
    proofs=2,
    kinds=tuple(ProofKind),
    roles=[],
)


@dataclass(frozen=True)
class _Heard:
    """Whom the visit is about, and for the audit alone why it is about nobody."""

    found: LookedUp
    code: str
    answer: Answer


class Lookups:
    """The lookups that are under way."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(_MOST_AT_ONCE)

    def begin(
        self,
        visit: str,
        reference: str,
        name: str,
        origin: BrowserOrigin,
        purpose: VisitPurpose = VisitPurpose.FORGOTTEN,
    ) -> None:
        """Look a name up for a visit, in the background."""
        if len(self._tasks) >= _MOST_WAITING:
            # a flood: the visit stays one of nobody, as at a name that nobody has
            LOG.warning("%d lookups wait: one more is not begun", _MOST_WAITING)
            return
        work = self._settle(visit, reference, name, origin, purpose)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, visit: str) -> Visit | None:
        """Give a visit when its lookup has ended, whichever node does it.

        After `SETTLED_S` it is given all the same, as one of nobody.
        """
        began = time.monotonic()
        while True:
            found = await self._services.database.look(visits.find, visit)
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
        self,
        visit: str,
        reference: str,
        name: str,
        origin: BrowserOrigin,
        purpose: VisitPurpose,
    ) -> None:
        async with self._at_once:
            heard = await self._looked_up(reference, name, origin, purpose)
        await self._services.database.run(self._note, visit, reference, heard, origin)

    def _note(
        self,
        connection: Connection,
        visit: str,
        reference: str,
        heard: _Heard,
        origin: BrowserOrigin,
    ) -> None:
        """Note whom the visit is about; the audit says why it may be nobody."""
        visits.settle(connection, visit, heard.found, self._services.clock())
        person = heard.answer.person
        self._notices.record(
            connection,
            EventKind.LOOKED_UP,
            reference,
            origin,
            person=None if person is None else person.guid,
            code=heard.code,
            **_detail(heard.answer),
        )

    async def _looked_up(
        self, reference: str, name: str, origin: BrowserOrigin, purpose: VisitPurpose
    ) -> _Heard:
        """Ask the agents of all domains; the first that knows the name counts."""
        asked = "sign_in" if purpose is VisitPurpose.STAFF else "reset"
        claims = requests.lookup(user_claim(name), asked, reference, origin.address)
        code = str(Code.USER_NOT_FOUND)
        services = self._services
        heard = await services.agents.read_each(services.settings.domains, claims)
        for domain, said in heard:
            if said is None:
                LOG.warning("no agent of %s answers a lookup", domain)
                code = "no_agent"
                continue
            answer, agent = said
            if answer.code is not Code.USER_NOT_FOUND:
                return await self._found(domain, agent, answer, origin, purpose)
        nobody = Answer(code=Code.USER_NOT_FOUND)
        found = await self._found("", None, nobody, origin, purpose)
        return replace(found, code=code)

    async def _found(
        self,
        domain: str,
        agent: AgentExchange | None,
        answer: Answer,
        origin: BrowserOrigin,
        purpose: VisitPurpose,
    ) -> _Heard:
        """Take who was found for somebody where they are eligible and registered.

        Who works here needs a role instead: self-service may not be for them. Of nobody
        the same is asked of the database.
        """
        person = answer.person if answer.ok else None
        asked, state = answer.self_service, answer.state
        guid = str(uuid.uuid4()) if person is None else person.guid
        database = self._services.database
        known, knows = await database.look(_known, guid, origin.device)
        served = self._services.settings.domains
        if known is not None and not known.is_of(domain, served):
            known = None
        code = _refusal(answer, known, purpose)
        is_theirs = code is None
        found = LookedUp(
            domain=domain,
            agent=None if agent is None else agent.address.fingerprint,
            guid=guid if is_theirs else None,
            asked=asked if is_theirs and asked is not None else _NOBODYS,
            locked=is_theirs and state is not None and state.locked,
            known_browser=is_theirs and knows,
        )
        return _Heard(found, code or str(Code.OK), answer)


def _known(
    connection: Connection, guid: str, device: str | None
) -> tuple[RegisteredPerson | None, bool]:
    """Give who is registered by an objectGUID, and whether a browser is theirs."""
    knows = people.knows_browser(connection, device, guid)
    return people.find(connection, guid), knows


def _refusal(
    answer: Answer, known: RegisteredPerson | None, purpose: VisitPurpose
) -> str | None:
    """Say why a visit is about nobody; None where it is about who was found."""
    asked = answer.self_service
    if not answer.ok:
        return str(answer.code)
    if answer.person is None or asked is None:
        return str(Code.NOT_ELIGIBLE)
    if purpose is VisitPurpose.STAFF:
        if not roles_of(asked.roles):
            return "no_role"
    elif not asked.eligible:
        return str(Code.NOT_ELIGIBLE)
    if known is None or known.registered is None:
        return "not_registered"
    return None if known.blocked is None else "blocked"


def _detail(answer: Answer) -> dict[str, Any]:
    """Give what the review looks at: whose account it is, and how it lay."""
    asked, state = answer.self_service, answer.state
    detail: dict[str, Any] = {"agent": answer.id}
    if asked is not None and asked.two_proof:
        detail["two_proof"] = True
    if state is not None and state.disabled:
        detail["disabled"] = True
    if state is not None and state.password_age_days is not None:
        detail["password_age_days"] = state.password_age_days
    return detail
