"""What an agent says to its relay: a time that is none is refused."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.agent.wire import AGENT
from wire import jose
from wire.agent_statements import (
    APPLICATION,
    ROTATION,
    WITHDRAWAL,
    Application,
    read_rotation,
    read_withdrawal,
)
from wire.outcomes import Code, Refused

SHARED = {
    "listen_key": base64.b64encode(b"l" * 32).decode(),
    "test_key": base64.b64encode(b"t" * 32).decode(),
}
READ: dict[str, Callable[[bytes], object]] = {
    APPLICATION: Application.read,
    ROTATION: lambda token: read_rotation(token, AGENT.public),
    WITHDRAWAL: lambda token: read_withdrawal(token, AGENT.public),
}


def claims(**more: Any) -> dict[str, Any]:
    return {
        "iat": 1_800_000_000,
        "exp": 1_800_000_120,
        "jti": "0123456789abcdef",
        "aud": "relay.example",
        "agent": "srv1",
        "secret": base64.urlsafe_b64encode(b"s" * 16).decode(),
        "keys": AGENT.public.jwks(),
        **SHARED,
    } | more


@pytest.mark.parametrize("kind", READ)
def test_what_is_signed_in_the_form_is_read(kind: str) -> None:
    assert READ[kind](jose.sign(claims(), AGENT, kind))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, "iat") for kind in READ] + [(ROTATION, "exp"), (WITHDRAWAL, "exp")],
)
@pytest.mark.parametrize("moment", [10**400, 2**53, -1, 1.5, True, None, "now"])
def test_what_is_no_time_is_refused(kind: str, name: str, moment: object) -> None:
    """No float holds 10^400: its distance from a clock is an OverflowError."""
    token = jose.sign(claims(**{name: moment}), AGENT, kind)
    with pytest.raises(Refused, match=name) as refused:
        READ[kind](token)
    assert refused.value.code is Code.BAD_REQUEST
