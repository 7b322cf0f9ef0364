"""Signing in of those who work here: a name, a passkey, and out again.

Before the passkey nothing tells whether somebody exists, or works here.
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.role import EVERY_ROLE
from portal.journeys.sign_in_name import BadName
from portal.journeys.visit import Visit, VisitPurpose
from portal.pages.page import STAFF, moment
from portal.pages.proofs import Asked, Endpoint, Handler, ProofPages, Proving
from portal.pages.staff.door import AUDITED, OVERVIEW, SIGN_IN, StaffDoor, own_page
from portal.visits.even_time import even_time
from portal.visits.forgotten import Forgotten, TooManyNames
from portal.visits.passkeys import PasskeyVerification
from portal.visits.staff.sessions import RolesUnknown, RolesWithdrawn, StaffMember
from portal.web import cookies
from portal.web.forms import Form
from wire.self_service.proof_kind import ProofKind

PASSKEY = f"{STAFF}/passkey"
_KINDS = (ProofKind.PASSKEY,)


class StaffSignInPages:
    """Signs in and out."""

    path = STAFF

    def __init__(
        self,
        door: StaffDoor,
        visits: Forgotten,
        passkeys: PasskeyVerification,
        proofs: ProofPages,
    ) -> None:
        self._door, self._pages = door, door.pages
        self._visits, self._passkeys = visits, passkeys
        self._proofs = proofs

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        door = self._door
        return [
            Route(SIGN_IN, self.name, methods=["GET"]),
            Route(SIGN_IN, self.begin, methods=["POST"]),
            Route(PASSKEY, self.proving(_ask), methods=["GET"]),
            *self._proofs.takes(self, _KINDS),
            door.page(STAFF, self.home, roles=EVERY_ROLE),
            door.own_act(f"{STAFF}/sign-out", self.sign_out),
        ]

    async def name(self, request: Request) -> Response:
        """Ask who it is; of who is signed in it is known."""
        if await self._door.signed_in(request) is not None:
            return self._pages.go(STAFF)
        return self._pages.show(request, "staff/sign_in", wrong="")

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
            return self._pages.show(request, "staff/sign_in", 422, wrong="name")
        if isinstance(begun, TooManyNames):
            return self._pages.show(request, "too_many", 429, until=moment(begun.until))
        response = self._pages.go(PASSKEY)
        cookies.keep(response, cookies.STAFF, begun.cookie)
        self._pages.remember_browser(request, response)
        return response

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see who signs in; the answer leaves at a full tick."""

        async def handle(request: Request) -> Response:
            async with even_time(self._pages.services.tick_s) as even:
                visit = await self._visit(request)
                if visit is None:
                    return self._pages.go(SIGN_IN)
                return await handler(
                    request, _SigningIn(self, request, visit, even.release)
                )

        return handle

    async def home(self, request: Request, member: StaffMember) -> Response:
        """Show what somebody can do here; figures, to those who may see them."""
        if member.roles & AUDITED:
            return self._pages.go(OVERVIEW)
        return self._door.show(request, member, "staff/home")

    async def sign_out(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Sign out."""
        await self._door.sessions.close(member, self._pages.origin(request))
        response = self._pages.go(SIGN_IN)
        cookies.drop(response, cookies.STAFF)
        return response

    async def settled(self, visit: Visit) -> Visit:
        """Give a visit when it is known whom it is about."""
        return await self._visits.settled(visit)

    async def ask(self, request: Request, visit: Visit, asked: Asked) -> Response:
        """Ask for any passkey of this portal: the same page for everybody."""
        options = await self._passkeys.ask(visit)
        return self._pages.show(
            request, "staff/passkey", asked.status, options=options, proof=asked.wrong
        )

    async def begin_session(self, request: Request, visit: Visit) -> Response:
        """Sign in who used their passkey, where an agent says that they have a role."""
        origin, sessions = self._pages.origin(request), self._door.sessions
        try:
            cookie = await sessions.open(visit, origin)
        except RolesUnknown:
            await sessions.refuse(visit, origin, "no_agent")
            return self._pages.show(request, "not_now", 503, reference="")
        except RolesWithdrawn:
            await sessions.refuse(visit, origin, "no_role")
            return self._pages.go(SIGN_IN)
        wanted = own_page(cookies.read(request, cookies.WANTED) or STAFF)
        response = self._pages.go(wanted)
        cookies.drop(response, cookies.WANTED)
        cookies.keep(response, cookies.STAFF, cookie)
        return response

    async def _visit(self, request: Request) -> Visit | None:
        """Give the visit of who signs in; None where there is none that is open."""
        if await self._door.signed_in(request) is not None:
            return None  # it is a session already
        visit = await self._visits.find(cookies.read(request, cookies.STAFF))
        now = self._pages.services.clock()
        is_theirs = visit is not None and visit.purpose is VisitPurpose.STAFF
        return visit if visit and is_theirs and visit.is_open(now) else None


class _SigningIn(Proving):
    """Somebody who signs in."""

    def __init__(
        self,
        pages: StaffSignInPages,
        request: Request,
        visit: Visit,
        release: Callable[[], None],
    ) -> None:
        self._pages, self._request, self._visit = pages, request, visit
        self._release = release

    async def may(self, kind: ProofKind) -> bool:
        return kind in _KINDS

    async def settled(self) -> Visit:
        self._visit = await self._pages.settled(self._visit)
        return self._visit

    def address(self, kind: ProofKind, typed: str) -> str | None:  # noqa: ARG002 - of the protocol
        raise HTTPException(404)

    async def ask(self, asked: Asked) -> Response:
        return await self._pages.ask(self._request, self._visit, asked)

    async def sent(self, kind: ProofKind) -> Response:  # noqa: ARG002 - of the protocol
        raise HTTPException(404)

    async def proven(self) -> Response:
        self._release()
        return await self._pages.begin_session(self._request, self._visit)


async def _ask(_request: Request, proving: Proving) -> Response:
    return await proving.ask(Asked(ProofKind.PASSKEY))
