"""One agent, as the portal speaks with it: its keys, its readiness, its answers.

The relay in between is not trusted: what comes back is taken where the agent whose
fingerprint people compared signed it for the very bytes that were sent, and else it is
no answer (docs/wire.md, "An answer").
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from portal.agents.answer import (
    Answer,
    BadAnswer,
    Ready,
    read_answer,
    read_ready,
)
from portal.agents.relay_http import NoAnswer, RelayReply, Transport
from portal.measures.measures import Measures
from portal.settings import AgentAddress
from wire import jose
from wire.keys import PrivateKeys, PublicKeys
from wire.messages import new_jti
from wire.outcomes import Code, Refused
from wire.self_signed import read_self_signed
from wire.sent_request import SentRequest

_STATEMENT_S = 5.0
_AGAIN = frozenset({502, 503, 504})  # the agent is reconnecting
_PAUSE_S = 0.2
_TRIES = 3
_STATEMENT_AGE_S = 150  # of a statement: clocks differ, and the way takes time
KEYS, READY = "writeback-keys+jwt", "writeback-ready+jwt"


class OutcomeUnknown(Exception):
    """A request was sent, and what became of it nobody said; it may be done."""

    def __init__(self, sent: SentRequest) -> None:
        super().__init__("no answer came in time")
        self.sent = sent


class AgentExchange:
    """Speaks with one agent."""

    def __init__(
        self,
        address: AgentAddress,
        http: Transport,
        issuer: str,
        own: Callable[[], PrivateKeys],
        measures: Measures,
    ) -> None:
        self.address, self._measures = address, measures
        self._http, self._issuer, self._own = http, issuer, own
        self._keys: PublicKeys | None = None

    async def ready(self) -> Ready:
        """Ask whether it can serve now; NoAnswer where nothing proven came."""
        keys = self._keys or await self.fetch_keys()
        claims = await self._statement("ready", READY, keys)
        try:
            return read_ready(claims)
        except BadAnswer as error:
            raise NoAnswer(f"ready: {error} is not in the form") from None

    async def fetch_keys(self) -> PublicKeys:
        """Fetch its keys, and compare them with the fingerprint that is known."""
        nonce = new_jti()
        reply = await self._http.get(self.address.name, "keys", nonce, _STATEMENT_S)
        if reply.status != 200:
            raise NoAnswer("keys", reply.status)
        try:
            claims, keys = read_self_signed(reply.body, KEYS)
        except Refused:
            raise NoAnswer("keys that can't be read") from None
        if "".join(keys.fingerprint.split()).lower() != self.address.fingerprint:
            raise NoAnswer("keys of another fingerprint than the settings say")
        self._check_fresh(claims, nonce)
        self._keys = keys
        return keys

    async def ask(self, claims: Mapping[str, Any], seconds: float) -> Answer:
        """Send one request and give its answer.

        Where nothing comes the same token goes to the same agent again: it does the
        work once. `OutcomeUnknown` where nothing came in time, NoAnswer where nothing
        can have been sent.
        """
        deadline = time.monotonic() + seconds
        sent = await self.seal(claims, seconds)
        answer = await self.send(sent, deadline)
        if answer.code is Code.STALE_KEY:  # its sealing key was replaced since
            self._keys = None
            sent = await self.seal(claims, max(1.0, deadline - time.monotonic()))
            answer = await self.send(sent, deadline)
        return answer

    async def seal(self, claims: Mapping[str, Any], seconds: float) -> SentRequest:
        """Make the token of a request, good for no longer than it is waited for."""
        keys = self._keys or await self.fetch_keys()
        now = int(time.time())
        whole = {
            **claims,
            "iss": self._issuer,
            "aud": self.address.name,
            "iat": now,
            "exp": now + max(1, int(seconds)),
            "jti": new_jti(),
        }
        return SentRequest.seal(whole, self._own(), keys)

    async def send(
        self, sent: SentRequest, deadline: float, *, again: bool = False
    ) -> Answer:
        """Send a sealed request until it is answered; `deadline` is monotonic.

        `again`: it was sent before, and nothing came.
        """
        began, code = time.monotonic(), Code.UNKNOWN_RESULT
        try:
            answer = await self._answer(sent, deadline, again=again)
            code = answer.code
        finally:
            operation = str(sent.claims["op"])
            self._measures.answered(operation, str(code), time.monotonic() - began)
        return answer

    async def _answer(
        self, sent: SentRequest, deadline: float, *, again: bool
    ) -> Answer:
        for attempt in range(_TRIES):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            reply = await self._posted(sent, left)
            if reply is None:
                await asyncio.sleep(min(_PAUSE_S * 2**attempt, max(0.0, left)))
                continue
            is_later = again or attempt > 0
            if answer := self._opened(reply, sent, is_later=is_later):
                return answer
        raise OutcomeUnknown(sent)

    async def _posted(self, sent: SentRequest, seconds: float) -> RelayReply | None:
        try:
            reply = await self._http.post(self.address.name, sent.token, seconds)
        except NoAnswer:
            return None
        return None if reply.status in _AGAIN else reply

    def _opened(
        self, reply: RelayReply, sent: SentRequest, *, is_later: bool
    ) -> Answer | None:
        """Open what came; None where it is no answer to this request."""
        is_error = reply.status == 400
        # a refusal of a later delivery says nothing of the first
        if reply.status not in (200, 400) or (is_error and is_later):
            return None
        try:
            body = reply.body
            answer = read_answer(sent.error(body) if is_error else sent.answer(body))
        except (Refused, BadAnswer):
            return None
        # nor does it that its time is over
        is_late = is_later and answer.code is Code.EXPIRED_REQUEST
        return None if is_late else answer

    async def _statement(
        self, what: str, kind: str, keys: PublicKeys
    ) -> dict[str, Any]:
        nonce = new_jti()
        reply = await self._http.get(self.address.name, what, nonce, _STATEMENT_S)
        if reply.status != 200:
            raise NoAnswer(what, reply.status)
        try:
            claims = jose.read_signed(reply.body, keys, kind)
        except Refused:
            raise NoAnswer(f"{what} that the agent did not sign") from None
        self._check_fresh(claims, nonce)
        return claims

    def _check_fresh(self, claims: Mapping[str, Any], nonce: str) -> None:
        """See that a statement is of this agent, to this question, and of now."""
        issued = claims.get("iat")
        if (claims.get("iss"), claims.get("nonce")) != (self.address.name, nonce):
            raise NoAnswer("a statement that is not to this question")
        if not isinstance(issued, int) or abs(issued - time.time()) > _STATEMENT_AGE_S:
            raise NoAnswer("a statement of another time, or a clock is off")
