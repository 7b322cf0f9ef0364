"""The stages that need no directory: what ends a request before one is asked."""

import pytest

from agent.request.stages import freshen
from tests.unit.agent.wire import AGENT, AGENT_ID, PORTAL, PORTALS, claims
from wire import messages
from wire.outcomes import Code, Refused


@pytest.mark.parametrize(
    ("iat", "exp", "fresh"),
    [
        (0, 60, True),
        (0, 120, True),
        (-100, -29, True),
        (0, 151, False),
        (-100, -31, False),
        (29, 100, True),
        (31, 100, False),
    ],
)
def test_a_request_is_fresh_within_its_time(iat: int, exp: int, *, fresh: bool) -> None:
    now = 1_800_000_000
    sealed = messages.seal_request(
        claims(iat=now + iat, exp=now + exp), PORTAL, AGENT.public
    )
    opened = messages.unseal(sealed, AGENT)
    request = messages.authenticate(opened, PORTALS, AGENT_ID, b"digest")
    if fresh:
        assert freshen(request, now).request is request
        return
    with pytest.raises(Refused) as refused:
        freshen(request, now)
    assert refused.value.code is Code.EXPIRED_REQUEST
