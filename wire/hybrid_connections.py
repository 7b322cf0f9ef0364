"""Azure Relay's `request` gesture as a listener sees it: text frames in and out (pure).

A request is a JSON text frame and, when it says `"body": true`, a binary frame after
it. One without `method` or `body` is a summons: the whole request waits at `address`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wire import bounded_json

MAX_INLINE_BODY = 64 * 1024
MAX_INLINE_HEADERS = 32 * 1024
MAX_BODY = 1024 * 1024
_MOST_TEXT = 16 * 1024  # characters of a request's id, address, method or target


class BadMessage(Exception):
    """The other side sent something that is not of the protocol."""


@dataclass(frozen=True)
class RelayRequest:
    """What a sender asks for: path and query from the connection's name on, headers."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class RelayResponse:
    """The answer to it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class RequestHead:
    """A request's text frame; the response must name its id, which a summons may lack.

    `address` is where to dial for a rendezvous; it is a token, so never shown.
    `complete`: the request is here, else it waits there; `body` follows in a frame of
    its own.
    """

    id: str
    address: str = field(repr=False)
    complete: bool
    body: bool
    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)

    def with_body(self, body: bytes) -> RelayRequest:
        return RelayRequest(self.method, self.target, self.headers, body)


@dataclass(frozen=True)
class Accept:
    """Somebody who wants a WebSocket of their own, and waits at an address."""

    address: str = field(repr=False)


def parse(text: str) -> RequestHead | Accept | None:
    """Read a text frame; None for a kind a listener may pass over, else BadMessage."""
    try:
        message = bounded_json.loads(text)
    except ValueError:
        raise BadMessage("a text frame is no JSON") from None
    if not isinstance(message, dict):
        return None
    for kind, read in (("request", _head), ("accept", _accept)):
        content = message.get(kind)
        if content is not None:
            if not isinstance(content, dict):
                raise BadMessage(f"{kind} is no JSON object")
            return read(content)
    return None


def response_text(number: str, response: RelayResponse) -> str:
    """Write a response; its body follows in a frame of its own."""
    content = {
        "requestId": number,
        "statusCode": response.status,
        "responseHeaders": dict(response.headers),
        "body": bool(response.body),
    }
    return frame_text("response", content)


def renewal_text(token: str) -> str:
    """Write a new token for the channel; the relay does not reply."""
    return frame_text("renewToken", {"token": token})


def fits_inline(headers: Iterable[tuple[str, str]], body: bytes) -> bool:
    """Say whether a request or a response is small enough for the control channel."""
    size = sum(len(name) + len(value) + 4 for name, value in headers)
    return len(body) <= MAX_INLINE_BODY and size <= MAX_INLINE_HEADERS


def frame_text(kind: str, content: Mapping[str, Any]) -> str:
    """Write a text frame of one kind."""
    return json.dumps({kind: content}, separators=(",", ":"))


def _accept(content: dict[str, Any]) -> Accept:
    return Accept(_text(content, "address"))


def _head(content: dict[str, Any]) -> RequestHead:
    complete = "method" in content and "body" in content
    head = RequestHead(
        id=_text(content, "id"),
        address=_text(content, "address"),
        complete=complete,
        body=content.get("body") is True,
        method=_text(content, "method"),
        target=_text(content, "requestTarget"),
        headers=_headers(content.get("requestHeaders") or {}),
    )
    if complete and not head.id:
        raise BadMessage("a request has no id")
    if not complete and not head.address:
        raise BadMessage("a request has neither a method nor an address")
    return head


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise BadMessage(f"{name} is no text, or too long a one")
    return value


def _headers(content: object) -> Mapping[str, str]:
    if not isinstance(content, dict):
        raise BadMessage("requestHeaders is no JSON object")
    if any(isinstance(value, dict | list) for value in content.values()):
        raise BadMessage("requestHeaders holds what is no text")
    return {name: str(value) for name, value in content.items()}
