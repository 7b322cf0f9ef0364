"""Records what was done to a person's account, and tells them on every address."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from portal.audit.event import Event, EventKind
from portal.database import budgets, not_me_codes, people
from portal.journeys.caller import VerifiedCaller
from portal.keys.pepper import Purpose
from portal.limits.budget import LIMIT_NOTED, Budget
from portal.methods import not_me_code
from portal.notifications.messages import NOTICE_S, notices
from portal.services import BrowserOrigin, Services
from portal.visits.administrator_notices import AdministratorNotices
from wire.self_service.proof_kind import ProofKind

# something was done: the directory says `partial` of a later step
HELP_DONE = frozenset({"", "ok", "partial"})
# of the hash of a typed name: enough to tell names apart
NAME_SIGNS = 16
# what others do to an account is told whatever the settings say
_BY_POLICY = frozenset(
    {"reset", "change", "unlock", "method_added", "method_removed", "registered"}
)


class Notices:
    """Writes events and queues mails, in the transaction of what was done."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._administrators = AdministratorNotices(services)

    def record(
        self,
        connection: Connection,
        /,
        kind: EventKind,
        reference: str,
        origin: BrowserOrigin,
        *,
        person: str | None = None,
        actor: str | None = None,
        code: str = "",
        **detail: Any,
    ) -> None:
        """Add an event to the audit; `actor` did it where it is not the person."""
        event = Event(
            kind=kind,
            at=int(self._services.clock()),
            reference=reference,
            person=person,
            actor=actor,
            code=code,
            detail=detail,
            address=origin.address,
            browser=origin.agent,
        )
        self._services.events.append(connection, event)
        self._administrators.of_event(connection, event)

    def limit_reached(
        self,
        connection: Connection,
        budget: Budget,
        owner: str,
        reference: str,
        origin: BrowserOrigin,
        *,
        person: str | None = None,
    ) -> None:
        """Record that a budget is used up, now and then only; `owner` is its hash."""
        services, kind = self._services, EventKind.LIMIT_REACHED
        own = services.pepper.digest(Purpose.BUDGET, LIMIT_NOTED.name, owner)
        if budgets.take(connection, LIMIT_NOTED, own, services.clock()):
            limit = budget.name
            self.record(connection, kind, reference, origin, person=person, limit=limit)

    def helped(
        self,
        connection: Connection,
        /,
        kind: EventKind,
        caller: VerifiedCaller,
        origin: BrowserOrigin,
        *,
        code: str = "",
        reference: str = "",
        also: Iterable[str] = (),
        **detail: Any,
    ) -> None:
        """Record what the help desk did for somebody, and tell them on each address.

        All that the help desk does for a person comes through here: what is to be told
        to administrators as well begins here. `caller` says who helped, whom, why, how
        it was known who called, and whether there was a second helper.
        """
        call = caller.call
        self.record(
            connection,
            kind,
            reference or call.reference,
            origin,
            person=call.guid,
            actor=call.helper,
            code=code,
            reason=call.reason,
            known_by=list(caller.how),
            visit=call.reference,
            **detail,
        )
        if code not in HELP_DONE:
            return
        shown = {"act": str(kind), "reference": reference or call.reference}
        own = {**shown, "method": "", **detail}
        self.tell(connection, call.guid, "helped", origin, also, **own)

    def tell(
        self,
        connection: Connection,
        guid: str,
        kind: str,
        origin: BrowserOrigin,
        also: Iterable[str] = (),
        *,
        by_code: bool = True,
        **fields: Any,
    ) -> None:
        """Tell a person by mail, at each address that they have, and had until now.

        `by_code`: with a code by which they say that it was not them.
        """
        services, now = self._services, self._services.clock()
        person = people.find(connection, guid)
        if person is None or not self._is_told(kind, person.domain):
            return
        own = services.proofs.of_person(connection, guid)
        mails = [each.secret for each in own if each.kind is ProofKind.EMAIL]
        to = list(dict.fromkeys([*mails, *also]))
        if not to:
            return
        named = {
            "address": origin.address,
            "help_phone": services.agents.help.phone,
            "not_me": self._not_me_code(connection, guid) if by_code else "",
            **fields,
        }
        for message in notices(
            services.settings,
            services.templates,
            kind,
            person,
            addresses=to,
            now=now,
            **named,
        ):
            services.outbox.put(connection, message, now, NOTICE_S)

    def _is_told(self, kind: str, domain: str) -> bool:
        """Whether an agent of their domain has people told of what they did."""
        offered = [
            each.said.self_service
            for each in self._services.agents.agents
            if each.said is not None and each.exchange.address.domain == domain
        ]
        wanted = not offered or any(each.notify.person for each in offered)
        return wanted or kind not in _BY_POLICY

    def _not_me_code(self, connection: Connection, guid: str) -> str:
        services, code = self._services, not_me_code.new_code()
        digest = services.pepper.digest(Purpose.NOT_ME, not_me_code.typed(code))
        ends = int(services.clock()) + not_me_code.LIFETIME_S
        not_me_codes.add(connection, digest, guid, ends)
        return code
