"""A test of the whole way: through the relay to the agent, the directory and back.

The wizard is a small portal of its own for this: its keys were made at the enrolment,
and may send to this agent only. The agent takes its requests as any portal's.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from agent.config.enrolment import Enrolment
from wire.failure import sentence
from wire.jose import read_signed
from wire.keys import BadKeys, PrivateKeys, PublicKeys
from wire.messages import MAX_LIFETIME_S, new_jti
from wire.outcomes import OUTCOMES, Code, Refused
from wire.secret import Secret
from wire.sent_request import SentRequest
from wire.text import Text, listed, moment
from wizard.enrolment.relay_client import DO_NOT_TRUST, RelayFailed, Sender
from wizard.results import SelfTestResult

# nobody's password is set by a check: what else is said of success would be wrong
WOULD_WORK = Text("Would work. Nothing was changed.")


def ask_agent(
    sender: Sender,
    enrolment: Enrolment,
    keys: PrivateKeys,
    agent_keys: PublicKeys,
    claims: dict[str, Any],
) -> SelfTestResult:
    """Send one request and tell what came back, with the time of each hop.

    The agent's keys are known on this machine and not from the relay; the claims are
    `op`, `user` and what the operation takes. Raises `RelayFailed` where no answer
    came, or one that is not the agent's.
    """
    began = time.perf_counter()
    current = _current_keys(sender, agent_keys)
    compared = time.perf_counter()
    sent = SentRequest.seal(_whole(enrolment, claims), keys, current)
    answered = sender.send("POST", "resets", sent.token)
    ended = time.perf_counter()
    answer = _opened(answered.status, answered.body, sent)
    ms = _hops(answer, (ended - compared) * 1000)
    ms["keys"] = round((compared - began) * 1000, 1)
    code = _code(answer)
    check_only = claims["op"] == "check"
    if check_only and code is Code.OK:
        return SelfTestResult(code, WOULD_WORK, WOULD_WORK, answer, ms, check_only)
    outcome = OUTCOMES[code]
    detail = str(answer.get("detail") or outcome.admin)
    return SelfTestResult(
        code=code,
        message=str(answer.get("message") or outcome.user),
        admin=listed((sentence(detail), outcome.remedy, *works_from(answer)), " "),
        answer=answer,
        ms=ms,
        check_only=check_only,
    )


def works_from(answer: dict[str, Any]) -> Iterator[Text]:
    """Say from when on it would work, where the answer tells."""
    try:
        earliest = datetime.fromisoformat(str(answer.get("earliest"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return
    yield Text("It works from {time} UTC on.", time=moment(earliest))


def claims_of(by: str, value: str, new_password: Secret | None) -> dict[str, Any]:
    """Give the claims of a reset, or of a check when there is no new password."""
    user = {"by": by, "value": value}
    if new_password is None:
        return {"op": "check", "user": user}
    return {"op": "reset", "user": user, "new_password": new_password.reveal()}


def _current_keys(sender: Sender, agent_keys: PublicKeys) -> PublicKeys:
    """Take the agent's keys from the relay, as a portal does.

    The signing key is compared with the agent's own; it vouches for the sealing keys.
    """
    nonce = new_jti()
    answered = sender.send("GET", f"keys?nonce={nonce}")
    try:
        signed = read_signed(answered.body, agent_keys, "writeback-keys+jwt")
        current = PublicKeys.of(signed["keys"])
        asked = (signed["nonce"], signed["iss"]) == (nonce, sender.agent)
    except (Refused, KeyError, TypeError, BadKeys):
        current, asked = None, False
    if current is None or not asked or current.fingerprint != agent_keys.fingerprint:
        raise RelayFailed(
            answered.status,
            Text("The relay gives other keys than this agent's."),
            DO_NOT_TRUST,
        )
    return current


def _whole(enrolment: Enrolment, claims: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    return claims | {
        "iss": enrolment.self_test_issuer,
        "aud": enrolment.connection,
        "iat": now,
        "exp": now + MAX_LIFETIME_S,
        "jti": new_jti(),
        "methods": [],
    }


def _opened(status: int, body: bytes, sent: SentRequest) -> dict[str, Any]:
    try:
        return sent.error(body) if status == 400 else sent.answer(body)
    except Refused as error:
        what = Text("The answer is not this agent's to this request.")
        raise RelayFailed(status, what, DO_NOT_TRUST) from error


def _code(answer: dict[str, Any]) -> Code:
    """Read the code; one of a later version of the agent is none that worked."""
    try:
        return Code(str(answer.get("code")))
    except ValueError:
        return Code.INTERNAL


def _hops(answer: dict[str, Any], total: float) -> dict[str, float]:
    within = {str(name): float(ms) for name, ms in (answer.get("ms") or {}).items()}
    agent = within.pop("total", 0.0)
    hops = {"relay": total - agent, "agent": agent}
    hops |= {f"agent: {name}": ms for name, ms in within.items()}
    return {name: round(ms, 1) for name, ms in (hops | {"total": total}).items()}
