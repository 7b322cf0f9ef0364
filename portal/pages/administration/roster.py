"""A2, the other side: who could use self-service and has not registered."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.visits.administration.roster import NotRegistered, Rosters
from portal.visits.staff.sessions import StaffMember

ADDRESS = "/staff/people/roster"
_MOST = 64


class RosterPage:
    """Shows one page of an agent's list."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._rosters = door, Rosters(services)

    @property
    def routes(self) -> list[Route]:
        """The address of this page."""
        return [self._door.page(ADDRESS, self.show, roles=AUDITED)]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show who has not registered."""
        domains, params = self._rosters.domains, request.query_params
        wanted = params.get("domain", "")
        domain = wanted if wanted in domains else next(iter(domains), "")
        found: object = None
        if domain:
            cursor = params.get("cursor", "")[:_MOST] if wanted == domain else ""
            origin = self._door.pages.origin(request)
            found = await self._rosters.page(domain, cursor, member, origin)
        page = found if isinstance(found, NotRegistered) else None
        following = {"domain": domain, "cursor": page.cursor or ""} if page else {}
        return self._door.show(
            request,
            member,
            "administration/roster",
            domains=domains,
            domain=domain,
            page=page,
            code="" if found is None or page is not None else str(found),
            next=urlencode(following) if page and page.cursor else "",
        )
