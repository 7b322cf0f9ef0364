"""Counts what is answered, by class of status, and how long it took."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.measures.measures import Measures
from portal.web.same_site import READY


class Measured:
    """Takes each answer but those to load balancers; an answer cut off is a fault."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] == READY:
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._measures.shown(status, time.monotonic() - began)
