"""The pages of who proved enough: unlock or new password, and what became of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.visit import Entitled, Missing, SeenVisit, VisitPurpose
from portal.pages.forgotten import METHODS, NEED, PASSWORD, ForgottenPages
from portal.pages.page import Pages
from portal.visits.write import (
    PASSING,
    NotKnown,
    NotPossible,
    Outcome,
    WriteRefused,
    Writing,
    Written,
)
from portal.web import cookies
from wire.operation import Operation
from wire.outcomes import Code

_WAITING = "/forgot/waiting"
_KNOWN = f"{_WAITING}/known"


class NewPasswordPages:
    """Shows and reads the pages after enough was proven."""

    def __init__(
        self, pages: Pages, forgotten: ForgottenPages, writing: Writing
    ) -> None:
        self._pages, self._forgotten, self._writing = pages, forgotten, writing

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        visiting = self._forgotten.visiting
        return [
            Route(NEED, visiting(self.need), methods=["GET"]),
            Route("/forgot/unlock", visiting(self.unlock), methods=["POST"]),
            Route(PASSWORD, visiting(self.password), methods=["GET"]),
            Route(PASSWORD, visiting(self.set_password), methods=["POST"]),
            Route(_WAITING, visiting(self.waiting), methods=["GET"]),
            Route(_KNOWN, visiting(self.known), methods=["GET"]),
        ]

    async def need(self, request: Request, seen: SeenVisit) -> Response:
        """Ask what is wanted, where there is a choice."""
        standing = seen.standing(self._pages.services.clock())
        if isinstance(standing, Missing):
            return self._pages.go(METHODS)
        may_unlock = Operation.UNLOCK in standing.operations and standing.locked
        may_reset = Operation.RESET in standing.operations
        if not may_unlock and may_reset:
            is_unlock = seen.visit.purpose is VisitPurpose.UNLOCK
            if not is_unlock:
                return self._pages.go(PASSWORD)
        return self._pages.show(
            request,
            "forgot/need",
            may_unlock=may_unlock,
            may_reset=may_reset,
            locked=standing.locked,
        )

    async def unlock(self, request: Request, seen: SeenVisit) -> Response:
        """Unlock the account."""
        await self._pages.form(request)
        origin = self._pages.origin(request)
        outcome = await self._writing.unlock(seen, origin)
        return self._after(request, outcome)

    async def password(self, request: Request, seen: SeenVisit) -> Response:
        """Show the rules that hold for this person, before anything is typed."""
        standing = seen.standing(self._pages.services.clock())
        if isinstance(standing, Missing):
            return self._pages.go(METHODS)
        return await self._form(request, standing, 200)

    async def set_password(self, request: Request, seen: SeenVisit) -> Response:
        """Set the new password; a refusal stands beside the field."""
        form = await self._pages.form(request)
        new, again = form.secret("new"), form.secret("again")
        if not new or new != again:
            return await self._again(
                request, seen, wrong="empty" if not new else "differ"
            )
        origin = self._pages.origin(request)
        # it counts itself whether enough was proven
        outcome = await self._writing.set_password(seen, new, origin)
        match outcome:
            case WriteRefused(operation=Operation.RESET, answer=answer) if (
                answer.code not in PASSING
            ):
                code, reference = answer.code, answer.id
                return await self._again(
                    request, seen, refused=code, reference=reference
                )
        return self._after(request, outcome)

    async def waiting(self, request: Request, seen: SeenVisit) -> Response:
        """Ask once more what became of it."""
        outcome = await self._writing.outcome(seen.visit, self._pages.origin(request))
        return self._after(request, outcome)

    async def known(self, _request: Request, seen: SeenVisit) -> Response:
        """Tell the page that waits whether to go on: 204, or 202 where it is early."""
        is_known = await self._writing.is_known(seen.visit)
        return Response(status_code=204 if is_known else 202)

    async def _again(
        self, request: Request, seen: SeenVisit, **fields: Any
    ) -> Response:
        """Ask for a password again, and say what was wrong with the one of before."""
        standing = seen.standing(self._pages.services.clock())
        if isinstance(standing, Missing):
            return self._pages.go(METHODS)
        return await self._form(request, standing, 422, **fields)

    async def _form(
        self,
        request: Request,
        standing: Entitled,
        status: int,
        *,
        wrong: str = "",
        refused: Code | None = None,
        reference: str = "",
    ) -> Response:
        rules = await self._writing.rules(standing)
        if isinstance(rules, NotPossible):
            return self._pages.show(request, "not_now", 503, reference="")
        return self._pages.show(
            request,
            "forgot/password",
            status,
            policy=rules.policy,
            earliest=rules.earliest if rules.code is Code.TOO_YOUNG else None,
            wrong=wrong,
            refused=None if refused is None else str(refused),
            reference=reference,
        )

    def _after(self, request: Request, outcome: Outcome) -> Response:
        match outcome:
            case Written(operation=operation, answer=answer, ms=ms):
                response = self._pages.show(
                    request,
                    "done",
                    kind=str(operation),
                    partial=outcome.partial,
                    seconds=ms / 1000,
                    reference=answer.id,
                )
                cookies.drop(response, cookies.VISIT)
                self._pages.remember_browser(request, response)
                return response
            case NotKnown(operation=operation):
                return self._pages.show(
                    request,
                    "waiting",
                    202,
                    address=_WAITING,
                    known=_KNOWN,
                    kind="" if operation is None else str(operation),
                )
            case WriteRefused(answer=answer) if answer.code not in PASSING:
                return self._pages.show(
                    request,
                    "refused",
                    422,
                    refused=str(answer.code),
                    reference=answer.id,
                )
            case WriteRefused(answer=answer):
                return self._pages.show(request, "not_now", 503, reference=answer.id)
            case NotPossible():
                return self._pages.show(request, "not_now", 503, reference="")
            case Missing():
                return self._pages.go(METHODS)
