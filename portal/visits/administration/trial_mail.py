"""A mail to an administrator's own addresses, by which they see that mails arrive."""

import secrets

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets
from portal.keys.pepper import Purpose
from portal.limits.budget import TEST_MESSAGES
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.staff.sessions import StaffMember
from wire.self_service.proof_kind import ProofKind


class TrialMail:
    """Queues it; the queue says what became of it."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def send(self, member: StaffMember, origin: BrowserOrigin) -> str:
        """Give `sent`, `address` where they registered none, or `limit`."""
        return await self._services.database.run(self._send, member, origin)

    def _send(
        self, connection: Connection, member: StaffMember, origin: BrowserOrigin
    ) -> str:
        services, guid = self._services, member.person.guid
        own = services.proofs.of_person(connection, guid)
        if not any(each.kind is ProofKind.EMAIL for each in own):
            return "address"
        digest = services.pepper.digest(Purpose.BUDGET, TEST_MESSAGES.name, guid)
        if not budgets.take(connection, TEST_MESSAGES, digest, services.clock()):
            return "limit"
        reference = secrets.token_urlsafe(16)
        self._notices.record(
            connection,
            EventKind.MESSAGE_TESTED,
            reference,
            origin,
            actor=guid,
            channel="mail",
        )
        self._notices.tell(
            connection, guid, "test", origin, by_code=False, reference=reference
        )
        return "sent"
