"""The pages of passkeys: prove it by one, add one. The asking itself is a script's."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.visit import Visit
from portal.methods.passkey import MOST_LABEL
from portal.pages.account import ACCOUNT, SignedInPages
from portal.pages.forgotten import ForgottenPages
from portal.pages.registration import PROVE, RegistrationPages
from portal.visits.account import Account
from portal.visits.passkeys import PasskeyRegistration, PasskeyVerification
from portal.visits.registration import NotAllowed
from portal.visits.verification import Wrong
from portal.web.browser_words import browser_words
from wire.printable import printable

_ADD = "/account/passkey"


class PasskeyPages:
    """Shows and reads them, beside those of the other methods."""

    def __init__(
        self,
        forgotten: ForgottenPages,
        signed: SignedInPages,
        added: RegistrationPages,
        verification: PasskeyVerification,
        registration: PasskeyRegistration,
    ) -> None:
        self._forgotten, self._signed, self._added = forgotten, signed, added
        self._verification, self._registration = verification, registration
        self._pages = signed.pages

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        visiting, signed_in = self._forgotten.visiting, self._signed.signed_in
        own = "/forgot/passkey"
        return [
            Route(own, visiting(self.ask), methods=["GET"]),
            Route(own, visiting(self.take), methods=["POST"]),
            Route(_ADD, signed_in(self.new), methods=["GET"]),
            Route(_ADD, signed_in(self.add), methods=["POST"]),
            Route(f"{PROVE}/passkey", signed_in(self.prove), methods=["POST"]),
        ]

    async def ask(self, request: Request, visit: Visit) -> Response:
        """Ask for any passkey of this portal: the same page for everybody."""
        options = await self._verification.ask(visit)
        return self._pages.show(request, "forgot/passkey", options=options, proof=None)

    async def take(self, request: Request, visit: Visit) -> Response:
        """Take what the browser answered."""
        answer = (await self._pages.form(request)).text("answer")
        origin = self._pages.origin(request)
        options = ""
        settled = await self._forgotten.settled(visit)
        proof = await self._verification.by_passkey(settled, answer, origin)
        if isinstance(proof, Wrong):
            options = await self._verification.ask(settled)
        return self._forgotten.after(request, "forgot/passkey", proof, options=options)

    async def new(self, request: Request, account: Account) -> Response:
        """Say what a passkey is, and have the browser make one."""
        return await self._new(request, account, 200, wrong=False)

    async def add(self, request: Request, account: Account) -> Response:
        """Add what the browser made, under the name that was typed."""
        form = await self._pages.form(request)
        typed = " ".join(form.text("label").split())
        label = printable(typed or _words(request), MOST_LABEL)
        origin = self._pages.origin(request)
        try:
            added = await self._registration.add(
                account, form.text("answer"), label, origin
            )
        except NotAllowed:
            raise HTTPException(404) from None
        if added:
            return self._pages.go(ACCOUNT)
        return await self._new(request, account, 422, wrong=True)

    async def prove(self, request: Request, account: Account) -> Response:
        """Take the passkey of who is signed in, before they change their methods."""
        answer = (await self._pages.form(request)).text("answer")
        origin = self._pages.origin(request)
        proof = await self._verification.by_passkey(account.visit, answer, origin)
        return await self._added.proven(request, account, proof, passkey=True)

    async def _new(
        self, request: Request, account: Account, status: int, *, wrong: bool
    ) -> Response:
        try:
            options = await self._registration.ask(account)
        except NotAllowed:
            raise HTTPException(404) from None
        return self._pages.show(
            request,
            "account/passkey",
            status,
            options=options,
            label=_words(request),
            wrong=wrong,
        )


def _words(request: Request) -> str:
    return browser_words(request.headers.get("user-agent", ""))
