"""The pages that add a verification method: app, e-mail, recovery codes."""

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.account import ACCOUNT, Handler, SignedInPages
from portal.pages.page import moment
from portal.pages.proofs import PARTS, SENT
from portal.visits.account import Account
from portal.visits.codes.address_code import AddressCodes
from portal.visits.codes.sent_codes import TooSoon
from portal.visits.new_app import NewApp, NewApps
from portal.visits.registration import NotAllowed, Registration
from wire.self_service.proof_kind import ProofKind

# of more seconds the time of day is said
_LONG_S = 600


class RegistrationPages:
    """Adds methods; who has some uses one of them first."""

    def __init__(
        self,
        signed: SignedInPages,
        registration: Registration,
        apps: NewApps,
        address_codes: AddressCodes,
    ) -> None:
        self._signed, self._pages = signed, signed.pages
        self._registration = registration
        self._apps, self._address_codes = apps, address_codes

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        signed_in = self._signed.signed_in
        handlers = (
            ("/account/app", self.app, "GET"),
            ("/account/app", self.add_app, "POST"),
            ("/account/recovery", self.recovery, "GET"),
            ("/account/recovery", self.make_codes, "POST"),
            *(
                each
                for kind in SENT
                if self._pages.services.serves(kind)
                for each in self._address_routes(kind)
            ),
        )
        return [
            Route(path, signed_in(handler), methods=[method])
            for path, handler, method in handlers
        ]

    async def app(self, request: Request, account: Account) -> Response:
        """Show the code that an app reads."""
        return self._app(request, self._new_app(account), 200)

    async def add_app(self, request: Request, account: Account) -> Response:
        """Add the app by the first code that it shows."""
        form = await self._pages.form(request)
        app = self._apps.of_page(account, form.text("pending"))
        if app is None:
            return self._app(request, self._new_app(account), 422, wrong="over")
        origin = self._pages.origin(request)
        if await self._registration.add_app(account, app, form.text("code"), origin):
            return self._pages.go(ACCOUNT)
        return self._app(request, app, 422, wrong="code")

    def _address_routes(self, kind: ProofKind) -> list[tuple[str, Handler, str]]:
        """Give the pages that add an address: it is asked for, then its code."""
        part = PARTS[kind]

        async def ask(request: Request, account: Account) -> Response:
            self._allowed(account, kind)
            return self._address(request, kind, 200)

        async def send(request: Request, account: Account) -> Response:
            return await self._send(request, account, kind)

        async def add(request: Request, account: Account) -> Response:
            return await self._add(request, account, kind)

        own = f"/account/{part}"
        return [(own, ask, "GET"), (own, send, "POST"), (f"{own}/code", add, "POST")]

    async def _send(
        self, request: Request, account: Account, kind: ProofKind
    ) -> Response:
        """Send a code to the address that is to be added."""
        form = await self._pages.form(request)
        address = self._address_codes.channel(kind).read(form.text("address"))
        if address is None:
            return self._address(request, kind, 422, wrong="address")
        origin = self._pages.origin(request)
        self._allowed(account, kind)
        soon = await self._address_codes.send(account, kind, address, origin)
        if isinstance(soon, TooSoon):
            return self._address(request, kind, 429, wait=max(1, round(soon.wait)))
        return self._code(request, kind, address, 200)

    async def _add(
        self, request: Request, account: Account, kind: ProofKind
    ) -> Response:
        """Add the address by the code that went there."""
        form = await self._pages.form(request)
        address = self._address_codes.channel(kind).read(form.text("address"))
        if address is None:
            raise HTTPException(400)
        origin, code = self._pages.origin(request), form.text("code")
        self._allowed(account, kind)
        if not await self._address_codes.is_right(account, kind, address, code):
            return self._code(request, kind, address, 422, wrong="code")
        hidden = self._address_codes.channel(kind).hidden(address)
        await self._registration.add_address(account, kind, address, hidden, origin)
        return self._pages.go(ACCOUNT)

    def _address(
        self,
        request: Request,
        kind: ProofKind,
        status: int,
        *,
        wrong: str = "",
        wait: int = 0,
    ) -> Response:
        until = moment(self._pages.services.clock() + wait) if wait > _LONG_S else None
        return self._pages.show(
            request,
            f"account/{PARTS[kind]}",
            status,
            until=until,
            example=self._address_codes.channel(kind).example,
            wrong=wrong,
            wait=wait,
        )

    def _code(
        self,
        request: Request,
        kind: ProofKind,
        address: str,
        status: int,
        wrong: str = "",
    ) -> Response:
        return self._pages.show(
            request,
            "account/sent_code",
            status,
            kind=str(kind),
            part=PARTS[kind],
            address=address,
            wrong=wrong,
        )

    async def recovery(self, request: Request, account: Account) -> Response:
        """Say what recovery codes are."""
        self._allowed(account, ProofKind.RECOVERY_CODE)
        return self._pages.show(request, "account/recovery", codes=())

    async def make_codes(self, request: Request, account: Account) -> Response:
        """Make recovery codes and show them, once."""
        await self._pages.form(request)
        origin = self._pages.origin(request)
        codes = await self._registration.add_recovery_codes(account, origin)
        return self._pages.show(request, "account/recovery", codes=codes)

    def _app(
        self, request: Request, app: NewApp, status: int, wrong: str = ""
    ) -> Response:
        picture = segno.make(app.uri, error="m").svg_data_uri(scale=5, border=2)
        spelled = " ".join(
            app.secret[at : at + 4] for at in range(0, len(app.secret), 4)
        )
        return self._pages.show(
            request,
            "account/app",
            status,
            picture=picture,
            secret=spelled,
            pending=app.pending,
            wrong=wrong,
        )

    def _new_app(self, account: Account) -> NewApp:
        self._allowed(account, ProofKind.TOTP)
        return self._apps.make(account)

    def _allowed(self, account: Account, kind: ProofKind) -> None:
        """See that a kind may be added now, as the policy and the session are."""
        try:
            self._registration.check(account, kind)
        except NotAllowed:
            raise HTTPException(404) from None
