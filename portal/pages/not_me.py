"""The pages of "This wasn't me": by the code of a mail, or signed in."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.account import SignedInPages
from portal.pages.page import moment
from portal.visits.account import Account
from portal.visits.blocking import BadCode, Blocked, Blocking, TooManyCodes
from portal.visits.even_time import even_time
from portal.web import cookies

ADDRESS, OF_ACCOUNT = "/not-me", "/account/not-me"


class NotMePages:
    """Shows and reads them; nothing says whose a code is."""

    def __init__(self, signed: SignedInPages, blocking: Blocking) -> None:
        self._signed, self._pages, self._blocking = signed, signed.pages, blocking

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        signed_in = self._signed.signed_in
        return [
            Route(ADDRESS, self.ask, methods=["GET"]),
            Route(ADDRESS, self.by_code, methods=["POST"]),
            Route(OF_ACCOUNT, signed_in(self.ask_account), methods=["GET"]),
            Route(OF_ACCOUNT, signed_in(self.by_account), methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Ask for the code of a mail, and say what it does."""
        return self._pages.show(request, "not_me", signed_in=False, wrong=False)

    async def by_code(self, request: Request) -> Response:
        """Take the code of a mail."""
        form = await self._pages.form(request, first=True)
        origin = self._pages.origin(request)
        async with even_time(self._pages.services.tick_s):
            outcome = await self._blocking.by_code(form.text("code"), origin)
        match outcome:
            case TooManyCodes(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case BadCode():
                return self._pages.show(
                    request, "not_me", 422, signed_in=False, wrong=True
                )
            case Blocked():
                return self._blocked(request, outcome)

    async def ask_account(self, request: Request, _account: Account) -> Response:
        """Say to who is signed in what it does."""
        return self._pages.show(request, "not_me", signed_in=True, wrong=False)

    async def by_account(self, request: Request, account: Account) -> Response:
        """Block who is signed in."""
        await self._pages.form(request)
        origin = self._pages.origin(request)
        outcome = await self._blocking.by_account(account, origin)
        response = self._blocked(request, outcome)
        cookies.drop(response, cookies.SESSION)
        return response

    def _blocked(self, request: Request, outcome: Blocked) -> Response:
        return self._pages.show(request, "blocked", reference=outcome.reference)
