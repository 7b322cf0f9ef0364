"""What the help desk does for a caller who proved who they are.

The agent is asked before each act whether this helper may help this person, also before
what only the portal keeps; what is written the portal signs with the helper's own
methods, and the agent checks those again. Nobody types a password for somebody else.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import Answer
from portal.agents.exchange import OutcomeUnknown
from portal.agents.relay_http import NoAnswer
from portal.audit.event import EventKind
from portal.database import budgets, people, proofs, sessions, visits
from portal.database.outbox import Message
from portal.journeys.caller import VerifiedCaller
from portal.keys.pepper import Purpose
from portal.limits.budget import CODES_TO_MANAGERS
from portal.notifications.messages import manager_mail
from portal.services import BrowserOrigin, Services
from portal.visits import registration_codes
from portal.visits.blocking import Blocking
from portal.visits.notices import HELP_DONE, Notices
from portal.visits.registration_codes import MadeCode, Mailed, RegistrationCodes
from portal.visits.staff.calls import HelpCalls, NotHelped, helper_of
from portal.visits.staff.helped_person import HelpedPerson
from portal.visits.staff.sessions import StaffMember
from portal.visits.verification import Verification
from wire.operation import Operation
from wire.outcomes import Code
from wire.secret import Secret
from wire.self_service.proof_kind import ProofKind

_WRITE_S = 20.0
SECOND_NEEDED = "second_needed"
# no sign that is taken for another one when it is read out
_GROUPS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")
_GROUP_LENGTH, _FEWEST_GROUPS = 4, 4


@dataclass(frozen=True)
class Helped:
    """What became of it: `code` as the agent says, empty where the portal did it.

    `no_agent`: nothing was sent; `unknown_result`: it may be done. `password` is the
    one-time password of a reset, to be shown once.
    """

    code: str = ""
    detail: str = ""
    reference: str = ""
    password: Secret | None = field(default=None, repr=False)

    @property
    def is_done(self) -> bool:
        """Whether it is done."""
        return self.code in HELP_DONE


_Change = Callable[[Connection, VerifiedCaller, BrowserOrigin], None]


class Helping:
    """Helps."""

    def __init__(
        self, services: Services, calls: HelpCalls, verification: Verification
    ) -> None:
        self._services, self._calls = services, calls
        self._verification, self._notices = verification, Notices(services)
        self._codes = RegistrationCodes(services)

    async def unlock(
        self, member: StaffMember, caller: VerifiedCaller, origin: BrowserOrigin
    ) -> Helped:
        """Unlock the account; the password stays."""
        helper = helper_of(member, caller, origin)
        user = requests.by_guid(caller.call.guid)
        claims = requests.helped(helper, Operation.UNLOCK, user)
        helped = await self._written(caller, claims)
        return await self._noted(caller, EventKind.ACCOUNT_UNLOCKED, helped, origin)

    async def reset(
        self, member: StaffMember, person: HelpedPerson, origin: BrowserOrigin
    ) -> Helped:
        """Set a password that is made here, to be changed at the next sign-in.

        `second_needed` where the person asks for two helpers, and there was one.
        """
        caller, policy = person.caller, person.answer.policy
        if not person.has_enough_helpers:
            return Helped(SECOND_NEEDED)
        helper = helper_of(member, caller, origin)
        least = 0 if policy is None else policy.min_length or 0
        password = one_time_password(least)
        user = requests.by_guid(caller.call.guid)
        claims = requests.helped_reset(helper, user, password)
        helped = await self._written(caller, claims)
        helped = await self._noted(caller, EventKind.PASSWORD_RESET, helped, origin)
        if not helped.is_done:
            return helped
        run = self._services.database.run
        # who signed in with the password of before may be somebody else
        await run(sessions.end_all, caller.call.guid)
        return Helped(helped.code, helped.detail, helped.reference, password)

    async def registration_code(
        self,
        member: StaffMember,
        person: HelpedPerson,
        origin: BrowserOrigin,
        mailed: Mailed | None = None,
    ) -> MadeCode | Helped:
        """Make a code by which the person registers anew, without a password.

        `second_needed` as above; `not_eligible` of whom the agent lets not register.
        `mailed` makes the mail that takes it to somebody else.
        """
        call = person.caller.call
        if person.policy is None:
            return Helped(str(Code.NOT_ELIGIBLE), person.answer.detail)
        if not person.has_enough_helpers:
            return Helped(SECOND_NEEDED)
        helper = registration_codes.helper_of(
            member.person.guid, call.reason, member.used
        )
        try:
            return await self._codes.make(
                call.guid,
                call.domain,
                minutes=registration_codes.USUAL_MINUTES,
                helper=helper,
                origin=origin,
                reference=call.reference,
                mailed=mailed,
            )
        except ValueError:  # what the helper proved ends before the code would
            return Helped(str(Code.NOT_ENOUGH_PROOFS))

    async def code_to_manager(
        self, member: StaffMember, person: HelpedPerson, origin: BrowserOrigin
    ) -> Helped:
        """Have such a code mailed to the person's manager; nobody here sees it.

        `operation_off` where there is none who can be told, `too_many_mails` where that
        one got many.
        """
        manager, call = person.manager, person.caller.call
        if manager is None:
            return Helped(str(Code.OPERATION_OFF))
        if not person.has_enough_helpers:
            return Helped(SECOND_NEEDED)
        if not await self._services.database.run(self._may_write_to, manager.mail):
            return Helped("too_many_mails")

        def mailed(made: MadeCode) -> Message:
            return manager_mail(
                self._services.settings,
                self._services.templates,
                manager.mail,
                origin.language,
                person=call.shown,
                code=made.text,
                ends=datetime.fromtimestamp(made.ends, UTC),
                help_phone=self._services.agents.help.phone,
                reference=call.reference,
            )

        made = await self.registration_code(member, person, origin, mailed)
        return made if isinstance(made, Helped) else Helped()

    def _may_write_to(self, connection: Connection, address: str) -> bool:
        services, budget = self._services, CODES_TO_MANAGERS
        digest = services.pepper.digest(Purpose.BUDGET, budget.name, address)
        return budgets.take(connection, budget, digest, services.clock())

    async def remove(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        proof: str,
        origin: BrowserOrigin,
    ) -> Helped:
        """Remove one method, such as that of a phone that was lost."""

        def change(
            connection: Connection, caller: VerifiedCaller, origin: BrowserOrigin
        ) -> None:
            guid = caller.call.guid
            own = self._services.proofs.of_person(connection, guid)
            removed = next((each for each in own if each.id == proof), None)
            if removed is None or not proofs.remove(connection, guid, proof):
                return
            also = [removed.secret] if removed.kind is ProofKind.EMAIL else []
            kind = EventKind.METHOD_REMOVED
            self._notices.helped(
                connection, kind, caller, origin, also=also, method=str(removed.kind)
            )

        return await self._changed(member, caller, change, origin)

    async def register_again(
        self, member: StaffMember, caller: VerifiedCaller, origin: BrowserOrigin
    ) -> Helped:
        """Remove all methods, so that the person sets them up anew."""

        def change(
            connection: Connection, caller: VerifiedCaller, origin: BrowserOrigin
        ) -> None:
            guid = caller.call.guid
            # they are told where they were until now
            kind = EventKind.MUST_REGISTER_AGAIN
            self._notices.helped(connection, kind, caller, origin)
            proofs.remove_all(connection, guid)
            people.must_register(connection, guid)
            sessions.end_all(connection, guid)
            visits.disown(connection, guid)

        return await self._changed(member, caller, change, origin)

    async def block(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        origin: BrowserOrigin,
        *,
        blocked: bool,
    ) -> Helped:
        """Switch self-service off for the person, or on again."""

        def change(
            connection: Connection, caller: VerifiedCaller, origin: BrowserOrigin
        ) -> None:
            call, blocking = caller.call, Blocking(self._services)
            own: dict[str, Any] = {
                "reference": call.reference,
                "actor": call.helper,
                "reason": call.reason,
                "known_by": list(caller.how),
            }
            if blocked:
                blocking.block(connection, call.guid, origin, by="help_desk", **own)
            else:
                blocking.clear(connection, call.guid, origin, **own)

        return await self._changed(member, caller, change, origin)

    async def clear_tries(
        self, member: StaffMember, caller: VerifiedCaller, origin: BrowserOrigin
    ) -> Helped:
        """Give the person new tries, in each browser."""

        def change(
            connection: Connection, caller: VerifiedCaller, origin: BrowserOrigin
        ) -> None:
            call = caller.call
            names = (call.typed, call.upn, call.upn.partition("@")[0])
            self._verification.clear_tries(connection, call.guid, names)
            kind = EventKind.TRIES_CLEARED
            self._notices.helped(connection, kind, caller, origin)

        return await self._changed(member, caller, change, origin)

    async def _changed(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        change: _Change,
        origin: BrowserOrigin,
    ) -> Helped:
        """Change what the portal keeps, where the agent lets this helper help."""
        helper = helper_of(member, caller, origin)
        asked = await self._calls.asked(member, caller.call, helper)
        if isinstance(asked, NotHelped):
            return Helped(asked.code, asked.detail)
        await self._services.database.run(change, caller, origin)
        return Helped()

    async def _written(self, caller: VerifiedCaller, claims: dict[str, Any]) -> Helped:
        agent = await self._services.agents.chosen(caller.call.domain)
        if agent is None:
            return Helped("no_agent")
        try:
            answer = await agent.ask(claims, _WRITE_S)
        except NoAnswer:
            return Helped("no_agent")
        except OutcomeUnknown:
            return Helped(str(Code.UNKNOWN_RESULT))
        return _said(answer)

    async def _noted(
        self,
        caller: VerifiedCaller,
        kind: EventKind,
        helped: Helped,
        origin: BrowserOrigin,
    ) -> Helped:
        def note(connection: Connection) -> None:
            self._notices.helped(
                connection,
                kind,
                caller,
                origin,
                code=helped.code,
                reference=helped.reference,
            )

        await self._services.database.run(note)
        return helped


def one_time_password(least: int) -> Secret:
    """Make a password that can be read out: groups of upper, lower case and digits."""
    groups = max(_FEWEST_GROUPS, -(-(least + 1) // (_GROUP_LENGTH + 1)))
    spelled = [
        "".join(secrets.choice(_GROUPS[(at + n) % 3]) for n in range(_GROUP_LENGTH))
        for at in range(groups)
    ]
    return Secret("-".join(spelled))


def _said(answer: Answer) -> Helped:
    return Helped(str(answer.code), answer.detail or answer.admin, answer.id)
