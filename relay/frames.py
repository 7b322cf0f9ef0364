"""What crosses a listener's channel: requests, responses, renewed tokens (pure).

The form is Azure Relay's `request` gesture: a JSON text frame, and a binary frame
with the body when the text says `"body": true`.
"""

import re
from dataclasses import dataclass
from typing import Any

from wire import bounded_json
from wire.hybrid_connections import MAX_INLINE_HEADERS, BadMessage, frame_text

# RFC 9110 section 7.6.1, and what the protocol strips besides
_NOT_RELAYED = frozenset(
    {
        "close",
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "servicebusauthorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# no half of a character (U+D800 to U+DFFF): it can't be sent
_FIELD = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """What a sender asks, ready to be relayed.

    `target` is path and query without tokens; `headers` are those relayed, Via
    included.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    remote_host: str
    remote_port: int


@dataclass(frozen=True)
class ResponseHead:
    """A response to one request, without its body; `body`: whether one follows."""

    request_id: str
    status: int
    reason: str | None
    headers: Headers
    body: bool


@dataclass(frozen=True)
class Response:
    """A listener's response, whole."""

    head: ResponseHead
    body: bytes


@dataclass(frozen=True)
class Renewal:
    """A listener's new token."""

    token: str


def request_text(request: Request, request_id: str, address: str) -> str:
    """Write a whole request; its body follows in a frame of its own."""
    # method and body must both be there: a listener that misses one of them dials
    # the address instead (hyco-https looks for method, .NET for body)
    return frame_text(
        "request",
        {
            "address": address,
            "id": request_id,
            "requestTarget": request.target,
            "method": request.method,
            "requestHeaders": dict(request.headers),
            "remoteEndpoint": {
                "address": request.remote_host,
                "port": request.remote_port,
            },
            "body": bool(request.body),
        },
    )


def summons_text(request_id: str, address: str) -> str:
    """Write the request to come to an address, where the whole request will be."""
    return frame_text("request", {"address": address, "id": request_id})


def relayed(headers: Headers) -> Headers:
    """Leave out the headers that belong to one hop; join what comes repeatedly."""
    kept: dict[str, tuple[str, str]] = {}
    named = " ".join(value for name, value in headers if name.lower() == "connection")
    dropped = _NOT_RELAYED | set(named.lower().replace(",", " ").split())
    for name, value in headers:
        low = name.lower()
        if low not in dropped:
            kept[low] = (name, f"{kept[low][1]}, {value}" if low in kept else value)
    return tuple(kept.values())


def parse(text: str) -> ResponseHead | Renewal | None:
    """Read a text frame of a listener; None for a kind without use, else BadMessage."""
    try:
        message = bounded_json.loads(text)
    except ValueError:
        raise BadMessage("a text frame is no JSON") from None
    if not isinstance(message, dict):
        raise BadMessage("a text frame is no JSON object")
    if "response" in message:
        return _head(_object(message, "response"))
    if "renewToken" in message:
        token = _object(message, "renewToken").get("token")
        return Renewal(token if isinstance(token, str) else "")
    return None


def _head(message: dict[str, Any]) -> ResponseHead:
    request_id, reason = message.get("requestId"), message.get("statusDescription")
    if not isinstance(request_id, str):
        raise BadMessage("a response has no requestId")
    return ResponseHead(
        request_id=request_id,
        status=_status(message.get("statusCode")),
        reason=reason if isinstance(reason, str) and _FIELD.fullmatch(reason) else None,
        headers=_headers(message.get("responseHeaders") or {}),
        body=message.get("body") is True,
    )


def _status(value: object) -> int:
    # the documents show a string, the clients send a number
    if isinstance(value, bool) or not re.fullmatch(r"[2-5]\d\d", str(value)):
        raise BadMessage("statusCode must be from 200 to 599")
    return int(str(value))


def _headers(fields: object) -> Headers:
    if not isinstance(fields, dict):
        raise BadMessage("responseHeaders is no JSON object")
    pairs = []
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, _field(name, single)) for single in values]
    if sum(len(name) + len(value) for name, value in pairs) > MAX_INLINE_HEADERS:
        raise BadMessage(f"responseHeaders are over {MAX_INLINE_HEADERS} characters")
    return tuple(pair for pair in pairs if pair[0].lower() not in _NOT_RELAYED)


def _field(name: str, given: object) -> str:
    if isinstance(given, dict | list):  # to spell one that is nested may never end
        raise BadMessage("responseHeaders holds what is no text")
    value = str(given)
    if not (_TOKEN.fullmatch(name) and _FIELD.fullmatch(value)):
        raise BadMessage("responseHeaders holds what is no HTTP header")
    return value


def _object(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message[name]
    if not isinstance(value, dict):
        raise BadMessage(f"{name} is no JSON object")
    return value
