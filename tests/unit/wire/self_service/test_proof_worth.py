"""What verification methods are worth together."""

import pytest

from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import UsedMethod, worth

PASSKEY, TOTP, EMAIL = ProofKind.PASSKEY, ProofKind.TOTP, ProofKind.EMAIL
QUESTIONS, SMS = ProofKind.QUESTIONS, ProofKind.SMS


@pytest.mark.parametrize(
    ("methods", "value"),
    [
        ([], 0),
        ([UsedMethod(TOTP, "a")], 1),
        ([UsedMethod(TOTP, "a"), UsedMethod(EMAIL, "b")], 2),
        ([UsedMethod(TOTP, "a"), UsedMethod(TOTP, "b")], 1),
        ([UsedMethod(TOTP, "a"), UsedMethod(EMAIL, "a")], 1),
        ([UsedMethod(QUESTIONS, "a")], 0),
        ([UsedMethod(QUESTIONS, "a"), UsedMethod(EMAIL, "b")], 1),
        ([UsedMethod(QUESTIONS, "a"), UsedMethod(SMS, "b")], 2),
        ([UsedMethod(PASSKEY, "a")], 1),
        ([UsedMethod(PASSKEY, "a", user_verified=True)], 2),
        ([UsedMethod(PASSKEY, "a"), UsedMethod(PASSKEY, "b", user_verified=True)], 2),
    ],
)
def test_kinds_and_registrations_count(methods: list[UsedMethod], value: int) -> None:
    assert worth(methods, passkey_alone=True) == value


def test_a_passkey_is_one_where_the_settings_say_so() -> None:
    used = [UsedMethod(PASSKEY, "a", user_verified=True)]
    assert worth(used, passkey_alone=False) == 1
