"""The pages of who forgot their password: name, proof, what to do, new password, done.

Which page comes next is never said by the browser: it follows from what was proven.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.sign_in_name import BadName
from portal.journeys.visit import Entitled, Visit, VisitPurpose, next_kinds
from portal.pages.page import Pages, moment
from portal.visits.even_time import even_time
from portal.visits.forgotten import Forgotten, TooManyNames
from portal.visits.verification import (
    Closed,
    Proof,
    Proven,
    TooSoon,
    Verification,
    Wrong,
    readable_address,
)
from portal.visits.write import Writing
from portal.web import cookies
from wire.self_service.proof_kind import ProofKind

_KINDS = (
    ProofKind.PASSKEY,
    ProofKind.TOTP,
    ProofKind.EMAIL,
    ProofKind.RECOVERY_CODE,
)
METHODS, PASSWORD, NEED = "/forgot/methods", "/forgot/password", "/forgot/need"
_Handler = Callable[[Request, Visit], Awaitable[Response]]


class ForgottenPages:
    """Shows and reads the pages up to where enough is proven."""

    def __init__(
        self,
        pages: Pages,
        forgotten: Forgotten,
        verification: Verification,
        writing: Writing,
    ) -> None:
        self._pages, self._forgotten = pages, forgotten
        self._verification, self._writing = verification, writing
        self._tick_s = pages.services.tick_s

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [
            Route("/forgot", self.name, methods=["GET"]),
            Route("/forgot", self.begin, methods=["POST"]),
            Route("/unlock", self.name, methods=["GET"]),
            Route("/unlock", self.begin, methods=["POST"]),
            Route(METHODS, self.visiting(self.methods), methods=["GET"]),
            Route("/forgot/none", self.none, methods=["GET"]),
            Route("/forgot/app", self.visiting(self.app), methods=["GET"]),
            Route("/forgot/app", self.visiting(self.prove_app), methods=["POST"]),
            Route("/forgot/recovery", self.visiting(self.recovery), methods=["GET"]),
            Route(
                "/forgot/recovery", self.visiting(self.prove_recovery), methods=["POST"]
            ),
            Route("/forgot/email", self.visiting(self.email), methods=["GET"]),
            Route("/forgot/email", self.visiting(self.send_email), methods=["POST"]),
            Route("/forgot/email/code", self.visiting(self.code), methods=["GET"]),
            Route(
                "/forgot/email/code", self.visiting(self.prove_code), methods=["POST"]
            ),
        ]

    def visiting(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        """Have a page see the visit of its cookie, or say that it has ended.

        The answer leaves at a full tick until something was proven.
        """

        async def handle(request: Request) -> Response:
            async with even_time(self._tick_s) as even:
                visit = await self._forgotten.find(cookies.read(request, cookies.VISIT))
                if visit is None or not visit.is_open(self._pages.services.clock()):
                    return self._pages.show(request, "ended", 403)
                if await self._writing.proven(visit):
                    even.release()
                return await handler(request, visit)

        return handle

    async def name(self, request: Request) -> Response:
        """Ask who it is."""
        return self._pages.show(
            request, "forgot/name", action=request.url.path, typed="", wrong=""
        )

    async def begin(self, request: Request) -> Response:
        """Begin a visit for a name; it always goes on."""
        form = await self._pages.form(request, first=True)
        is_unlock = request.url.path == "/unlock"
        purpose = VisitPurpose.UNLOCK if is_unlock else VisitPurpose.FORGOTTEN
        try:
            async with even_time(self._tick_s):
                begun = await self._forgotten.begin(
                    form.text("name"), purpose, self._pages.origin(request)
                )
        except BadName:
            return self._pages.show(
                request,
                "forgot/name",
                422,
                action=request.url.path,
                typed="",
                wrong="name",
            )
        if isinstance(begun, TooManyNames):
            return self._pages.show(request, "too_many", 429, until=moment(begun.until))
        response = self._pages.go(METHODS)
        cookies.keep(response, cookies.VISIT, begun.cookie)
        # everybody's, so that it says nothing; it is known once enough was proven
        self._pages.remember_browser(request, response)
        return response

    async def methods(self, request: Request, visit: Visit) -> Response:
        """Show the ways to prove it: of the policy, never of the person."""
        taken = await self._writing.proven(visit)
        if not taken:
            return self._pages.show(
                request, "forgot/methods", kinds=self._offered(), step=1, needed=0
            )
        standing = await self._writing.standing(visit)
        if isinstance(standing, Entitled):
            return self._pages.go(NEED)
        left = next_kinds(visit, taken)
        kinds = [kind for kind in _KINDS if kind in left]
        return self._pages.show(
            request,
            "forgot/methods",
            kinds=kinds,
            step=standing.worth + 1,
            needed=standing.needed,
        )

    async def none(self, request: Request) -> Response:
        """Say whom to call: the same page whatever the cause."""
        return self._pages.show(request, "forgot/none")

    async def app(self, request: Request, _visit: Visit) -> Response:
        """Ask for the code of an app."""
        return self._pages.show(request, "forgot/app", proof=None)

    async def prove_app(self, request: Request, visit: Visit) -> Response:
        """Take the code of an app."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        settled = await self._forgotten.settled(visit)
        proof = await self._verification.by_app(settled, code, origin)
        return self.after(request, "forgot/app", proof)

    async def recovery(self, request: Request, _visit: Visit) -> Response:
        """Ask for a recovery code."""
        return self._pages.show(request, "forgot/recovery", proof=None)

    async def prove_recovery(self, request: Request, visit: Visit) -> Response:
        """Take a recovery code."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        settled = await self._forgotten.settled(visit)
        proof = await self._verification.by_recovery_code(settled, code, origin)
        return self.after(request, "forgot/recovery", proof)

    async def email(self, request: Request, _visit: Visit) -> Response:
        """Ask for the whole address: a code goes where it is one of theirs."""
        return self._pages.show(request, "forgot/email", typed="", wrong="", wait=0)

    async def send_email(self, request: Request, visit: Visit) -> Response:
        """Send a code, or nothing, and go on alike."""
        typed = (await self._pages.form(request)).text("address")
        address = readable_address(typed)
        if address is None:
            return self._pages.show(
                request, "forgot/email", 422, typed="", wrong="address", wait=0
            )
        origin = self._pages.origin(request)
        settled = await self._forgotten.settled(visit)
        soon = await self._verification.send_mail(settled, address, origin)
        if isinstance(soon, TooSoon):
            wait = max(1, round(soon.wait))
            return self._pages.show(
                request, "forgot/email", 429, typed="", wrong="", wait=wait
            )
        return self._pages.go("/forgot/email/code")

    async def code(self, request: Request, _visit: Visit) -> Response:
        """Ask for the code of a mail."""
        return self._pages.show(request, "forgot/email_code", proof=None)

    async def prove_code(self, request: Request, visit: Visit) -> Response:
        """Take the code of a mail."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        settled = await self._forgotten.settled(visit)
        proof = await self._verification.by_sent_code(
            settled, ProofKind.EMAIL, code, origin
        )
        return self.after(request, "forgot/email_code", proof)

    async def settled(self, visit: Visit) -> Visit:
        """Give a visit when it is known whom it is about."""
        return await self._forgotten.settled(visit)

    def after(
        self, request: Request, template: str, proof: Proof, **fields: str
    ) -> Response:
        """Go on after a try; where it was not right its page is shown again."""
        match proof:
            case Proven():
                return self._pages.go(METHODS)
            case Closed(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case Wrong():
                return self._pages.show(request, template, 422, proof=proof, **fields)

    def _offered(self) -> list[ProofKind]:
        """Give the kinds that the agents ask for; those of everybody, of nobody."""
        offered = self._pages.services.agents.offered()
        asked = {kind for each in offered for kind in each.kinds}
        return [kind for kind in _KINDS if kind in asked]
