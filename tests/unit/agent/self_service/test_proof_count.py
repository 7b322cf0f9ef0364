"""How many proofs are enough: counted anew, and what does not count says why."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from agent.config.self_service import Registration, SelfService
from agent.self_service.eligibility import Eligibility, eligibility
from agent.self_service.proof_count import JOURNEY_S, check_self_service_proofs
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from wire.outcomes import Code, Refused
from wire.request_claims import Proof
from wire.self_service.proof_kind import ProofKind

NOW = 1_800_000_000
DAY, HOUR = 86_400, 3600
TWO = eligibility(SelfService(who="all"), NO_MEMBERSHIP)
STRICT = eligibility(SelfService(who="all"), Membership(two_proof="CN=Finance"))


def proof(kind: str, number: int = 0, /, **more: Any) -> Proof:
    own = f"{kind}-{number}".ljust(43, "x")
    fields = {"method": "otp", "at": NOW - 60, "kind": kind, "id": own}
    return Proof.model_validate(fields | {"registered": NOW - 30 * DAY} | more)


def code_of(
    *proofs: Proof,
    may: Eligibility = TWO,
    registration: Registration | None = None,
    passkey_alone: bool = True,
    vouch: Callable[[Proof], Proof] = lambda each: each,
) -> Code:
    try:
        check_self_service_proofs(
            proofs,
            may,
            registration or Registration(),
            NOW,
            passkey_alone=passkey_alone,
            vouch=vouch,
        )
    except Refused as refused:
        return refused.code
    return Code.OK


def test_two_of_different_kinds_are_enough_for_two() -> None:
    assert code_of(proof("totp"), proof("email")) is Code.OK
    assert code_of(proof("totp")) is Code.NOT_ENOUGH_PROOFS
    assert code_of() is Code.NOT_ENOUGH_PROOFS


def test_one_kind_or_one_registration_counts_once() -> None:
    assert code_of(proof("email", 1), proof("email", 2)) is Code.NOT_ENOUGH_PROOFS
    same = {"id": "s" * 43}
    twice = (proof("totp", **same), proof("email", **same))
    assert code_of(*twice) is Code.NOT_ENOUGH_PROOFS


def test_a_passkey_counts_as_two_where_it_verified_its_user() -> None:
    verified = proof("passkey", uv=True)
    assert code_of(verified) is Code.OK
    assert code_of(verified, passkey_alone=False) is Code.NOT_ENOUGH_PROOFS
    assert code_of(proof("passkey")) is Code.NOT_ENOUGH_PROOFS
    # a flag on anything else is worth nothing
    assert code_of(proof("totp", uv=True)) is Code.NOT_ENOUGH_PROOFS


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"at": NOW - JOURNEY_S - 1}, Code.PROOF_TOO_OLD),
        ({"registered": NOW - 181 * DAY}, Code.PROOF_TOO_OLD),
        ({"registered": NOW - 400 * DAY, "confirmed": NOW - 10 * DAY}, Code.OK),
        ({"at": NOW + 31}, Code.BAD_REQUEST),
        ({"registered": NOW + 31}, Code.BAD_REQUEST),
        ({"confirmed": NOW + 31}, Code.BAD_REQUEST),
        ({"registered": None}, Code.BAD_REQUEST),
        ({"kind": None}, Code.BAD_REQUEST),
        ({"id": None}, Code.BAD_REQUEST),
    ],
)
def test_each_must_be_whole_and_in_its_time(changed: Any, code: Code) -> None:
    assert code_of(proof("email"), proof("totp", **changed)) is code


def test_a_new_one_waits_as_long_as_the_settings_say() -> None:
    new = proof("totp", registered=NOW - 2 * HOUR)
    slow, quick = Registration(wait_hours=24), Registration(wait_hours=1)
    assert code_of(proof("email"), new, registration=slow) is Code.PROOF_TOO_NEW
    assert code_of(proof("email"), new, registration=quick) is Code.OK
    # with two others it is not needed
    others = (proof("email"), proof("sms"))
    assert code_of(*others, new, registration=slow) is Code.OK


def test_what_others_may_know_is_never_enough() -> None:
    settings = SelfService(who="all", kinds=tuple(ProofKind))
    may = eligibility(settings, NO_MEMBERSHIP)
    asked = proof("questions")
    assert code_of(asked, may=may) is Code.PROOF_NOT_ALLOWED
    assert code_of(asked, proof("email"), may=may) is Code.PROOF_NOT_ALLOWED
    assert code_of(asked, proof("totp"), may=may) is Code.OK
    # off by default
    assert code_of(asked, proof("totp")) is Code.PROOF_NOT_ALLOWED


def test_a_text_message_is_none_for_two_proof_people() -> None:
    assert code_of(proof("totp"), proof("sms"), may=STRICT) is Code.PROOF_NOT_ALLOWED
    assert code_of(proof("totp"), proof("email"), may=STRICT) is Code.OK


def test_whatever_comes_is_never_enough_with_fewer_than_two_that_count() -> None:
    """Random proofs against a second way to count."""
    chosen = random.Random(20261130)  # noqa: S311 - the same again
    for _ in range(3000):
        proofs = [
            proof(
                chosen.choice(list(ProofKind)).value,
                chosen.randrange(3),
                at=NOW - chosen.choice((0, 60, JOURNEY_S, JOURNEY_S + 1)),
                registered=NOW - chosen.choice((0, HOUR, 179 * DAY, 181 * DAY)),
                uv=chosen.random() < 0.5,
            )
            for _ in range(chosen.randrange(5))
        ]
        good = [
            each
            for each in proofs
            if each.kind in TWO.kinds
            and NOW - each.at <= JOURNEY_S
            and NOW - (each.registered or 0) <= 180 * DAY
        ]
        alone = any(each.uv for each in good if each.kind == "passkey")
        kinds = len({each.kind for each in good})
        enough = kinds + alone >= 2
        assert (code_of(*proofs) is Code.OK) == enough


def test_the_ages_are_those_of_the_receipts() -> None:
    def young(each: Proof) -> Proof:
        return each.model_copy(update={"registered": NOW - HOUR, "confirmed": NOW})

    said = (proof("email", confirmed=NOW), proof("totp", registered=None))
    slow = Registration(wait_hours=24)
    assert code_of(*said, registration=slow, vouch=young) is Code.PROOF_TOO_NEW
    assert code_of(*said, vouch=young) is Code.OK


def test_one_that_nobody_vouches_for_does_not_count() -> None:
    def only_email(each: Proof) -> Proof:
        if each.kind is not ProofKind.EMAIL:
            raise Refused(Code.PROOF_NOT_REGISTERED, "no receipt")
        return each

    said = (proof("email"), proof("totp"))
    assert code_of(*said, vouch=only_email) is Code.PROOF_NOT_REGISTERED
    third = proof("passkey", uv=True)
    assert code_of(*said, third, vouch=only_email) is Code.PROOF_NOT_REGISTERED
