"""What the wizard asks of a relay: enrol, withdraw, and one request to the agent."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from agent.relay_client import clock_skew
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.errors import reason_for_failure
from wire import sas
from wire.agent_statements import sign_application, sign_rotation, sign_withdrawal
from wire.failure import Failure, sentence
from wire.http_session import http_session, read_short
from wire.keys import PrivateKeys
from wire.printable import printable
from wire.secret import Secret
from wire.text import Text, verbatim

_TIMEOUT_S = 20.0
_ANSWER_S = 65.0  # the relay itself gives up after 60
# longer than a clock may be behind, and than an answer may take
_TOKEN_S = 600
_MOST = 64 * 1024  # of a body, in bytes: a token has half of that at most
_PROVES_NOTHING, _FORBIDDEN = 401, 403
# of what a relay says in its own words
_MOST_WORDS = 256
PROXY_REFUSES = 407
DO_NOT_TRUST = Text("Do not use this relay before its owner has explained that.")
SET_CLOCK = Text("Set both clocks by the same time server, then try again.")


class RelayFailed(Failure):
    """The relay could not be asked, or refused.

    The HTTP status is 0 when none came, PROXY_REFUSES when the proxy's did. Where it
    was not `reached`, no connection to it stood: it can have done nothing.
    """

    def __init__(
        self, status: int, what: str, remedy: str, *, reached: bool = True
    ) -> None:
        super().__init__(verbatim(what), verbatim(remedy))
        self.status, self.reached = status, reached


@dataclass(frozen=True)
class RelayAnswer:
    """An HTTP answer of a relay, or of the agent behind it.

    This machine's clock is `ahead` of the relay's by seconds; None where it does not
    tell.
    """

    status: int
    body: bytes = field(repr=False)
    ahead: float | None = None

    def json(self) -> Mapping[str, Any]:
        """Read a JSON object; empty for anything else."""
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return parsed if isinstance(parsed, dict) else {}


@dataclass(frozen=True)
class Application:
    """What an agent is enrolled with; the relay learns no private key."""

    agent: str
    keys: PrivateKeys
    code_secret: bytes = field(repr=False)
    listen_key: Secret
    test_key: Secret

    @property
    def shared(self) -> tuple[Secret, Secret]:
        """The keys that the relay learns."""
        return self.listen_key, self.test_key


def enrol(endpoint: RelayEndpoint, application: Application) -> Mapping[str, Any]:
    """Use an enrolment code; the same application again gives the same answer.

    Raises `RelayFailed` with the relay's own words.
    """
    payload = sign_application(
        application.keys,
        application.agent,
        _host(endpoint),
        application.code_secret,
        application.shared,
    )
    answer = ask(endpoint, "POST", "/$enrol", payload, _SIGNED)
    if answer.status not in (200, 201):
        raise _refused(answer)
    return answer.json()


def knows(endpoint: RelayEndpoint, lookup: str) -> bool:
    """Say whether a relay knows a code by its hash; `RelayFailed`: no answer came."""
    return ask(endpoint, "GET", f"/$enrol/{lookup}", b"", {}).status == 200


def withdraw(endpoint: RelayEndpoint, agent: str, keys: PrivateKeys) -> None:
    """Take the enrolment of these keys back; nothing happens when there is none.

    Raises `RelayFailed` with the relay's own words.
    """
    body = sign_withdrawal(keys, agent, _host(endpoint))
    answer = ask(endpoint, "DELETE", f"/$enrol/{quote(agent)}", body, _SIGNED)
    if answer.status not in (200, 204, 404) and not _is_anothers(answer):
        raise _refused(answer)


def rotate_shared_keys(
    endpoint: RelayEndpoint,
    agent: str,
    keys: PrivateKeys,
    shared: tuple[Secret, Secret],
) -> None:
    """Have the relay take other keys to listen and to test with.

    Keep them first: those of before are good until these are used for the first time,
    so that who is cut off in between goes on with either. Raises `RelayFailed`.
    """
    body = sign_rotation(keys, agent, _host(endpoint), shared)
    answer = ask(endpoint, "PUT", f"/$enrol/{quote(agent)}", body, _SIGNED)
    if answer.status != 200:
        raise _refused(answer)


def _host(endpoint: RelayEndpoint) -> str:
    return urlsplit(endpoint.relay.url).hostname or ""


def _is_anothers(answer: RelayAnswer) -> bool:
    """Say whether another agent holds the name by now, under keys of its own."""
    return answer.status == _FORBIDDEN and answer.json().get("reason") == "other_agent"


def clock_ahead(endpoint: RelayEndpoint, seconds: float) -> float | None:
    """Say by how many seconds this machine is ahead of a relay; None if it can't be.

    The relay may take `seconds` to answer.
    """
    try:
        return ask(endpoint, "GET", "/", b"", {}, seconds=seconds).ahead
    except RelayFailed:
        return None


@dataclass(frozen=True)
class Sender:
    """The right to send to one agent."""

    endpoint: RelayEndpoint
    agent: str
    key: Secret
    key_name: str

    def send(self, method: str, path: str, body: bytes = b"") -> RelayAnswer:
        """Send one request to the agent; `RelayFailed` where it did not reach it."""
        url = self.endpoint.relay.url
        token = sas.token_for(url, self.agent, self.key, self.key_name, _TOKEN_S)
        headers = {"ServiceBusAuthorization": token}
        if body:
            headers["Content-Type"] = "application/jose"
        target = f"/{quote(self.agent)}/{path}"
        answer = ask(self.endpoint, method, target, body, headers)
        if answer.status not in (200, 400):
            raise _refused(answer)
        return answer


_SIGNED: Mapping[str, str] = {"Content-Type": "application/jose"}
# no connection stood: by its name, its port, its certificate, or a proxy before it
_NOT_REACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


@dataclass(frozen=True)
class _HttpRequest:
    method: str
    path: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    seconds: float


def ask(
    endpoint: RelayEndpoint,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = _ANSWER_S,
) -> RelayAnswer:
    """Ask a relay, through the proxy where there is one; `RelayFailed`: no answer."""
    relay = endpoint.relay
    try:
        context = endpoint.tls_context()
    except OSError as error:
        what = Text("The file {ca} can't be used as the relay's CA.", ca=relay.ca or "")
        raise RelayFailed(0, what, Text("Give a PEM file."), reached=False) from error
    try:
        request = _HttpRequest(method, path, body, headers, seconds)
        return asyncio.run(_ask(endpoint, request, context))
    except aiohttp.ClientHttpProxyError as error:
        raise _at_proxy(relay.url, error) from None
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        why = reason_for_failure(error).whole
        what = Text("The relay {url} did not answer: {why}.", url=relay.url, why=why)
        remedy = Text("Check its address and its state.")
        reached = not isinstance(error, _NOT_REACHED)
        raise RelayFailed(0, what, remedy, reached=reached) from None


def _at_proxy(url: str, error: aiohttp.ClientHttpProxyError) -> RelayFailed:
    """Tell of a proxy that does not lead to the relay; of its status, only this one."""
    status = PROXY_REFUSES if error.status == PROXY_REFUSES else 0
    why = reason_for_failure(error)
    what = Text("The relay {url} was not reached: {why}.", url=url, why=why.what)
    return RelayFailed(status, what, sentence(why.remedy), reached=False)


async def _ask(
    endpoint: RelayEndpoint, request: _HttpRequest, context: ssl.SSLContext
) -> RelayAnswer:
    timeout = aiohttp.ClientTimeout(total=request.seconds, sock_connect=_TIMEOUT_S)
    async with (
        http_session(timeout) as session,
        session.request(
            request.method,
            f"{endpoint.relay.url}{request.path}",
            data=request.body or None,
            headers=request.headers,
            ssl=context,
            proxy=endpoint.proxy,
            proxy_headers=endpoint.proxy_headers,
        ) as response,
    ):
        ahead = clock_skew.ahead_of(response.headers.get("Date"))
        return RelayAnswer(response.status, await read_short(response, _MOST), ahead)


_ENROL = "Enrol it again: writeback rekey, with a new enrolment code."
_LOOK = "Look at its state."
_STATUS = {
    401: (Text("The relay does not accept the key."), _ENROL),
    403: (Text("The key is not for this agent."), _ENROL),
    404: (Text("The relay does not know this agent."), _ENROL),
    502: (Text("The agent is not connected to the relay."), _LOOK),
    503: (Text("The agent is not connected to the relay."), _LOOK),
    504: (Text("The agent did not answer within 60 s."), _LOOK),
}


def _refused(answer: RelayAnswer) -> RelayFailed:
    body, ahead = answer.json(), answer.ahead or 0.0
    if _refuses_time(answer) and abs(ahead) > clock_skew.LIMIT_S:
        why = clock_skew.describe_skew(ahead)
        what = Text("The relay does not accept what was signed: {why}.", why=why)
        return RelayFailed(answer.status, what, SET_CLOCK)
    if isinstance(body.get("error"), str):  # others than our relay answer JSON too
        error, remedy = (
            printable(str(body.get(name, "")), _MOST_WORDS)
            for name in ("error", "remedy")
        )
        what = Text("The relay refused: {error}.", error=error)
        return RelayFailed(answer.status, what, verbatim(remedy))
    status = Text("The relay answered {status}.", status=str(answer.status))
    other = (status, Text("Check its address."))
    return RelayFailed(answer.status, *_STATUS.get(answer.status, other))


def _refuses_time(answer: RelayAnswer) -> bool:
    """Say whether a relay found a token, or what an agent signed, to be off in time."""
    body = answer.json()
    if answer.status == _PROVES_NOTHING:
        return bool(body.get("reason", "expired_token") == "expired_token")
    return body.get("field") in ("iat", "exp")
