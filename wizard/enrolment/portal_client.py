"""What the wizard asks of a portal: a code, by OAuth 2.0 device authorization.

RFC 8628, with the agent's own keys (`wire.enrolment.device_grant`). The portal is not
trusted before its fingerprint was compared: what it says is bounded, its page is at its
own address, and what it gives is sealed to this agent and signed.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.errors import reason_for_failure
from wire import jose
from wire.enrolment.device_grant import (
    APPROVAL,
    AUTHORIZE,
    CLIENT,
    GRANT_TYPE,
    TOKEN,
    DeviceEnrolment,
    open_enrolment,
    sign_device_request,
    spelled,
    typed,
)
from wire.failure import Failure
from wire.http_session import REDIRECTS, AnswerTooLong, http_session, read_short
from wire.keys import PrivateKeys
from wire.outcomes import Refused
from wire.printable import printable
from wire.text import EMPTY, Text, verbatim
from wizard.enrolment.relay_client import RelayAnswer
from wizard.results import PortalAsked

_MOST = 32 * 1024  # of an answer, in bytes
_ANSWER_S, _CONNECT_S = 20.0, 10.0
_LONGEST_S, _SHORTEST_S = 1800, 60  # that a code waits, whatever a portal says
_SLOWEST_S = 60
_SLOWER_S = 5  # RFC 8628 section 3.5
_MOST_WORDS = 200
_TYPE_ONE = Text("Check the address, or type an enrolment code.")
_DO_NOT_GO_ON = Text("Do not go on before your portal's owner has explained that.")


class SignInFailed(Failure):
    """A portal gave no code; nothing was changed here.

    Where it was not `reached`, another time may do better.
    """

    def __init__(self, what: Text, remedy: Text, *, reached: bool = True) -> None:
        super().__init__(what, remedy)
        self.reached = reached


class _Begun(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    device_code: str = Field(min_length=16, max_length=256, pattern="^[!-~]+$")
    user_code: str = Field(max_length=32)
    expires_in: int = Field(ge=1, le=86_400)
    interval: int = Field(default=5, ge=1, le=3600)


@dataclass(frozen=True)
class Portal:
    """A portal at an address, and the agent that asks it."""

    endpoint: RelayEndpoint
    agent: str
    keys: PrivateKeys

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return self.endpoint.relay.url

    def sign_in(
        self, stop: threading.Event, report: Callable[[PortalAsked], None]
    ) -> DeviceEnrolment | None:
        """Ask, tell what people do now, and wait for it; None where it was stopped.

        SignInFailed, with the remedy.
        """
        host = urlsplit(self.url).hostname or ""
        request = sign_device_request(self.keys, self.agent, host)
        fields = {"agent_request": request.decode("ascii")}
        begun = self._begun(self._post(AUTHORIZE, fields))
        asked = self._asked(begun)
        report(asked)
        token = self._wait(begun, asked, stop, report)
        if token is None:
            return None
        return self._opened(token, jose.body_hash(request))

    def _asked(self, begun: _Begun) -> PortalAsked:
        """Say what people do; where they do it is at the address that was typed."""
        code = spelled(typed(begun.user_code))
        address = f"{self.url}{APPROVAL}"
        return PortalAsked(
            address=address,
            complete=f"{address}?user_code={code}",
            user_code=code,
            agent=self.agent,
            fingerprint=self.keys.public.fingerprint,
            seconds=begun.expires_in,
        )

    def _begun(self, answer: RelayAnswer) -> _Begun:
        said = answer.json()
        if answer.status != 200:
            raise self._not_begun(answer.status, said)
        try:
            begun = _Begun.model_validate(said)
        except ValidationError:
            raise self._no_portal(answer.status) from None
        if not typed(begun.user_code):
            raise self._no_portal(answer.status)
        seconds = min(max(begun.expires_in, _SHORTEST_S), _LONGEST_S)
        interval = min(begun.interval, _SLOWEST_S)
        return begun.model_copy(update={"expires_in": seconds, "interval": interval})

    def _wait(
        self,
        begun: _Begun,
        asked: PortalAsked,
        stop: threading.Event,
        report: Callable[[PortalAsked], None],
    ) -> bytes | None:
        """Ask again and again until it is decided; None where it was stopped."""
        ends, interval = time.monotonic() + begun.expires_in, begun.interval
        fields = {"grant_type": GRANT_TYPE, "device_code": begun.device_code}
        trouble = EMPTY
        while not stop.wait(interval):
            left = int(ends - time.monotonic())
            if left <= 0:
                raise _expired()
            try:
                answer, now = self._post(TOKEN, fields), EMPTY
            except SignInFailed as error:
                if error.reached:
                    raise
                answer, now = None, error.what
            if now != trouble:
                trouble = now
                report(replace(asked, seconds=left, trouble=trouble))
            if answer is None:
                interval = min(2 * interval, _SLOWEST_S)  # RFC 8628 section 3.5
                continue
            token, interval = self._heard(answer, min(interval, _SLOWEST_S))
            if token:
                return token
        return None

    def _heard(self, answer: RelayAnswer, interval: int) -> tuple[bytes, int]:
        """Give what was given out, or nothing yet and how long to wait."""
        said = answer.json()
        match answer.status, said.get("error"):
            case 200, _:
                return str(said.get("access_token")).encode("ascii", "replace"), 0
            case 400, "authorization_pending":
                return b"", interval
            case 400, "slow_down":
                return b"", min(interval + _SLOWER_S, _SLOWEST_S)
            case 400, "access_denied":
                raise SignInFailed(
                    Text("The portal's administrator refused this agent."),
                    Text("Ask them why, or type an enrolment code."),
                )
            case 400, "expired_token":
                raise _expired()
            case status, _ if status >= 500:
                return b"", interval
        raise self._not_begun(answer.status, said)

    def _opened(self, token: bytes, asked: str) -> DeviceEnrolment:
        try:
            enrolment = open_enrolment(token, self.keys, asked)
        except Refused as error:
            why = verbatim(printable(error.detail, _MOST_WORDS))
            what = Text("The portal's answer is not in order: {why}.", why=why)
            raise SignInFailed(what, _DO_NOT_GO_ON) from None
        if enrolment.link.agent not in ("", self.agent):
            what = Text(
                "The portal gave a code for another agent than {agent}.",
                agent=self.agent,
            )
            raise SignInFailed(what, _DO_NOT_GO_ON)
        return enrolment

    def _not_begun(self, status: int, said: Mapping[str, object]) -> SignInFailed:
        if status == 429:
            return SignInFailed(
                Text("The portal takes no more requests from here for now."),
                Text("Try again in an hour, or type an enrolment code."),
            )
        if status == 400 and isinstance(said.get("error"), str):
            words = str(said.get("error_description") or said["error"])
            why = verbatim(printable(words, _MOST_WORDS))
            what = Text("The portal does not take this request: {why}.", why=why)
            return SignInFailed(what, _TYPE_ONE)
        return self._no_portal(status)

    def _no_portal(self, status: int) -> SignInFailed:
        what = Text(
            "What answers at {url} is no portal that gives out codes (HTTP {status}).",
            url=self.url,
            status=str(status),
        )
        return SignInFailed(what, _TYPE_ONE)

    def _post(self, path: str, fields: Mapping[str, str]) -> RelayAnswer:
        """Send a form; SignInFailed where no answer came, or none that may be."""
        try:
            context = self.endpoint.tls_context()
            context.load_default_certs()  # the CA is the relay's, and one beside these
        except OSError as error:
            ca = self.endpoint.relay.ca or ""
            what = Text("The file {ca} can't be used as the portal's CA.", ca=ca)
            raise SignInFailed(what, Text("Give a PEM file.")) from error
        body = urlencode({"client_id": CLIENT, **fields}).encode("ascii")
        try:
            return asyncio.run(self._answer(path, body, context))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            why = _reason(error)
            what = Text(
                "The portal {url} did not answer: {why}.", url=self.url, why=why
            )
            remedy = Text("Check its address, the firewall and the proxy.")
            raise SignInFailed(what, remedy, reached=False) from None

    async def _answer(self, path: str, body: bytes, context: object) -> RelayAnswer:
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S, sock_connect=_CONNECT_S)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            # as a page of the portal's own: it takes nothing from pages of others
            "Origin": self.url,
        }
        async with (
            http_session(timeout) as session,
            session.request(
                "POST",
                f"{self.url}{path}",
                data=body,
                headers=headers,
                ssl=context,  # type: ignore[arg-type]  # of the endpoint
                proxy=self.endpoint.proxy,
                proxy_headers=self.endpoint.proxy_headers,
            ) as response,
        ):
            return RelayAnswer(response.status, await read_short(response, _MOST))


def _reason(error: Exception) -> Text:
    """Say why no answer came; where the reasons of relays name one, in other words."""
    match error:
        case aiohttp.ClientHttpProxyError() | aiohttp.ClientProxyConnectionError():
            return reason_for_failure(error).what
        case aiohttp.ClientResponseError() if error.status in REDIRECTS:
            return Text("it sends elsewhere ({status})", status=str(error.status))
        case aiohttp.ClientConnectorCertificateError():
            return Text("its certificate is not trusted")
        case AnswerTooLong() | TimeoutError() | aiohttp.ClientConnectorError():
            return reason_for_failure(error).what
    return Text("the connection broke ({kind})", kind=type(error).__name__)


def _expired() -> SignInFailed:
    return SignInFailed(
        Text("Nobody approved it in time."),
        Text("Start again while somebody can approve it, or type an enrolment code."),
    )
