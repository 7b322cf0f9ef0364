"""Headers of every answer: what a page may load, and that nobody keeps or frames it."""

from collections.abc import Collection, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Content Security Policy Level 3; Trusted Types
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "strict-transport-security": "max-age=31536000",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)",
}
_FOR_GOOD = "public, max-age=31536000, immutable"
_KEPT = frozenset({200, 206, 304})


class SecurityHeaders:
    """Adds them to whatever is answered, failures too.

    Kept for good is what has one of the `lasting` addresses: each names what it
    answers with. A node of another version, or with another logo, is asked for files
    of addresses that are not its own, and has none of them.
    """

    def __init__(self, app: ASGIApp, lasting: Collection[str]) -> None:
        self._app, self._lasting = app, frozenset(lasting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        is_lasting = f"{scope['path']}?{query}" in self._lasting

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # a file alone is kept: what is missing may be there in a moment
                keeps = is_lasting and message["status"] in _KEPT
                cache = _FOR_GOOD if keeps else "no-store"
                added = _encoded({**_HEADERS, "cache-control": cache}.items())
                names = {name for name, _ in added}
                kept = [pair for pair in message["headers"] if pair[0] not in names]
                message["headers"] = [*kept, *added]
            await send(message)

        await self._app(scope, receive, with_headers)


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
