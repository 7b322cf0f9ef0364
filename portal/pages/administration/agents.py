"""A7: the agents and their keys, as the portal knows them; how they are replaced."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.agents.pool import Watched
from portal.pages.page import moment
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.visits.administrator_watch import in_groups
from portal.visits.staff.sessions import StaffMember

ADDRESS = "/staff/agents"


class AgentsPage:
    """Shows the agents of the settings."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services

    @property
    def routes(self) -> list[Route]:
        """The address of this page."""
        return [self._door.page(ADDRESS, self.show, roles=AUDITED)]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show them."""
        services, steady = self._services, time.monotonic()
        offset = services.clock() - steady
        agents = [_shown(each, steady, offset) for each in services.agents.agents]
        return self._door.show(
            request,
            member,
            "administration/agents",
            agents=agents,
            issuer=services.settings.issuer,
        )


def _shown(agent: Watched, steady: float, offset: float) -> dict[str, object]:
    address, said = agent.exchange.address, agent.said
    return {
        "name": address.name,
        "domain": address.domain,
        "relay": address.relay,
        "fingerprint": in_groups(address.fingerprint),
        "serves": agent.serves(steady),
        "restored": agent.is_restored,
        "failure": agent.failure,
        "starts": None if said is None else said.starts,
        "version": "" if said is None else said.version,
        "heard": moment(agent.heard + offset) if agent.heard else None,
    }
