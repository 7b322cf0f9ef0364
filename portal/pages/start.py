"""The first page: what somebody may have come for."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.pages.page import Pages


class StartPage:
    """Shows what can be done, and whether it can be done now."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        return [Route("/", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """Show the page."""
        services = self._pages.services
        serves = any(map(services.agents.serving, services.settings.domains))
        return self._pages.show(request, "start", serves=serves)
