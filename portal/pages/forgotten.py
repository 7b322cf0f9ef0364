"""The pages of who forgot their password: name, proof, what to do, new password, done.

Which page comes next is never said by the browser: it follows from what was proven.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.sign_in_name import BadName
from portal.journeys.visit import (
    Entitled,
    SeenVisit,
    Visit,
    VisitPurpose,
    next_kinds,
)
from portal.pages.page import Pages, moment
from portal.pages.proofs import (
    PARTS,
    Asked,
    Endpoint,
    Handler,
    ProofPages,
    Proving,
)
from portal.visits.even_time import even_time
from portal.visits.forgotten import Forgotten, TooManyNames
from portal.web import cookies
from wire.self_service.proof_kind import ProofKind

METHODS, PASSWORD, NEED = "/forgot/methods", "/forgot/password", "/forgot/need"
_Handler = Callable[[Request, SeenVisit], Awaitable[Response]]


class ForgottenPages:
    """Shows and reads the pages up to where enough is proven."""

    path = "/forgot"

    def __init__(
        self,
        pages: Pages,
        forgotten: Forgotten,
        proofs: ProofPages,
    ) -> None:
        self._pages, self._forgotten = pages, forgotten
        self._proofs = proofs
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
            *self._proofs.asks(self),
            *self._proofs.takes(self),
        ]

    def visiting(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        """Have a page see the visit of its cookie, or say that it has ended.

        The answer leaves at a full tick until something was proven.
        """

        async def handle(request: Request) -> Response:
            async with even_time(self._tick_s) as even:
                seen = await self._forgotten.seen(cookies.read(request, cookies.VISIT))
                now = self._pages.services.clock()
                if seen is None or not seen.visit.is_open(now):
                    return self._pages.show(request, "ended", 403)
                if seen.taken:
                    even.release()
                return await handler(request, seen)

        return handle

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see who proves it in the visit of the cookie."""

        async def handle(request: Request, seen: SeenVisit) -> Response:
            proving = _ForgottenProving(
                self._pages, self._forgotten, self._proofs, asked_in=(request, seen)
            )
            return await handler(request, proving)

        return self.visiting(handle)

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

    async def methods(self, request: Request, seen: SeenVisit) -> Response:
        """Show the ways to prove it: of the policy, never of the person."""
        if not seen.taken:
            return self._pages.show(
                request, "forgot/methods", kinds=self._offered(), step=1, needed=0
            )
        standing = seen.standing(self._pages.services.clock())
        if isinstance(standing, Entitled):
            return self._pages.go(NEED)
        left = next_kinds(seen.visit, seen.taken)
        serves = self._pages.services.serves
        kinds = [kind for kind in PARTS if kind in left and serves(kind)]
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

    def _offered(self) -> list[ProofKind]:
        """Give the kinds that the agents ask for; those of everybody, of nobody."""
        offered = self._pages.services.agents.offered()
        asked = {kind for each in offered for kind in each.kinds}
        serves = self._pages.services.serves
        # questions are for who proved something already: they would tell who exists
        asked.discard(ProofKind.QUESTIONS)
        return [kind for kind in PARTS if kind in asked and serves(kind)]


class _ForgottenProving(Proving):
    """Somebody who forgot their password: they type an address whole."""

    def __init__(
        self,
        pages: Pages,
        forgotten: Forgotten,
        proofs: ProofPages,
        *,
        asked_in: tuple[Request, SeenVisit],
    ) -> None:
        self._pages, self._forgotten = pages, forgotten
        self._proofs = proofs
        self._request, self._seen = asked_in
        self._visit = self._seen.visit

    async def may(self, kind: ProofKind) -> bool:
        if kind is not ProofKind.QUESTIONS:
            return True
        return kind in next_kinds(self._visit, self._seen.taken)

    async def settled(self) -> Visit:
        return await self._forgotten.settled(self._visit)

    def address(self, kind: ProofKind, typed: str) -> str | None:
        return self._proofs.read(kind, typed)

    async def sent(self, kind: ProofKind) -> Response:
        return self._pages.go(f"/forgot/{PARTS[kind]}/code")

    async def proven(self) -> Response:
        return self._pages.go(METHODS)

    async def ask(self, asked: Asked) -> Response:
        own = "sent_code" if asked.sent else PARTS[asked.kind]
        return self._pages.show(
            self._request,
            f"forgot/{own}",
            asked.status,
            part=PARTS[asked.kind],
            kind=str(asked.kind),
            proof=asked.wrong,
            wrong="address" if asked.bad_address else "",
            wait=asked.wait,
            **await self._proofs.shown(self._visit, asked.kind),
        )
