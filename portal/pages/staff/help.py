"""H1 of the help desk: whom is it about; and what other helpers ask to confirm."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.caller import MOST_REASON, CheckKind
from portal.journeys.sign_in_name import BadName
from portal.pages.page import STAFF
from portal.pages.staff.door import HELPERS, StaffDoor
from portal.visits.staff.calls import TOO_MANY_NAMES, Found, HelpCalls
from portal.visits.staff.sessions import StaffMember
from portal.web.forms import Form
from wire.printable import printable

HELP = f"{STAFF}/help"
_CONFIRMED = (CheckKind.IN_PERSON, CheckKind.SECOND)


class HelpPages:
    """Finds a person by an exact name, and has a second helper confirm."""

    def __init__(self, door: StaffDoor, calls: HelpCalls) -> None:
        self._door, self._calls = door, calls

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        door = self._door
        return [
            door.page(HELP, self.show, roles=HELPERS),
            door.act(HELP, self.find, roles=HELPERS, back=HELP, fresh=False),
            door.act(f"{HELP}/confirm", self.confirm, roles=HELPERS, back=HELP),
        ]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Ask whom it is about."""
        return await self._show(request, member, 200)

    async def find(self, request: Request, member: StaffMember, form: Form) -> Response:
        """Find who is meant, and go on to know who calls."""
        typed = form.text("name")
        reason = printable(" ".join(form.text("reason").split()), MOST_REASON)
        if not reason:
            return await self._show(request, member, 422, typed=typed, wrong="reason")
        origin = self._door.pages.origin(request)
        try:
            found = await self._calls.begin(member, typed, reason, origin)
        except BadName:
            return await self._show(request, member, 422, reason=reason, wrong="name")
        if isinstance(found, Found):
            return self._door.pages.go(f"{HELP}/{found.call.id}")
        own = {"typed": printable(typed, 256), "reason": reason}
        status = 429 if found.code == TOO_MANY_NAMES else 422
        return await self._show(
            request, member, status, wrong=found.code, detail=found.detail, **own
        )

    async def confirm(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Confirm what another helper asks for."""
        asked = {str(kind): kind for kind in _CONFIRMED}.get(form.text("kind"))
        origin = self._door.pages.origin(request)
        call = form.text("call")
        done = asked is not None and await self._calls.confirm(
            member, call, asked, origin
        )
        if done:
            return self._door.pages.go(f"{HELP}?done=confirmed")
        return await self._show(request, member, 422, wrong="confirm")

    async def _show(
        self, request: Request, member: StaffMember, status: int, **fields: str
    ) -> Response:
        waiting = await self._calls.waiting(member)
        own = {"typed": "", "reason": "", "wrong": "", "detail": "", **fields}
        return self._door.show(
            request,
            member,
            "staff/help",
            status,
            confirmed=request.query_params.get("done") == "confirmed",
            waiting=[
                {
                    "call": each.call.id,
                    "kind": str(each.kind),
                    "helper": each.helper,
                    "typed": each.call.typed,
                    "reason": each.call.reason,
                }
                for each in waiting
            ],
            **own,
        )
