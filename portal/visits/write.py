"""Writes: a new password or an unlock, by who proved enough; and what became of it.

Enough is counted from the rows of what was proven, here, right before the seal. A visit
is good for one write. Where a password was sent and nothing came back, the same token
goes to the same agent again, and nobody is asked to try another time.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange, OutcomeUnknown
from portal.agents.pool import NoAgent
from portal.agents.relay_http import NoAnswer
from portal.audit.event import EventKind
from portal.database import people, sessions, visits
from portal.journeys.visit import (
    Entitled,
    Missing,
    SeenVisit,
    Visit,
    entitled,
)
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.proven import proven
from wire.operation import Operation
from wire.outcomes import Code
from wire.secret import Secret
from wire.sent_request import SentRequest

_WRITE_S = 20.0
_SETTLE_S = 100.0
_MOST_KEPT = 200
_DONE = frozenset({Code.OK, Code.PARTIAL})
# nothing was written, and another time may do better
PASSING = frozenset(
    {
        Code.PAUSED,
        Code.TOO_MANY,
        Code.BREAKER_OPEN,
        Code.DIRECTORY_UNAVAILABLE,
        Code.DIRECTORY_REFUSED_AGENT,
        Code.CANNOT_RECORD,
        Code.INTERNAL,
    }
)


@dataclass(frozen=True)
class Written:
    """It is done, or a part of it (`partial`); `ms` is what the person waited.

    `operation` is what was sent, whatever this press asked for.
    """

    operation: Operation
    answer: Answer
    ms: float

    @property
    def partial(self) -> bool:
        """Whether a later step was refused."""
        return self.answer.code is Code.PARTIAL


@dataclass(frozen=True)
class WriteRefused:
    """The agent or the directory refused what was sent; nothing was written."""

    operation: Operation
    answer: Answer


@dataclass(frozen=True)
class NotKnown:
    """What became of it nobody said yet; `Writing.outcome` asks again.

    `operation` is what was sent; None where another node sent it, or nobody did.
    """

    operation: Operation | None


@dataclass(frozen=True)
class NotPossible:
    """No agent can serve now; nothing was sent."""


# what is asked for, of who proved enough
Claims = Callable[[Entitled], dict[str, Any]]
Outcome = Written | WriteRefused | NotKnown | NotPossible | Missing


class Writing:
    """Sends what entitled people ask for."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        # what was sent and not answered: by visit, in this process alone, sealed
        self._open: dict[str, tuple[AgentExchange, SentRequest, float]] = {}
        self._under_way: dict[str, asyncio.Task[Outcome]] = {}

    async def rules(self, person: Entitled) -> Answer | NotPossible:
        """Ask which rules a new password must meet, and from when on."""
        claims = requests.check(person, None)
        try:
            answer, _ = await self._services.agents.read(person.domain, claims)
        except NoAgent:
            return NotPossible()
        return answer

    async def set_password(
        self, seen: SeenVisit, password: Secret, origin: BrowserOrigin
    ) -> Outcome:
        """Set a new password where enough was proven."""
        return await self._write(
            seen, lambda person: requests.reset(person, password), origin
        )

    async def unlock(self, seen: SeenVisit, origin: BrowserOrigin) -> Outcome:
        """Unlock the account where enough was proven."""
        return await self._write(seen, requests.unlock, origin)

    async def outcome(self, visit: Visit, origin: BrowserOrigin) -> Outcome:
        """Ask once more what became of a write, by the same token."""
        held = self._open.get(visit.id)
        if held is None:
            return NotKnown(None)
        agent, sent, began = held
        try:
            deadline = time.monotonic() + _WRITE_S
            answer = await agent.send(sent, deadline, again=True)
        except OutcomeUnknown:
            if time.monotonic() - began > _SETTLE_S:
                self._open.pop(visit.id, None)
            return NotKnown(_operation(sent))
        return await self._settled(visit, answer, began, origin, _operation(sent))

    async def is_known(self, visit: Visit) -> bool:
        """Whether `outcome` would say something else by now; nothing is settled.

        By the same token: the agent does what it stands for once, however often it
        comes. What is not known for too long is no reason to wait on.
        """
        held = self._open.get(visit.id)
        if held is None:
            return False
        agent, sent, began = held
        if time.monotonic() - began > _SETTLE_S:
            return True
        try:
            answer = await agent.send(sent, time.monotonic() + _WRITE_S, again=True)
        except OutcomeUnknown:
            return False
        return answer.code is not Code.UNKNOWN_RESULT

    async def _write(
        self,
        seen: SeenVisit,
        claims: Claims,
        origin: BrowserOrigin,
    ) -> Outcome:
        """Write once, however often it is pressed: the first one counts.

        Also one of another operation is told what became of the first.
        """
        standing, visit = seen.standing(self._services.clock()), seen.visit
        if isinstance(standing, Missing):
            return standing  # before an agent is asked: how long that takes tells
        first = self._under_way.get(visit.id)
        if first is None:
            work = self._write_once(visit, standing.agent, claims, origin)
            first = asyncio.get_running_loop().create_task(work)
            self._under_way[visit.id] = first
            first.add_done_callback(lambda task: self._ended(visit.id, task))
        return await asyncio.shield(first)

    def _ended(self, visit: str, task: "asyncio.Task[Outcome]") -> None:
        """Forget what may be tried again; a press at the end is told of what is done.

        Of so many at most: the visit itself is closed.
        """
        failed = task.cancelled() or task.exception() is not None
        if failed or not isinstance(task.result(), Written):
            del self._under_way[visit]
        done = [own_id for own_id, each in self._under_way.items() if each.done()]
        for own_id in done[:-_MOST_KEPT]:
            del self._under_way[own_id]

    async def _write_once(
        self,
        visit: Visit,
        preferred: str,
        claims_of: Claims,
        origin: BrowserOrigin,
    ) -> Outcome:
        if visit.id in self._open:
            return await self.outcome(visit, origin)
        began, run = time.monotonic(), self._services.database.run
        # at once: neither waits for what the other finds
        person, agent = await asyncio.gather(
            run(self._claim, visit),
            self._services.agents.chosen(visit.domain, preferred),
        )
        if isinstance(person, Missing):
            return person
        if person is None:
            return await self._not_ours(visit)
        claims = claims_of(person)
        try:
            sent = None if agent is None else await agent.seal(claims, _WRITE_S)
        except NoAnswer:
            sent = None
        if agent is None or sent is None:
            await run(visits.release, visit.id)
            return NotPossible()
        self._open[visit.id] = (agent, sent, began)
        try:
            answer = await agent.send(sent, began + _WRITE_S)
            if answer.code is Code.STALE_KEY:
                await agent.fetch_keys()
                sent = await agent.seal(claims, _WRITE_S)
                self._open[visit.id] = (agent, sent, began)
                answer = await agent.send(sent, began + _WRITE_S)
        except (OutcomeUnknown, NoAnswer):
            return NotKnown(_operation(sent))
        return await self._settled(visit, answer, began, origin, _operation(sent))

    def _claim(self, connection: Connection, visit: Visit) -> Entitled | Missing | None:
        """Take a visit to write for it where enough was proven, counted here.

        None where another node has it, or it is over.
        """
        services, now = self._services, self._services.clock()
        taken = proven(services, connection, visit.id, visit.guid)
        person = entitled(visit, taken, now)
        if isinstance(person, Missing):
            return person
        is_ours = visits.claim(connection, visit.id, now, _SETTLE_S)
        return person if is_ours else None

    async def _not_ours(self, visit: Visit) -> Missing | NotKnown:
        """Say why nothing was sent: another node does, or the visit is over.

        Or self-service was switched off for the person since they proved enough.
        """
        run, now = self._services.database.run, self._services.clock()
        is_claimed = await run(visits.is_claimed, visit.id, now)
        return NotKnown(None) if is_claimed else Missing(0, 1)

    async def _settled(
        self,
        visit: Visit,
        answer: Answer,
        began: float,
        origin: BrowserOrigin,
        operation: Operation,
    ) -> Outcome:
        if answer.code is Code.UNKNOWN_RESULT:
            return NotKnown(operation)
        database, ms = self._services.database, (time.monotonic() - began) * 1000
        work = database.run(self._note, visit, answer, origin, operation, ms=ms)
        await asyncio.shield(work)
        self._open.pop(visit.id, None)
        if answer.code not in _DONE:
            await database.run(visits.release, visit.id)
            return WriteRefused(operation, answer)
        return Written(operation, answer, (time.monotonic() - began) * 1000)

    def _note(
        self,
        connection: Connection,
        visit: Visit,
        answer: Answer,
        origin: BrowserOrigin,
        operation: Operation,
        *,
        ms: float,
    ) -> None:
        """Record what became of it, tell the person, and end the visit; once."""
        now, is_done = self._services.clock(), answer.code in _DONE
        if is_done and not visits.close(connection, visit.id, now):
            return
        self._notices.record(
            connection,
            _EVENTS[operation],
            answer.id or visit.reference,
            origin,
            person=visit.guid,
            code=str(answer.code),
            visit=visit.reference,
            ms=round(ms),
            **_two_proof(visit),
        )
        if not is_done or visit.guid is None:
            return
        person = people.find(connection, visit.guid)
        is_on = person is not None and person.blocked is None
        if person is not None and is_on and origin.device is not None:
            people.know_browser(connection, origin.device, person, int(now))
        if operation is Operation.RESET:
            # who signed in with the password of before may be somebody else
            sessions.end_all(connection, visit.guid)
        self._notices.tell(
            connection, visit.guid, str(operation), origin, reference=answer.id
        )


def _operation(sent: SentRequest) -> Operation:
    return Operation(str(sent.claims["op"]))


def _two_proof(visit: Visit) -> dict[str, Any]:
    """Say of a visit whether two methods are asked of this person, always."""
    is_two = visit.asked is not None and visit.asked.two_proof
    return {"two_proof": True} if is_two else {}


_EVENTS = {
    Operation.RESET: EventKind.PASSWORD_RESET,
    Operation.UNLOCK: EventKind.ACCOUNT_UNLOCKED,
}
