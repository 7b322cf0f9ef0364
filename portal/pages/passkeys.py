"""The page that adds a passkey. The asking itself is a script's."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.methods.passkey import MOST_LABEL
from portal.pages.account import ACCOUNT, SignedInPages
from portal.visits.account import Account
from portal.visits.passkeys import PasskeyRegistration
from portal.visits.registration import NotAllowed
from portal.web.browser_words import browser_words
from wire.printable import printable

_ADD = "/account/passkey"


class PasskeyPages:
    """Shows and reads them."""

    def __init__(
        self, signed: SignedInPages, registration: PasskeyRegistration
    ) -> None:
        self._signed, self._registration = signed, registration
        self._pages = signed.pages

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        signed_in = self._signed.signed_in
        return [
            Route(_ADD, signed_in(self.new), methods=["GET"]),
            Route(_ADD, signed_in(self.add), methods=["POST"]),
        ]

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
