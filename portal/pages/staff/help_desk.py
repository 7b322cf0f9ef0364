"""The help desk's pages: find, know who calls, help."""

from starlette.routing import Route

from portal.pages.proofs import ProofPages
from portal.pages.staff.caller import CallerPages
from portal.pages.staff.door import StaffDoor
from portal.pages.staff.help import HelpPages
from portal.pages.staff.person import HelpedPersonPages
from portal.visits.staff.calls import HelpCalls
from portal.visits.staff.helped_person import HelpedPeople
from portal.visits.staff.helping import Helping
from portal.visits.verification import Verification


class HelpDeskPages:
    """All of them."""

    def __init__(
        self, door: StaffDoor, verification: Verification, proofs: ProofPages
    ) -> None:
        services = door.pages.services
        calls = HelpCalls(services)
        callers = CallerPages(door, calls, verification, proofs)
        people = HelpedPeople(services, calls, verification)
        helping = Helping(services, calls, verification)
        self._parts = (
            HelpPages(door, calls),
            callers,
            HelpedPersonPages(door, calls, callers, people, helping),
        )

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [route for part in self._parts for route in part.routes]
