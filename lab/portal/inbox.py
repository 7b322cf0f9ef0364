"""What the portal sent, shown on a page: mails by SMTP, text messages by HTTP.

Everybody's messages are on the one page: it is the lab's, and asks nobody who they are.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiosmtpd.controller import Controller
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from lab.portal.site import INBOX, MESSAGES, TEXT_MESSAGES

_MOST, _MOST_BYTES = 500, 65_536
_READY_S = 60.0
_HERE = Path(__file__).parent
# what gateways of text messages call these two
_TO, _WORDS = ("to", "recipient", "number"), ("text", "message", "body")


@dataclass(frozen=True)
class Message:
    """One message; `kind` is mail or text, `came` Unix seconds."""

    kind: str
    to: str
    subject: str
    words: str
    came: float


@dataclass
class Inbox:
    """The newest messages, in the order they came."""

    messages: list[Message] = field(default_factory=list)

    def take(self, kind: str, to: str, subject: str, words: str) -> None:
        """Keep one more."""
        self.messages.append(Message(kind, to, subject, words, time.time()))
        del self.messages[:-_MOST]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        part = mail.get_body(("plain",))
        words = "" if part is None else str(part.get_content())
        self.take("mail", ", ".join(envelope.rcpt_tos), str(mail["Subject"]), words)
        return "250 OK"


def mail_server(inbox: Inbox, address: tuple[str, int], tls: ssl.SSLContext) -> Any:
    """Serve SMTP, with TLS only, in a thread of its own."""
    host, port = address
    controller = Controller(
        inbox,
        hostname=host,
        port=port,
        tls_context=tls,
        require_starttls=True,
        ready_timeout=_READY_S,
    )
    controller.start()
    return controller


def pages(inbox: Inbox) -> Starlette:
    """Give the page of people, what programs read, and the gateway of text messages."""
    templates = Environment(loader=FileSystemLoader(_HERE), autoescape=True)
    template = templates.get_template("inbox.html")

    async def shown(_request: Request) -> Response:
        newest = [
            (each, time.strftime("%H:%M:%S", time.localtime(each.came)))
            for each in reversed(inbox.messages)
        ]
        return HTMLResponse(template.render(messages=newest))

    async def listed(_request: Request) -> Response:
        return JSONResponse([asdict(each) for each in inbox.messages])

    async def text_message(request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return Response(status_code=413)
        said = await _said(request, body)
        inbox.take("text", _first(said, _TO), "", _first(said, _WORDS))
        return JSONResponse({"status": "queued"}, 202)

    return Starlette(
        routes=[
            Route(INBOX, shown),
            Route(MESSAGES, listed),
            Route(TEXT_MESSAGES, text_message, methods=["POST"]),
        ]
    )


async def _said(request: Request, body: bytes) -> dict[str, str]:
    """Read JSON or a form, as gateways take either."""
    if "json" in request.headers.get("content-type", ""):
        said = await request.json()
    else:
        said = dict(parse_qsl(body.decode()))
    return {str(name).lower(): str(value) for name, value in said.items()}


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if name in said), "")
