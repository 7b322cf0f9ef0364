"""What the wizard asks of a relay: enrol, withdraw, and one request to the agent."""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from agent.relay_client import clock_skew
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.errors import reason_for_failure
from wire import sas
from wire.failure import Failure, sentence
from wire.secret import Secret

_TIMEOUT_S = 20.0
_ANSWER_S = 65.0  # the relay itself gives up after 60
# longer than a clock may be behind, and than an answer may take
_TOKEN_S = 600
_PROVES_NOTHING = 401
PROXY_REFUSES = 407
SET_CLOCK = "Set both clocks by the same time server, then try again."


class RelayFailed(Failure):
    """The relay could not be asked, or refused.

    Args:
        status: HTTP status; 0 when none came, PROXY_REFUSES when the proxy's did.
        what: what happened.
        remedy: what to do next.

    """

    def __init__(self, status: int, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.status = status


@dataclass(frozen=True)
class Answered:
    """An HTTP answer of a relay, or of the agent behind it.

    Attributes:
        ahead: seconds that this machine's clock is ahead of the relay's; None where
            it does not tell its time.

    """

    status: int
    body: bytes = field(repr=False)
    ahead: float | None = None

    def json(self) -> Mapping[str, Any]:
        """Read a JSON object; empty for anything else."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Application:
    """What an agent gives to be enrolled; the relay learns no private key."""

    agent: str
    keys: Sequence[Mapping[str, Any]]
    code_secret: Secret
    listen_key: Secret
    test_key: Secret


def enrol(way: RelayEndpoint, application: Application) -> Mapping[str, Any]:
    """Use an enrolment code; the same application again gives the same answer.

    Raises:
        RelayFailed: with the relay's own words.

    """
    body = {
        "secret": application.code_secret.reveal(),
        "agent": application.agent,
        "keys": list(application.keys),
        "listen_key": application.listen_key.reveal(),
        "test_key": application.test_key.reveal(),
    }
    payload = json.dumps(body).encode()
    answered = ask(way, "POST", "/$enrol", payload, {"Content-Type": _JSON})
    if answered.status not in (200, 201):
        raise _refused(answered)
    return answered.json()


def knows(way: RelayEndpoint, lookup: str) -> bool:
    """Say whether a relay knows an enrolment code, by the hash that names it.

    Raises:
        RelayFailed: no answer came.

    """
    return ask(way, "GET", f"/$enrol/{lookup}", b"", {}).status == 200


def withdraw(way: RelayEndpoint, agent: str, listen_key: Secret, key_name: str) -> None:
    """Take an enrolment back; nothing happens when there is none.

    Raises:
        RelayFailed: with the relay's own words.

    """
    headers = {"ServiceBusAuthorization": _token(way, agent, listen_key, key_name)}
    answered = ask(way, "DELETE", f"/$enrol/{quote(agent)}", b"", headers)
    if answered.status not in (200, 204, 404) and not _is_anothers(answered):
        raise _refused(answered)


def _is_anothers(answered: Answered) -> bool:
    """Say whether another agent holds the name by now, under keys of its own.

    A relay that does not say why it answers 401 means that where the token can't have
    been past its time.
    """
    told = answered.json()
    if answered.status != _PROVES_NOTHING or not isinstance(told.get("error"), str):
        return False
    if "reason" in told:
        return bool(told["reason"] == "wrong_key")
    return answered.ahead is not None and abs(answered.ahead) < clock_skew.LIMIT_S


def clock_ahead(way: RelayEndpoint, seconds: float) -> float | None:
    """Say by how many seconds this machine is ahead of a relay; None if it can't be.

    Args:
        way: to the relay.
        seconds: how long it may take to answer.

    """
    try:
        return ask(way, "GET", "/", b"", {}, seconds=seconds).ahead
    except RelayFailed:
        return None


@dataclass(frozen=True)
class Sender:
    """The right to send to one agent."""

    way: RelayEndpoint
    agent: str
    key: Secret
    key_name: str

    def send(self, method: str, path: str, body: bytes = b"") -> Answered:
        """Send one request to the agent.

        Raises:
            RelayFailed: it did not reach the agent.

        """
        token = _token(self.way, self.agent, self.key, self.key_name)
        headers = {"ServiceBusAuthorization": token}
        if body:
            headers["Content-Type"] = "application/jose"
        target = f"/{quote(self.agent)}/{path}"
        answered = ask(self.way, method, target, body, headers)
        if answered.status not in (200, 400):
            raise _refused(answered)
        return answered


_JSON = "application/json"


@dataclass(frozen=True)
class _HttpRequest:
    method: str
    path: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    seconds: float


def ask(
    way: RelayEndpoint,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = _ANSWER_S,
) -> Answered:
    """Ask a relay, through the proxy where there is one.

    Raises:
        RelayFailed: no answer came.

    """
    relay = way.relay
    try:
        context = way.tls_context()
    except OSError as error:
        told = f"The file {relay.ca} can't be used as the relay's CA."
        raise RelayFailed(0, told, "Give a PEM file.") from error
    try:
        asked = _HttpRequest(method, path, body, headers, seconds)
        return asyncio.run(_ask(way, asked, context))
    except aiohttp.ClientHttpProxyError as error:
        raise _at_proxy(relay.url, error) from None
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        told = f"The relay {relay.url} did not answer: {reason_for_failure(error)}."
        raise RelayFailed(0, told, "Check its address and its state.") from None


def _at_proxy(url: str, error: aiohttp.ClientHttpProxyError) -> RelayFailed:
    """Tell of a proxy that does not lead to the relay; of its status, only this one."""
    status = PROXY_REFUSES if error.status == PROXY_REFUSES else 0
    what, _, remedy = reason_for_failure(error).partition("; ")
    told = f"The relay {url} was not reached: {what}."
    return RelayFailed(status, told, sentence(remedy))


async def _ask(
    way: RelayEndpoint, asked: _HttpRequest, context: ssl.SSLContext
) -> Answered:
    timeout = aiohttp.ClientTimeout(total=asked.seconds, sock_connect=_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.request(
            asked.method,
            f"{way.relay.url}{asked.path}",
            data=asked.body or None,
            headers=asked.headers,
            ssl=context,
            proxy=way.proxy,
            proxy_headers=way.proxy_headers,
            allow_redirects=False,
        ) as response,
    ):
        ahead = clock_skew.ahead_of(response.headers.get("Date"))
        return Answered(response.status, await response.read(), ahead)


def _token(way: RelayEndpoint, agent: str, key: Secret, key_name: str) -> str:
    audience = f"http://{urlsplit(way.relay.url).hostname}/{agent}"
    return sas.sign(key.reveal(), key_name, audience, int(time.time()) + _TOKEN_S)


_STATUS = {
    401: "The relay does not accept the key. Enrol this agent again.",
    403: "The key is not for this agent. Enrol this agent again.",
    404: "The relay does not know this agent. Enrol this agent again.",
    502: "The agent is not connected to the relay. Look at its state.",
    503: "The agent is not connected to the relay. Look at its state.",
    504: "The agent did not answer within 60 s. Look at its state.",
}


def _refused(answered: Answered) -> RelayFailed:
    told, ahead = answered.json(), answered.ahead or 0.0
    by_clock = told.get("reason", "expired_token") == "expired_token"
    if (
        answered.status == _PROVES_NOTHING
        and by_clock
        and abs(ahead) > clock_skew.LIMIT_S
    ):
        what = f"The relay does not accept the key: {clock_skew.describe_skew(ahead)}."
        return RelayFailed(answered.status, what, SET_CLOCK)
    if isinstance(told.get("error"), str):  # others than our relay answer JSON too
        what = f"The relay refused: {told['error']}."
        return RelayFailed(answered.status, what, str(told.get("remedy", "")))
    default = f"The relay answered {answered.status}. Check its address."
    what, _, remedy = _STATUS.get(answered.status, default).partition(". ")
    return RelayFailed(answered.status, f"{what}.", remedy)
