"""Sends one text message by a gateway's HTTP interface, as the settings' template says.

The status alone says whether it was taken: nothing of an answer is read, and no
redirect is followed, as number and code are in the request.
"""

import json
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from portal.database.outbox import Message
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.keys.secret_files import SecretFiles
from portal.notifications.delivery import NotSent
from portal.text_messages import DIGITS, NUMBER, PLACEHOLDER, SECRET, TEXT, TextMessages
from portal.tls import tls_context
from wire.http_session import REDIRECTS, http_session
from wire.secret import Secret

_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=10)
# the request's own fault: the same one is never taken
_FOR_GOOD = frozenset({400, 413, 422})
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,4000}[\x21-\x7e])?")
_KINDS = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class TextGateway:
    """The gateway of the settings; PortalUnusable where its secret is in no form."""

    def __init__(self, settings: TextMessages, secret: Secret | None) -> None:
        if secret is not None and not _HEADER_VALUE.fullmatch(secret.reveal()):
            what = "the secret sms_secret must be one line of ASCII"
            raise PortalUnusable(what, "put the right file there")
        self._settings, self._secret = settings, secret
        self._tls = tls_context(settings.ca, "sms: ca")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = http_session(_TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, message: Message) -> None:
        """Send a text message; NotSent says why not, never with what it says."""
        status = await self._asked(message)
        if status in self._settings.status:
            return
        what = f"the gateway answered {status}"
        if status in REDIRECTS:
            what = f"{what}, a redirect, which is not followed"
        raise NotSent(what, for_good=status in _FOR_GOOD)

    async def _asked(self, message: Message) -> int:
        """Send the request and give the answer's status; NotSent else."""
        if self._session is None:
            raise RuntimeError("the session is not open")
        settings, values = self._settings, self._values(message)
        headers = {name: _filled(v, values) for name, v in settings.headers.items()}
        headers["Content-Type"] = _KINDS[settings.format]
        try:
            async with self._session.request(
                settings.method,
                settings.url,
                data=_body(settings, values),
                headers=headers,
                ssl=self._tls,
                allow_redirects=False,
            ) as answer:
                return answer.status
        except aiohttp.ClientResponseError as error:
            return error.status  # a redirect, or no HTTP at all
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"the gateway can't be asked: {_kind(error)}") from None
        except TimeoutError:
            # it may be on its way: a second one costs, and is what people distrust
            what = "the gateway did not answer in time: it may have been sent"
            raise NotSent(what, for_good=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotSent(f"the gateway gave no answer: {_kind(error)}") from None

    def _values(self, message: Message) -> dict[str, str]:
        return {
            NUMBER: message.to,
            DIGITS: message.to.removeprefix("+"),
            TEXT: message.text,
            SECRET: "" if self._secret is None else self._secret.reveal(),
        }


def gateway_secret(settings: TextMessages, secrets: SecretFiles) -> Secret | None:
    """Read what {secret} stands for, where it is anywhere; PortalUnusable else."""
    return secrets.read(secret_files.SMS_SECRET) if settings.needs_secret else None


def _body(settings: TextMessages, values: Mapping[str, str]) -> bytes:
    filled = _filled(settings.fields, values)
    if settings.format == "form":
        return urlencode(filled).encode("ascii")
    return json.dumps(filled).encode("ascii")


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """Fill placeholders in, each once: what was filled in holds none."""
    match value:
        case str():
            return PLACEHOLDER.sub(lambda found: values[found.group(1)], value)
        case dict():
            return {name: _filled(each, values) for name, each in value.items()}
        case list():
            return [_filled(each, values) for each in value]
    return value


def _kind(error: Exception) -> str:
    # what a peer says is no part of it
    return type(error).__name__
