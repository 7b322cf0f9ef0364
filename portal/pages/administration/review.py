"""A5: what asks for a look, each with what was seen, why it matters and what to do."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.database import people
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.review.finding import Finding
from portal.services import Services
from portal.visits.administration.reviews import Reviews
from portal.visits.staff.sessions import StaffMember

ADDRESS = "/staff/review"
_DAYS = (1, 7, 30)
_MOST = 100


class ReviewPage:
    """Shows the findings of some days."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services
        self._reviews = Reviews(services)

    @property
    def routes(self) -> list[Route]:
        """The address of this page."""
        return [self._door.page(ADDRESS, self.show, roles=AUDITED)]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show them, what was seen last first."""
        wanted = request.query_params.get("days", "7")
        days = int(wanted) if wanted in map(str, _DAYS) else 7
        found = await self._reviews.of_days(days)
        shown = found[:_MOST]
        guids = sorted({each.person for each in shown if each.person})
        names = await self._services.database.read(people.names, guids)
        return self._door.show(
            request,
            member,
            "administration/review",
            findings=[_row(each, names) for each in shown],
            total=len(found),
            days=days,
            choices=_DAYS,
        )


def _row(found: Finding, names: dict[str, str]) -> dict[str, object]:
    return {
        "pattern": str(found.pattern),
        "fields": {"address": found.address, **found.what.fields},
        "person": found.person or "",
        "name": names.get(found.person or "", ""),
        "address": found.address,
        "last": found.events[-1],
        "count": len(found.events),
    }
