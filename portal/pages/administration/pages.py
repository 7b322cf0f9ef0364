"""All pages of administrators and auditors, for `portal.app`."""

from starlette.routing import Route

from portal.pages.administration.activity import ActivityPages
from portal.pages.administration.agents import AgentsPage
from portal.pages.administration.messages import MessagesPage
from portal.pages.administration.overview import OverviewPage
from portal.pages.administration.people import PeoplePages
from portal.pages.administration.policy import PolicyPage
from portal.pages.administration.review import ReviewPage
from portal.pages.administration.roster import RosterPage
from portal.pages.staff.door import StaffDoor
from portal.services import Services


class AdministrationPages:
    """Each is behind the door."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._shown = (
            OverviewPage(door, services),
            PeoplePages(door, services),
            RosterPage(door, services),
            PolicyPage(door, services),
            ActivityPages(door, services),
            ReviewPage(door, services),
            MessagesPage(door, services),
            AgentsPage(door, services),
        )

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [route for each in self._shown for route in each.routes]
