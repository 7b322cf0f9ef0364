"""What a portal makes of self-service: the policy that an agent says."""

from typing import Any

import pytest

from docs.portal_self_service import Policy
from tests.fixtures.vectors.statements import SETTINGS


def test_a_policy_is_read_as_the_agent_says_it() -> None:
    policy = Policy.of(SETTINGS)
    assert (policy.who, policy.proofs, policy.passkey_alone) == ("groups", 2, True)
    assert policy.operations == {"reset", "change", "unlock"}
    assert policy.help_desk == {"unlock"}
    assert policy.kinds == ("passkey", "totp", "email", "sms", "recovery_code")
    assert policy.receipts_required
    assert policy.help == {"text": "Service desk", "phone": "+49 30 5555"}
    assert policy.limits["per_user_per_hour"] == 10


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"self_service": None, "limits": []},
        {"self_service": {"who": ["all"], "kinds": "totp", "operations": {"reset": 1}}},
        {"self_service": {"who": "everybody", "kinds": ["magic"], "proofs": 0}},
    ],
)
def test_what_is_not_said_or_not_known_is_for_nobody(said: dict[str, Any]) -> None:
    policy = Policy.of(said)
    assert (policy.who, policy.proofs, policy.kinds) == ("none", 2, ())
    assert not policy.operations
    assert policy.receipts_required
