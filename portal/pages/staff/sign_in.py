"""Signing in of those who work here: a name, a passkey, and out again.

Before the passkey nothing tells whether somebody exists, or works here.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.role import EVERY_ROLE
from portal.journeys.sign_in_name import BadName
from portal.journeys.visit import Visit, VisitPurpose
from portal.pages.page import STAFF, moment
from portal.pages.staff.door import PROVE, SIGN_IN, StaffDoor, own_page
from portal.visits.even_time import even_time
from portal.visits.forgotten import Forgotten, TooManyNames
from portal.visits.passkeys import PasskeyVerification
from portal.visits.staff.sessions import RolesUnknown, RolesWithdrawn, StaffMember
from portal.visits.verification import Closed, Proven, Wrong
from portal.web import cookies
from portal.web.forms import Form

PASSKEY = f"{STAFF}/passkey"


class StaffSignInPages:
    """Signs in and out, and has the passkey used again."""

    def __init__(
        self, door: StaffDoor, visits: Forgotten, passkeys: PasskeyVerification
    ) -> None:
        self._door, self._pages = door, door.pages
        self._visits, self._passkeys = visits, passkeys

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        door = self._door
        return [
            Route(SIGN_IN, self.name, methods=["GET"]),
            Route(SIGN_IN, self.begin, methods=["POST"]),
            Route(PASSKEY, self.passkey, methods=["GET"]),
            Route(PASSKEY, self.sign_in, methods=["POST"]),
            door.page(STAFF, self.home, roles=EVERY_ROLE),
            door.own_page(PROVE, self.ask_again),
            door.own_act(PROVE, self.prove),
            door.own_act(f"{STAFF}/sign-out", self.sign_out),
        ]

    async def name(self, request: Request) -> Response:
        """Ask who it is; of who is signed in it is known."""
        cookie = cookies.read(request, cookies.STAFF)
        if await self._door.sessions.find(cookie) is not None:
            return self._pages.go(STAFF)
        return self._pages.show(request, "staff/sign_in", wrong="", tries=0)

    async def begin(self, request: Request) -> Response:
        """Begin a visit for a name; it always goes on."""
        form = await self._pages.form(request, first=True)
        origin = self._pages.origin(request)
        try:
            async with even_time(self._pages.services.tick_s):
                begun = await self._visits.begin(
                    form.text("name"), VisitPurpose.STAFF, origin
                )
        except BadName:
            return self._pages.show(
                request, "staff/sign_in", 422, wrong="name", tries=0
            )
        if isinstance(begun, TooManyNames):
            return self._pages.show(request, "too_many", 429, until=moment(begun.until))
        response = self._pages.go(PASSKEY)
        cookies.keep(response, cookies.STAFF, begun.cookie)
        self._pages.remember_browser(request, response)
        return response

    async def passkey(self, request: Request) -> Response:
        """Ask for any passkey of this portal: the same page for everybody."""
        async with even_time(self._pages.services.tick_s):
            visit = await self._visit(request)
            if visit is None:
                return self._pages.go(SIGN_IN)
            options = await self._passkeys.ask(visit)
        return self._pages.show(request, "staff/passkey", options=options, proof=None)

    async def sign_in(self, request: Request) -> Response:
        """Take what the browser answered."""
        async with even_time(self._pages.services.tick_s) as even:
            answer = (await self._pages.form(request)).text("answer")
            visit = await self._visit(request)
            if visit is None:
                return self._pages.go(SIGN_IN)
            visit = await self._visits.settled(visit)
            origin = self._pages.origin(request)
            proof = await self._passkeys.by_passkey(visit, answer, origin)
            if isinstance(proof, Proven):
                even.release()
                return await self._begin_session(request, visit)
            if isinstance(proof, Closed):
                until = moment(proof.until)
                return self._pages.show(request, "too_many", 429, until=until)
            options = await self._passkeys.ask(visit)
            return self._pages.show(
                request, "staff/passkey", 422, options=options, proof=proof
            )

    async def home(self, request: Request, member: StaffMember) -> Response:
        """Show what somebody can do here."""
        return self._door.show(request, member, "staff/home")

    async def ask_again(self, request: Request, member: StaffMember) -> Response:
        """Ask for the passkey again, before something is changed."""
        to = own_page(request.query_params.get("to", ""))
        return await self._ask_again(request, member, to, None, 200)

    async def prove(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Take the passkey again, and go on to the page that was wanted."""
        to, origin = own_page(form.text("to")), self._pages.origin(request)
        proof = await self._passkeys.by_passkey(
            member.visit, form.text("answer"), origin
        )
        match proof:
            case Proven():
                return self._pages.go(to)
            case Closed(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case Wrong():
                return await self._ask_again(request, member, to, proof, 422)

    async def sign_out(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Sign out."""
        await self._door.sessions.close(member, self._pages.origin(request))
        response = self._pages.go(SIGN_IN)
        cookies.drop(response, cookies.STAFF)
        return response

    async def _begin_session(self, request: Request, visit: Visit) -> Response:
        origin = self._pages.origin(request)
        try:
            cookie = await self._door.sessions.open(visit, origin)
        except RolesUnknown:
            await self._door.sessions.refuse(visit, origin, "no_agent")
            return self._pages.show(request, "not_now", 503, reference="")
        except RolesWithdrawn:
            await self._door.sessions.refuse(visit, origin, "no_role")
            return self._pages.go(SIGN_IN)
        wanted = own_page(cookies.read(request, cookies.WANTED) or STAFF)
        response = self._pages.go(wanted)
        cookies.drop(response, cookies.WANTED)
        cookies.keep(response, cookies.STAFF, cookie)
        return response

    async def _visit(self, request: Request) -> Visit | None:
        """Give the visit of who signs in; None where there is none that is open."""
        cookie = cookies.read(request, cookies.STAFF)
        if await self._door.sessions.find(cookie) is not None:
            return None  # it is a session already
        visit = await self._visits.find(cookie)
        now = self._pages.services.clock()
        is_theirs = visit is not None and visit.purpose is VisitPurpose.STAFF
        return visit if visit and is_theirs and visit.is_open(now) else None

    async def _ask_again(
        self,
        request: Request,
        member: StaffMember,
        to: str,
        proof: Wrong | None,
        status: int,
    ) -> Response:
        options = await self._passkeys.ask(member.visit)
        return self._door.show(
            request,
            member,
            "staff/prove",
            status,
            options=options,
            proof=proof,
            wanted=to,
        )
