"""What every page has: its language, its frame, its form's token, who asks."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.agents.answer import Help
from portal.keys.pepper import Purpose
from portal.services import BrowserOrigin, Services
from portal.templating import wanted_language
from portal.web import cookies
from portal.web.client_address import client_address, counted_network
from portal.web.forms import Form, read_form

_MOST_AGENT = 200
# where those sign in who work here: a session beside the one of one's own account
STAFF = "/staff"
_OWN_COOKIES = (cookies.VISIT, cookies.SESSION)
_STAFF_COOKIES = (cookies.STAFF,)
_TOKEN = "token"  # noqa: S105 - the name of a field


@dataclass(frozen=True)
class Pages:
    """Renders pages and reads forms for one portal."""

    services: Services

    def show(
        self, request: Request, template: str, status: int = 200, /, **fields: Any
    ) -> HTMLResponse:
        """Show a page."""
        settings = self.services.settings
        language = language_of(request)
        html = self.services.templates.page(
            template,
            language,
            organization=settings.organization,
            brand=self.services.brand,
            help=self.help,
            token=self._token(request),
            **fields,
        )
        return HTMLResponse(html, status, {"content-language": language})

    @property
    def help(self) -> Help:
        """Whom people call, as the first agent says that says it."""
        return self.services.agents.help

    def go(self, address: str) -> RedirectResponse:
        """Go to another page of this portal, by GET (RFC 9110 section 15.4.4)."""
        return RedirectResponse(address, 303)

    async def form(self, request: Request, *, first: bool = False) -> Form:
        """Read a form of a page of ours; HTTP 403 where its token is not that page's.

        `first`: of a page that comes before any cookie; it has no token.
        """
        form = await read_form(request)
        expected = self._token(request)
        given = form.text(_TOKEN).encode()
        if not first and not (
            expected and secrets.compare_digest(given, expected.encode())
        ):
            raise HTTPException(403)
        return form

    def origin(self, request: Request) -> BrowserOrigin:
        """Say who asks: address, browser, device cookie, language."""
        peer = request.client.host if request.client else None
        # some proxies add a line of their own: all of them are one list
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        trusted = self.services.settings.trusted_proxies
        address = client_address(peer, forwarded, trusted)
        device = cookies.read(request, cookies.BROWSER)
        hashed = device and self.services.pepper.digest(Purpose.BROWSER, device)
        return BrowserOrigin(
            address=counted_network(address),
            agent=request.headers.get("user-agent", "")[:_MOST_AGENT],
            device=hashed or None,
            language=language_of(request),
        )

    def remember_browser(self, request: Request, response: Response) -> str:
        """Give a browser the cookie that it is known by, and its hash."""
        value = cookies.read(request, cookies.BROWSER) or secrets.token_urlsafe(32)
        cookies.keep(response, cookies.BROWSER, value)
        return self.services.pepper.digest(Purpose.BROWSER, value)

    def _token(self, request: Request) -> str:
        """Tie a form to the visit or session that its page was shown in."""
        is_staff = request.url.path.startswith(STAFF)
        names = _STAFF_COOKIES if is_staff else _OWN_COOKIES
        held = [cookies.read(request, name) for name in names]
        if not any(held):
            return ""
        return self.services.pepper.digest(Purpose.FORM, *(each or "" for each in held))


def language_of(request: Request) -> str:
    """Choose the language of a request."""
    return wanted_language(request.headers.get("accept-language", ""))


def moment(seconds: float) -> datetime:
    """Give Unix seconds as a time that a template writes in its language."""
    return datetime.fromtimestamp(seconds, UTC)
