"""The page of who knows their password: the old one, the new one, and the answer."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.page import Pages, moment
from portal.visits.even_time import even_time
from portal.visits.password_sign_in import (
    Changed,
    ChangeNotKnown,
    PasswordSignIn,
)
from portal.visits.sign_in import NoService, NotRight, TooManyTries
from portal.visits.write import PASSING
from wire.outcomes import Code

ADDRESS = "/change"


class ChangePages:
    """Shows and reads the page."""

    def __init__(self, pages: Pages, passwords: PasswordSignIn) -> None:
        self._pages, self._passwords = pages, passwords

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        return [
            Route(ADDRESS, self.show, methods=["GET"]),
            Route(ADDRESS, self.change, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the page."""
        return self._form(request, 200)

    async def change(self, request: Request) -> Response:
        """Change the password."""
        form = await self._pages.form(request, first=True)
        new, again = form.secret("new"), form.secret("again")
        if not new or new != again:
            return self._form(request, 422, wrong="differ" if new else "empty")
        origin = self._pages.origin(request)
        async with even_time(self._pages.services.long_tick_s):
            outcome = await self._passwords.change(
                form.text("name"),
                form.secret("old"),
                new,
                secrets.token_urlsafe(16),
                origin,
            )
        match outcome:
            case TooManyTries(until=until):
                return self._pages.show(request, "too_many", 429, until=moment(until))
            case NotRight():
                return self._form(request, 422, wrong="not_right")
            case NoService():
                return self._pages.show(request, "not_now", 503, reference="")
            case ChangeNotKnown():
                return self._pages.show(request, "change_not_known", 202)
            case Changed(answer=answer) if answer.code in (Code.OK, Code.PARTIAL):
                return self._pages.show(
                    request,
                    "done",
                    kind="change",
                    partial=answer.code is Code.PARTIAL,
                    seconds=None,
                    reference=answer.id,
                )
            case Changed(answer=answer) if answer.code in PASSING:
                return self._pages.show(request, "not_now", 503, reference=answer.id)
            case Changed(answer=answer):
                return self._form(
                    request, 422, refused=str(answer.code), reference=answer.id
                )

    def _form(
        self,
        request: Request,
        status: int,
        *,
        wrong: str = "",
        refused: str | None = None,
        reference: str = "",
    ) -> Response:
        return self._pages.show(
            request,
            "change",
            status,
            wrong=wrong,
            refused=refused,
            reference=reference,
        )
