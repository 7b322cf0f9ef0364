"""Forms as browsers send them: bounded, each field once, passwords as secrets."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from wire.secret import Secret

MOST_BYTES = 16 * 1024
BODY_S = 20.0  # who sends slower holds a connection that others need
_MOST_FIELDS = 32
_KIND = "application/x-www-form-urlencoded"


class Form:
    """The fields of one form; a field that is missing is empty."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Give a field."""
        return self._fields.get(name, "")

    def secret(self, name: str) -> Secret:
        """Give a field that is shown nowhere; nothing of it is trimmed."""
        return Secret(self._fields.get(name, ""))

    def __repr__(self) -> str:
        return f"Form({', '.join(sorted(self._fields))})"


async def read_form(request: Request) -> Form:
    """Read a form; HTTP 400, 408, 413 or 415 where it is none that a page here has."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _KIND:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(BODY_S):
            body = await _body(request)
    except TimeoutError:
        raise HTTPException(408) from None
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise HTTPException(400)
    return Form(fields)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return body
