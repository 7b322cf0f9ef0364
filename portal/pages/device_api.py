"""What a wizard asks (RFC 8628): a code for people, then whether they approved it.

No page and no cookie: JSON, bounded, for a program. It names the portal as its origin,
as a page of the portal's would: no page of others sends anything here.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.journeys.device_grant import INTERVAL_S, LIFETIME_S, PollAnswer
from portal.pages.page import Pages
from portal.visits.device import DeviceGrants, TooMany
from portal.web.forms import read_form
from wire.enrolment.device_grant import (
    APPROVAL,
    AUTHORIZE,
    CLIENT,
    GRANT_TYPE,
    TOKEN,
    spelled,
)
from wire.outcomes import Refused

_MOST_DESCRIPTION = 200


class DeviceEndpoints:
    """The device authorization endpoint and the token endpoint."""

    def __init__(self, pages: Pages, grants: DeviceGrants) -> None:
        self._pages, self._grants = pages, grants

    @property
    def routes(self) -> list[Route]:
        """The addresses of both."""
        return [
            Route(AUTHORIZE, self.authorize, methods=["POST"]),
            Route(TOKEN, self.token, methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Begin (RFC 8628 sections 3.1 and 3.2)."""
        form = await read_form(request)
        if form.text("client_id") != CLIENT:
            return _error("invalid_client", 401)
        try:
            begun = await self._grants.begin(
                form.text("agent_request").encode("ascii", "replace"),
                self._pages.origin(request),
            )
        except TooMany:
            return _error("temporarily_unavailable", 429)
        except Refused as error:
            return _error("invalid_request", detail=error.detail)
        address = f"{self._pages.services.settings.base_url}{APPROVAL}"
        code = spelled(begun.user_code)
        return JSONResponse(
            {
                "device_code": begun.device_code,
                "user_code": code,
                "verification_uri": address,
                "verification_uri_complete": f"{address}?user_code={code}",
                "expires_in": LIFETIME_S,
                "interval": INTERVAL_S,
            }
        )

    async def token(self, request: Request) -> Response:
        """Say whether it was approved (RFC 8628 sections 3.4 and 3.5)."""
        form = await read_form(request)
        if form.text("client_id") != CLIENT:
            return _error("invalid_client", 401)
        if form.text("grant_type") != GRANT_TYPE:
            return _error("unsupported_grant_type")
        code = form.text("device_code")
        told = await self._grants.poll(code, self._pages.origin(request))
        if told.answer is not PollAnswer.READY:
            return _error(str(told.answer), interval=told.interval)
        enrolment = told.enrolment.decode("ascii")
        # it opens nothing here: it is sealed, and the agent's (RFC 8693 section 2.2.1)
        return JSONResponse({"access_token": enrolment, "token_type": "N_A"})


def _error(
    name: str, status: int = 400, *, detail: str = "", interval: int | None = None
) -> JSONResponse:
    """Refuse, as RFC 6749 section 5.2 spells it."""
    body: dict[str, str | int] = {"error": name}
    if detail:
        body["error_description"] = detail[:_MOST_DESCRIPTION]
    if interval is not None:
        body["interval"] = interval
    return JSONResponse(body, status)
