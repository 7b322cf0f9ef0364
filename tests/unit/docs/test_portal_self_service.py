"""What a portal makes of self-service: the policy that an agent says."""

from dataclasses import replace
from typing import Any

import pytest

from docs.portal_self_service import Method, Policy
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


MAIL = Method("00112233-4455-6677-8899-AABBCCDDEEFF", "email", b"s" * 16, b"a@b.test")


@pytest.mark.parametrize(
    "changed",
    [
        {"content": b"c@b.test"},
        {"salt": b"t" * 16},
        {"kind": "sms"},
        {"person": "10112233-4455-6677-8899-aabbccddeeff"},
        # what is moved from one part to the next is something else
        {"salt": b"s" * 15, "content": b"sa@b.test"},
    ],
)
def test_whatever_is_changed_of_a_method_has_another_id(
    changed: dict[str, Any],
) -> None:
    assert len(MAIL.id) == 43
    assert replace(MAIL, **changed).id != MAIL.id
    assert replace(MAIL, person=MAIL.person.lower()).id == MAIL.id


def test_a_method_is_used_with_its_receipt() -> None:
    assert MAIL.to_register() == {"kind": "email", "id": MAIL.id}
    kept = replace(MAIL, receipt="a.b.c")
    assert kept.used("email", 5) == {
        "method": "email",
        "at": 5,
        "kind": "email",
        "id": MAIL.id,
        "receipt": "a.b.c",
    }
    assert kept.used("hwk", 5, uv=True)["uv"] is True
