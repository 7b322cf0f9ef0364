"""Has people register again: what they had counts no more, and they are told."""

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import people, proofs, sessions, visits
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.staff.sessions import StaffMember
from wire.self_service.proof_kind import ProofKind


class RegisterAgain:
    """Removes what people registered."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def require(
        self, guids: Iterable[str], member: StaffMember, origin: BrowserOrigin
    ) -> int:
        """Have people register again, and count them; nobody does it to themselves."""
        others = [guid for guid in guids if guid != member.person.guid]
        done = [
            await self._services.database.run(self._require, guid, member, origin)
            for guid in others
        ]
        return done.count(True)

    def _require(
        self,
        connection: Connection,
        guid: str,
        member: StaffMember,
        origin: BrowserOrigin,
    ) -> bool:
        own = self._services.proofs.of_person(connection, guid)
        if people.find(connection, guid) is None:
            return False
        addresses = [each.secret for each in own if each.kind is ProofKind.EMAIL]
        proofs.remove_all(connection, guid)
        people.must_register(connection, guid)
        sessions.end_all(connection, guid)
        visits.disown(connection, guid)
        self._notices.record(
            connection,
            EventKind.MUST_REGISTER_AGAIN,
            secrets.token_urlsafe(16),
            origin,
            person=guid,
            actor=member.person.guid,
            methods=len(own),
        )
        kind = "register_again"
        self._notices.tell(connection, guid, kind, origin, addresses, by_code=False)
        return True
