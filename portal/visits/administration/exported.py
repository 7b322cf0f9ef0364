"""Notes in the audit who took lists of people or events out of the portal."""

from portal.audit.event import EventKind
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.staff.sessions import StaffMember


class Exported:
    """Records what was written out, and by whom."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def note(
        self, member: StaffMember, what: str, form: str, origin: BrowserOrigin
    ) -> None:
        """Record that a list was written out."""
        await self._services.database.run(
            self._notices.record,
            EventKind.EXPORTED,
            member.visit.reference,
            origin,
            actor=member.person.guid,
            what=what,
            form=form,
        )
