"""The organization's logo and colour as files of this portal, kept by browsers."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.brand.brand import PICTURE, STYLE, Brand


class BrandFiles:
    """Answers with what is there; else the address is one of no page."""

    def __init__(self, brand: Brand) -> None:
        self._brand = brand

    @property
    def routes(self) -> list[Route]:
        """The addresses of these files."""
        routes = []
        if self._brand.style:
            routes.append(Route(STYLE, self.style, methods=["GET"]))
        if self._brand.logo is not None:
            routes.append(Route(PICTURE, self.picture, methods=["GET"]))
        return routes

    async def style(self, _request: Request) -> Response:
        """Give the style sheet."""
        return Response(self._brand.style, media_type="text/css")

    async def picture(self, _request: Request) -> Response:
        """Give the logo."""
        logo = self._brand.logo
        content = b"" if logo is None else logo.content
        return Response(content, media_type="image/png")
