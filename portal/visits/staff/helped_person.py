"""What the help desk sees of a caller who proved who they are, and why they can't.

The agent says how the account is and what would come of a reset; the portal adds what
is registered here. Each link of the chain is there, good ones too.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer, Judged
from portal.agents.pool import NoAgent
from portal.database import people
from portal.database.people import RegisteredPerson
from portal.database.proofs import RegisteredMethod
from portal.journeys.caller import VerifiedCaller
from portal.journeys.policy import AccountState, Manager, SelfServicePolicy
from portal.methods.email_address import BadAddress, email_address
from portal.services import BrowserOrigin, Services
from portal.visits.registration import registered_worth
from portal.visits.staff.calls import HelpCalls, NotHelped, helper_of
from portal.visits.staff.sessions import StaffMember
from portal.visits.verification import Verification
from wire.operation import Operation

_DAY_S, _HOUR_S = 86_400, 3600


class Link(StrEnum):
    """One link of the chain between a person and a new password."""

    ELIGIBLE = "eligible"
    OPERATION = "operation"
    BLOCKED = "blocked"
    METHODS = "methods"
    DUE = "due"
    NEW = "new"
    TRIES = "tries"
    RESET = "reset"
    UNLOCK = "unlock"


@dataclass(frozen=True)
class Found:
    """How one link is: `holds` is None where it is not known.

    `why` is the agent's name for it; `until` when time alone mends it (Unix seconds);
    `allowed_from` is where what lacks may be registered, as the agent has it.
    """

    link: Link
    holds: bool | None
    why: str = ""
    have: int = 0
    need: int = 0
    until: float = 0.0
    allowed_from: str = ""


@dataclass(frozen=True)
class HelpedPerson:
    """A caller as they are now.

    `manager` is whom a registration code may be mailed to; None: nobody.
    """

    caller: VerifiedCaller
    known: RegisteredPerson | None
    methods: tuple[RegisteredMethod, ...]
    policy: SelfServicePolicy | None
    state: AccountState | None
    answer: Answer
    chain: tuple[Found, ...]
    manager: Manager | None

    @property
    def two_proof(self) -> bool:
        """Whether two helpers are needed for what gives access.

        Of whom the agent does not say it, they are.
        """
        return self.policy is None or self.policy.two_proof

    @property
    def has_enough_helpers(self) -> bool:
        """Whether what gives access may be done now."""
        return self.caller.two_helpers or not self.two_proof


class HelpedPeople:
    """Reads how callers are."""

    def __init__(
        self, services: Services, calls: HelpCalls, verification: Verification
    ) -> None:
        self._services, self._calls = services, calls
        self._verification = verification

    async def read(
        self, member: StaffMember, caller: VerifiedCaller, origin: BrowserOrigin
    ) -> HelpedPerson | NotHelped:
        """Ask how a caller is now; NotHelped where no agent says, or not to them."""
        helper, call = helper_of(member, caller, origin), caller.call
        judged = await self._calls.asked(member, call, helper)
        if isinstance(judged, NotHelped):
            return judged
        user = requests.by_guid(call.guid)
        claims = requests.helped(helper, "lookup", user, purpose="help_desk")
        try:
            said, _ = await self._services.agents.read(call.domain, claims)
        except NoAgent:
            return NotHelped("no_agent")
        run = self._services.database.run
        return await run(self._put_together, caller, said, judged)

    def _put_together(
        self,
        connection: Connection,
        caller: VerifiedCaller,
        said: Answer,
        judged: Answer,
    ) -> HelpedPerson:
        guid, now = caller.call.guid, self._services.clock()
        known = people.find(connection, guid)
        own = self._services.proofs.of_person(connection, guid)
        closed = self._verification.closed_until(
            connection, guid, caller.call.upn or caller.call.typed
        )
        policy = said.self_service
        chain = (
            *_by_policy(said, policy),
            Found(Link.BLOCKED, known is None or known.blocked is None),
            *_by_methods(own, policy, now),
            Found(Link.TRIES, not closed, until=closed),
            *_by_verdict(judged),
        )
        manager = _reachable(said) if self._services.settings.mail else None
        return HelpedPerson(
            caller, known, own, policy, said.state, judged, chain, manager
        )


def _reachable(said: Answer) -> Manager | None:
    """Give the manager that an agent names, where mail can go there."""
    manager = None if said.person is None else said.person.manager
    try:
        address = email_address(manager.mail if manager else "")
    except BadAddress:
        return None
    return manager and manager.model_copy(update={"mail": address})


def _by_policy(said: Answer, policy: SelfServicePolicy | None) -> tuple[Found, ...]:
    if policy is None or not policy.eligible:
        return (Found(Link.ELIGIBLE, holds=False, why=said.why or str(said.code)),)
    return (
        Found(Link.ELIGIBLE, holds=True),
        Found(Link.OPERATION, Operation.RESET in policy.operations),
    )


def _by_methods(
    own: tuple[RegisteredMethod, ...], policy: SelfServicePolicy | None, now: float
) -> tuple[Found, ...]:
    if policy is None:
        return ()
    have = registered_worth(own, policy)
    enough = Found(
        Link.METHODS,
        have >= policy.proofs,
        have=have,
        need=policy.proofs,
        allowed_from=policy.registration.allowed_from,
    )
    if not own:
        return (enough,)
    registration = policy.registration
    last = [max(each.confirmed or 0, each.registered) for each in own]
    days, hours = registration.confirm_days, registration.wait_hours
    due = bool(days) and any(now - each > days * _DAY_S for each in last)
    ready = [each.registered + hours * _HOUR_S for each in own]
    waits = max((at for at in ready if at > now), default=0.0)
    return (
        enough,
        Found(Link.DUE, not due, need=days),
        Found(Link.NEW, not waits, until=waits),
    )


def _by_verdict(judged: Answer) -> tuple[Found, ...]:
    verdict = judged.verdict
    if verdict is None:
        return ()
    each = ((Link.RESET, verdict.reset), (Link.UNLOCK, verdict.unlock))
    return tuple(_judged(link, answer) for link, answer in each)


def _judged(link: Link, answer: Judged) -> Found:
    holds = {"yes": True, "no": False}.get(answer.state)
    until = 0.0 if answer.until is None else answer.until.timestamp()
    return Found(link, holds, why=answer.cause, until=until)
