"""The pages that add a verification method: app, e-mail, recovery codes."""

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.account import ACCOUNT, SignedInPages
from portal.pages.page import moment
from portal.visits.account import Account
from portal.visits.address_code import AddressCodes
from portal.visits.new_app import NewApp, NewApps
from portal.visits.passkeys import PasskeyVerification
from portal.visits.registration import NotAllowed, Registration
from portal.visits.verification import (
    Closed,
    Proof,
    Proven,
    TooSoon,
    Verification,
    Wrong,
    readable_address,
)
from wire.self_service.proof_kind import ProofKind

PROVE = "/account/prove"


class RegistrationPages:
    """Adds methods; who has some uses one of them first."""

    def __init__(
        self,
        signed: SignedInPages,
        registration: Registration,
        verification: Verification,
        apps: NewApps,
        address_codes: AddressCodes,
        *,
        passkeys: PasskeyVerification,
    ) -> None:
        self._signed, self._pages = signed, signed.pages
        self._registration, self._verification = registration, verification
        self._passkeys = passkeys
        self._apps, self._address_codes = apps, address_codes

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        signed_in = self._signed.signed_in
        handlers = (
            ("/account/app", self.app, "GET"),
            ("/account/app", self.add_app, "POST"),
            ("/account/email", self.email, "GET"),
            ("/account/email", self.send_code, "POST"),
            ("/account/email/code", self.add_email, "POST"),
            ("/account/recovery", self.recovery, "GET"),
            ("/account/recovery", self.make_codes, "POST"),
            (PROVE, self.prove, "GET"),
            ("/account/prove/app", self.prove_app, "POST"),
            ("/account/prove/recovery", self.prove_recovery, "POST"),
            ("/account/prove/email", self.prove_send, "POST"),
            ("/account/prove/email/code", self.prove_email, "POST"),
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

    async def email(self, request: Request, account: Account) -> Response:
        """Ask for the address."""
        self._allowed(account, ProofKind.EMAIL)
        return self._pages.show(request, "account/email", wrong="", wait=0)

    async def send_code(self, request: Request, account: Account) -> Response:
        """Send a code to the address that is to be added."""
        form = await self._pages.form(request)
        address = readable_address(form.text("address"))
        if address is None:
            return self._pages.show(
                request, "account/email", 422, wrong="address", wait=0
            )
        origin = self._pages.origin(request)
        self._allowed(account, ProofKind.EMAIL)
        wait = await self._address_codes.send(account, address, origin)
        if wait:
            return self._pages.show(
                request, "account/email", 429, wrong="", wait=max(1, round(wait))
            )
        return self._pages.show(
            request, "account/email_code", address=address, wrong=""
        )

    async def add_email(self, request: Request, account: Account) -> Response:
        """Add the address by the code that went there."""
        form = await self._pages.form(request)
        address = readable_address(form.text("address"))
        if address is None:
            raise HTTPException(400)
        origin = self._pages.origin(request)
        self._allowed(account, ProofKind.EMAIL)
        code = form.text("code")
        if await self._address_codes.is_right(account, address, code):
            await self._registration.add_email(account, address, origin)
            return self._pages.go(ACCOUNT)
        return self._pages.show(
            request, "account/email_code", 422, address=address, wrong="code"
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

    async def prove(self, request: Request, account: Account) -> Response:
        """Ask for one of the methods that somebody has, before they change any."""
        return await self._prove(request, account, None, 200)

    async def prove_app(self, request: Request, account: Account) -> Response:
        """Take the code of an app."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        proof = await self._verification.by_app(account.visit, code, origin)
        return await self.proven(request, account, proof)

    async def prove_recovery(self, request: Request, account: Account) -> Response:
        """Take a recovery code."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        proof = await self._verification.by_recovery_code(account.visit, code, origin)
        return await self.proven(request, account, proof)

    async def prove_send(self, request: Request, account: Account) -> Response:
        """Send a code to the first address that somebody has."""
        await self._pages.form(request)
        own = [each for each in account.methods if each.kind is ProofKind.EMAIL]
        if not own:
            raise HTTPException(400)
        origin = self._pages.origin(request)
        soon = await self._verification.send_mail(account.visit, own[0].secret, origin)
        wait = max(1, round(soon.wait)) if isinstance(soon, TooSoon) else 0
        return await self._prove(
            request, account, None, 429 if wait else 200, sent=True
        )

    async def prove_email(self, request: Request, account: Account) -> Response:
        """Take the code of the mail."""
        code = (await self._pages.form(request)).text("code")
        origin = self._pages.origin(request)
        proof = await self._verification.by_sent_code(
            account.visit, ProofKind.EMAIL, code, origin
        )
        return await self.proven(request, account, proof, sent=True)

    async def proven(
        self,
        request: Request,
        account: Account,
        proof: Proof,
        *,
        sent: bool = False,
        passkey: bool = False,
    ) -> Response:
        """Go on after a try; where it was not right, ask again."""
        match proof:
            case Proven():
                return self._pages.go(ACCOUNT)
            case Closed(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case Wrong():
                return await self._prove(
                    request, account, proof, 422, sent=sent, passkey=passkey
                )

    async def _prove(
        self,
        request: Request,
        account: Account,
        proof: Wrong | None,
        status: int,
        *,
        sent: bool = False,
        passkey: bool = False,
    ) -> Response:
        kinds = {each.kind for each in account.methods}
        has_passkey = ProofKind.PASSKEY in kinds
        options = await self._passkeys.ask(account.visit) if has_passkey else ""
        mails = [each for each in account.methods if each.kind is ProofKind.EMAIL]
        return self._pages.show(
            request,
            "account/prove",
            status,
            kinds=[str(kind) for kind in kinds],
            options=options,
            by_passkey=passkey,
            mail=mails[0].label if mails else "",
            proof=proof,
            sent=sent,
        )

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
