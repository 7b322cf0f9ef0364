"""The page that sets security questions up."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.account import ACCOUNT, SignedInPages
from portal.visits.account import Account
from portal.visits.questions.registration import QuestionRegistration
from portal.visits.registration import NotAllowed

_QUESTIONS = "/account/questions"


class QuestionPages:
    """Shows which there are, and takes which were chosen."""

    def __init__(
        self, signed: SignedInPages, registration: QuestionRegistration
    ) -> None:
        self._signed, self._registration = signed, registration
        self._pages = signed.pages
        self._count = signed.pages.services.settings.questions.registered

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        signed_in = self._signed.signed_in
        return [
            Route(_QUESTIONS, signed_in(self.ask), methods=["GET"]),
            Route(_QUESTIONS, signed_in(self.add), methods=["POST"]),
        ]

    async def ask(self, request: Request, account: Account) -> Response:
        """Ask for questions and answers; each field begins with another question."""
        try:
            self._registration.check(account)
        except NotAllowed:
            raise HTTPException(404) from None
        return self._show(request, 200, self._registration.there[: self._count])

    async def add(self, request: Request, account: Account) -> Response:
        """Keep what was chosen."""
        form = await self._pages.form(request)
        numbers = range(self._count)
        chosen = [
            (form.text(f"question_{at}"), form.text(f"answer_{at}")) for at in numbers
        ]
        origin = self._pages.origin(request)
        try:
            fault = await self._registration.add(account, chosen, origin)
        except NotAllowed:
            raise HTTPException(404) from None
        if fault is None:
            return self._pages.go(ACCOUNT)
        questions = [question for question, _ in chosen]
        return self._show(request, 422, questions, str(fault))

    def _show(
        self, request: Request, status: int, chosen: Sequence[str], wrong: str = ""
    ) -> Response:
        return self._pages.show(
            request,
            "account/questions",
            status,
            there=self._registration.there,
            chosen=chosen,
            wrong=wrong,
        )
