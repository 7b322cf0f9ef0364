"""The pages where people sign in to set up how they prove who they are."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.account import ACCOUNT, SIGN_IN, SignedInPages
from portal.pages.page import moment
from portal.visits.even_time import even_time
from portal.visits.password_sign_in import PasswordSignIn
from portal.visits.provider_sign_in import ProviderSignIns
from portal.visits.registration_codes import RegistrationCodes
from portal.visits.sign_in import (
    NoService,
    NotRight,
    SignedIn,
    SignInOutcome,
    TooManyTries,
)
from portal.web import cookies

BY_PASSWORD, BY_CODE = "account/sign_in", "account/registration_code"
CODE = f"{SIGN_IN}/code"


class SignInPages:
    """Signs people in by password or registration code; leads to the provider."""

    def __init__(
        self,
        signed: SignedInPages,
        passwords: PasswordSignIn,
        codes: RegistrationCodes,
        provider: ProviderSignIns,
    ) -> None:
        self._signed, self._pages = signed, signed.pages
        self._passwords, self._codes, self._provider = passwords, codes, provider

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [
            Route(SIGN_IN, self.ask, methods=["GET"]),
            Route(SIGN_IN, self.by_password, methods=["POST"]),
            Route(CODE, self.ask_code, methods=["GET"]),
            Route(CODE, self.by_code, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Ask for name and password."""
        return self._ask(request, BY_PASSWORD)

    async def by_password(self, request: Request) -> Response:
        """Take name and password."""
        form = await self._pages.form(request, first=True)
        origin = self._pages.origin(request)
        async with even_time(self._pages.services.long_tick_s):
            outcome = await self._passwords.sign_in(
                form.text("name"),
                form.secret("password"),
                secrets.token_urlsafe(16),
                origin,
            )
        return await self._answer(request, outcome, BY_PASSWORD)

    async def ask_code(self, request: Request) -> Response:
        """Ask for name and registration code."""
        return self._ask(request, BY_CODE)

    async def by_code(self, request: Request) -> Response:
        """Take name and registration code."""
        form = await self._pages.form(request, first=True)
        origin = self._pages.origin(request)
        async with even_time(self._pages.services.long_tick_s):
            outcome = await self._codes.sign_in(
                form.text("name"),
                form.text("code"),
                secrets.token_urlsafe(16),
                origin,
            )
        return await self._answer(request, outcome, BY_CODE)

    async def _answer(
        self, request: Request, outcome: SignInOutcome, asked: str
    ) -> Response:
        match outcome:
            case SignedIn():
                return await self._begin(request, outcome, asked)
            case TooManyTries(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case NoService():
                return self._pages.show(request, "not_now", 503, reference="")
            case NotRight():
                return self._ask(request, asked, 422, wrong="not_right")

    async def _begin(
        self, request: Request, signed_in: SignedIn, asked: str
    ) -> Response:
        response = self._pages.go(ACCOUNT)
        self._pages.remember_browser(request, response)
        origin = self._pages.origin(request)
        cookie = await self._signed.accounts.open(signed_in, origin)
        if cookie is None:
            return self._ask(request, asked, 422, wrong="not_right")
        cookies.keep(response, cookies.SESSION, cookie)
        return response

    def _ask(
        self, request: Request, asked: str, status: int = 200, *, wrong: str = ""
    ) -> Response:
        name = self._provider.name
        return self._pages.show(request, asked, status, wrong=wrong, provider=name)
