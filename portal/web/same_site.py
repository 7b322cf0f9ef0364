"""Only this portal's own pages change something: cross-site request forgery ends here.

Fetch Metadata (W3C) where the browser says it, else the Origin header; who says neither
is refused. Host must be the portal's own: nothing is ever built from it, all the same.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# where a load balancer asks, by whatever name: nothing there is of a person or a host
READY = "/ready"
_SAFE = frozenset({"GET", "HEAD"})


class SameSite:
    """Refuses what another site's page sends, and hosts that are not this one."""

    def __init__(self, app: ASGIApp, base_url: str, host: str) -> None:
        self._app, self._base_url, self._host = app, base_url, host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await PlainTextResponse(*refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[str, int] | None:
        if scope["path"] == READY and scope["method"] in _SAFE:
            return None
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() != self._host:
            return "This is not the address of this portal.\n", 421
        if scope["method"] in _SAFE:
            return None
        site = headers.get("sec-fetch-site")
        if site is not None:
            own = site == "same-origin"
        else:
            own = headers.get("origin") == self._base_url
        return None if own else ("Open the portal's own page and try again.\n", 403)
