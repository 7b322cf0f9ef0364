"""The way to the organization's identity provider, and back."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.pages.account import ACCOUNT, SIGN_IN, SignedInPages
from portal.pages.page import moment
from portal.provider.opened import RETURN
from portal.visits.provider_sign_in import (
    AtProviderFailed,
    Gone,
    ProviderSignIns,
)
from portal.visits.sign_in import NoService, NotRight, SignedIn, TooManyTries
from portal.web import cookies

PROVIDER = f"{SIGN_IN}/provider"
_MOST_QUERY = 8 * 1024
_BROUGHT = ("code", "state", "iss", "error")


class ProviderSignInPages:
    """Goes there by a link: a form may lead to no other site (its `form-action`)."""

    def __init__(self, signed: SignedInPages, sign_ins: ProviderSignIns) -> None:
        self._signed, self._pages = signed, signed.pages
        self._sign_ins = sign_ins

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        return [
            Route(PROVIDER, self.go, methods=["GET"]),
            Route(RETURN, self.back, methods=["GET"]),
        ]

    async def go(self, request: Request) -> Response:
        """Send somebody to the provider."""
        self._check_offered()
        response = RedirectResponse("", 303)
        device = self._pages.remember_browser(request, response)
        outcome = await self._sign_ins.begin(device, self._pages.origin(request))
        match outcome:
            case Gone(url=url, cookie=cookie):
                response.headers["location"] = url
                cookies.keep(response, cookies.PROVIDER, cookie)
                return response
            case TooManyTries(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case AtProviderFailed():
                return self._failed(request, outcome)

    async def back(self, request: Request) -> Response:
        """Take what they bring back; what is there twice is none."""
        self._check_offered()
        if len(request.url.query) > _MOST_QUERY:
            raise HTTPException(400)
        query = request.query_params
        brought = {
            name: query[name] for name in _BROUGHT if len(query.getlist(name)) == 1
        }
        cookie = cookies.read(request, cookies.PROVIDER)
        origin = self._pages.origin(request)
        outcome, origin = await self._sign_ins.finish(cookie, brought, origin)
        match outcome:
            case SignedIn():
                opened = await self._signed.accounts.open(outcome, origin)
                if opened is None:
                    return self._show(request, 403, what="not_for_you")
                # a redirect would come from another site, and bring no cookie
                response = self._show(request, 200, what="signed_in", go_to=ACCOUNT)
                cookies.keep(response, cookies.SESSION, opened)
                cookies.drop(response, cookies.PROVIDER)
                return response
            case NotRight():
                return self._show(request, 403, what="not_for_you")
            case NoService():
                return self._pages.show(request, "not_now", 503, reference="")
            case AtProviderFailed():
                return self._failed(request, outcome)

    def _check_offered(self) -> None:
        if not self._sign_ins.name:
            raise HTTPException(404)

    def _failed(self, request: Request, outcome: AtProviderFailed) -> Response:
        if outcome.is_away:
            return self._show(request, 503, what="away")
        return self._show(request, 422, what="failed")

    def _show(self, request: Request, status: int, **fields: Any) -> Response:
        named = {"provider": self._sign_ins.name, "go_to": "", **fields}
        return self._pages.show(request, "account/provider", status, **named)
