"""A3: what people may do, as the agents say it; the wizard on each server decides."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.agents.differences import policies
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.visits.administrator_watch import statements
from portal.visits.staff.sessions import StaffMember

ADDRESS = "/staff/policy"


class PolicyPage:
    """Shows the policy of each domain, and where its agents differ."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services

    @property
    def routes(self) -> list[Route]:
        """The address of this page."""
        return [self._door.page(ADDRESS, self.show, roles=AUDITED)]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show it; an agent that was never heard says nothing."""
        heard = statements(self._services)
        known = {each.name for each in heard}
        silent = [
            each.exchange.address.name
            for each in self._services.agents.agents
            if each.exchange.address.name not in known
        ]
        return self._door.show(
            request,
            member,
            "administration/policy",
            policies=policies(heard),
            silent=silent,
        )
