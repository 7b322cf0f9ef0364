"""Reminds people by mail of what is not set up, or must be confirmed; not too often."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, people
from portal.keys.pepper import Purpose
from portal.limits.budget import REMINDERS_OF_PERSON
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.staff.sessions import StaffMember
from wire.self_service.proof_kind import ProofKind


@dataclass(frozen=True)
class Reminded:
    """How many were reminded, have no address here, or were reminded in this week."""

    sent: int
    without_address: int
    lately: int


class Reminders:
    """Queues the mails."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def remind(
        self, guids: Iterable[str], member: StaffMember, origin: BrowserOrigin
    ) -> Reminded:
        """Remind people, each in a transaction of its own: nobody waits for all."""
        found = [
            await self._services.database.run(self._remind, guid, member, origin)
            for guid in guids
        ]
        return Reminded(*(found.count(each) for each in ("sent", "address", "lately")))

    def _remind(
        self,
        connection: Connection,
        guid: str,
        member: StaffMember,
        origin: BrowserOrigin,
    ) -> str:
        services, now = self._services, self._services.clock()
        person = people.find(connection, guid)
        own = services.proofs.of_person(connection, guid)
        if person is None or not any(each.kind is ProofKind.EMAIL for each in own):
            return "address"
        digest = services.pepper.digest(Purpose.BUDGET, REMINDERS_OF_PERSON.name, guid)
        if not budgets.take(connection, REMINDERS_OF_PERSON, digest, now):
            return "lately"
        self._notices.record(
            connection,
            EventKind.REMINDED,
            secrets.token_urlsafe(16),
            origin,
            person=guid,
            actor=member.person.guid,
        )
        kind = "remind" if person.registered is None else "confirm_soon"
        self._notices.tell(connection, guid, kind, origin, by_code=False)
        return "sent"
