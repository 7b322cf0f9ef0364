"""H2 of the help desk: who calls. Nothing of the person is shown before that is known.

The caller proves it by what they registered, read out by telephone; or a helper says
how they know it, and a second one confirms that where one alone is not enough.
"""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.caller import Call, CheckKind
from portal.journeys.visit import Visit
from portal.pages.page import Pages
from portal.pages.proofs import PARTS, SENT, Asked, Endpoint, Handler, ProofPages
from portal.pages.proofs import Proving as ProvingHere
from portal.pages.staff.door import HELPERS, StaffDoor
from portal.pages.staff.help import HELP
from portal.visits.staff.calls import HelpCalls
from portal.visits.staff.sessions import StaffMember
from portal.visits.verification import Verification
from portal.web.forms import Form
from wire.self_service.proof_kind import ProofKind

CALL = f"{HELP}/{{call}}"
# what can be read out by telephone, and is worth nothing afterwards
_KINDS = (ProofKind.TOTP, *SENT)
Opened = Callable[[StaffMember, Call, Visit], Awaitable[Response]]


class CallerPages:
    """Has a caller prove who they are."""

    path = f"{CALL}/prove"

    def __init__(
        self,
        door: StaffDoor,
        calls: HelpCalls,
        verification: Verification,
        proofs: ProofPages,
    ) -> None:
        self._door, self._calls = door, calls
        self._verification, self._proofs = verification, proofs

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        takes = self._proofs.takes(self, _KINDS)
        own = f"{CALL}/check"
        return [
            *self._door.let_by(takes, HELPERS),
            self._door.act(own, self.check, roles=HELPERS, back=CALL),
        ]

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see the helper's call."""

        async def handle(request: Request) -> Response:
            async def go_on(member: StaffMember) -> Response:
                call, visit = await self.call_of(request, member)
                proving = _CallerProving(self, request, member, call, visit)
                return await handler(request, proving)

            return await self._door.let_in(request, HELPERS, go_on, acts=True)

        return handle

    async def call_of(
        self, request: Request, member: StaffMember
    ) -> tuple[Call, Visit]:
        """Give the call of an address: the helper's own, and not over."""
        found = await self._calls.find(member, request.path_params["call"])
        if found is None:
            raise HTTPException(404)
        return found

    async def check(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Note what the helper says that they did."""
        call, _ = await self.call_of(request, member)
        kind = {str(each): each for each in CheckKind}.get(form.text("kind"))
        if kind is None:
            raise HTTPException(400)
        origin = self._door.pages.origin(request)
        await self._calls.check(member, call, kind, origin)
        return self._door.pages.go(f"{HELP}/{call.id}")

    async def ask(
        self, request: Request, member: StaffMember, call: Call, asked: Asked | None
    ) -> Response:
        """Ask for one of the ways to know who calls."""
        wanted = request.query_params.get("sent", "")
        sent = next((kind for kind in SENT if PARTS[kind] == wanted), None)
        if asked is not None and asked.sent:
            sent = asked.kind
        return self._door.show(
            request,
            member,
            "staff/caller",
            200 if asked is None else asked.status,
            call=call.id,
            typed=call.typed,
            reason=call.reason,
            kinds=[str(kind) for kind in self._offered()],
            sent="" if sent is None else str(sent),
            parts={str(kind): PARTS[kind] for kind in _KINDS},
            asked=asked,
            kind="" if asked is None else str(asked.kind),
            waits=[str(each.kind) for each in await self._calls.checks(call)],
        )

    def address(self, kind: ProofKind, typed: str) -> str | None:
        """Read the whole address that the caller says."""
        return self._verification.channel(kind).read(typed)

    @property
    def pages(self) -> Pages:
        """Where pages come from."""
        return self._door.pages

    def _offered(self) -> list[ProofKind]:
        services = self._door.pages.services
        asked = {kind for each in services.agents.offered() for kind in each.kinds}
        return [kind for kind in _KINDS if kind in asked and services.serves(kind)]


class _CallerProving(ProvingHere):
    """A caller, and the helper who types what they say."""

    def __init__(
        self,
        pages: CallerPages,
        request: Request,
        member: StaffMember,
        call: Call,
        visit: Visit,
    ) -> None:
        self._pages, self._request, self._member = pages, request, member
        self._call, self._visit = call, visit

    async def may(self, kind: ProofKind) -> bool:
        return kind in _KINDS

    async def settled(self) -> Visit:
        return self._visit

    def address(self, kind: ProofKind, typed: str) -> str | None:
        return self._pages.address(kind, typed)

    async def ask(self, asked: Asked) -> Response:
        return await self._pages.ask(self._request, self._member, self._call, asked)

    async def sent(self, kind: ProofKind) -> Response:
        return self._pages.pages.go(f"{HELP}/{self._call.id}?sent={PARTS[kind]}")

    async def proven(self) -> Response:
        return self._pages.pages.go(f"{HELP}/{self._call.id}")
