"""All pages of administrators and auditors, for `portal.app`."""

from starlette.routing import Route

from portal.pages.administration.activity import ActivityPages
from portal.pages.administration.overview import OverviewPage
from portal.pages.staff.door import StaffDoor
from portal.services import Services


class AdministrationPages:
    """Each is behind the door."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._shown = (
            OverviewPage(door, services),
            ActivityPages(door, services),
        )

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [route for each in self._shown for route in each.routes]
