"""Proofs of identity: what is none is refused, what is old does not count."""

from pathlib import Path

import pytest

from agent.config.settings import Limits
from agent.request.proofs import KINDS, OLDEST_S, UNCOUNTED, check_proofs
from wire.outcomes import Code, Refused
from wire.request_claims import Proof

NOW = 1_800_000_000
ROOT = Path(__file__).parents[4]


def checked(wanted: int, *proofs: tuple[str, int], age: int = 900) -> Refused | None:
    taken = [Proof(method=kind, at=NOW - old) for kind, old in proofs]
    try:
        check_proofs(taken, Limits(proofs=wanted, proof_age=age), NOW)
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize(
    "proofs",
    [
        (("otp", 0), ("sms", 900)),
        # within the leeway of the clocks
        (("otp", -30), ("helpdesk", 5)),
        # the younger one of a kind counts
        (("otp", 80_000), ("otp", 10), ("face", 10)),
    ],
)
def test_young_proofs_of_different_kinds_count(
    proofs: tuple[tuple[str, int], ...],
) -> None:
    assert checked(2, *proofs) is None


@pytest.mark.parametrize(
    ("proofs", "told"),
    [
        ((), "0 of 2 proofs"),
        ((("otp", 1), ("otp", 2), ("otp", 3)), "1 of 2 proofs"),
        ((("otp", 1), ("sms", 901)), "1 of 2 proofs; older than 900 s: sms"),
        # they say how strong the others were, or where from, and are none themselves
        ((("otp", 1), ("mfa", 1), ("rba", 1), ("geo", 1), ("user", 1)), "1 of 2"),
    ],
)
def test_what_does_not_count_is_told(
    proofs: tuple[tuple[str, int], ...], told: str
) -> None:
    refused = checked(2, *proofs)
    assert refused is not None
    assert refused.code is Code.NOT_ENOUGH_PROOFS
    assert told in refused.detail


@pytest.mark.parametrize("wanted", [0, 1])
@pytest.mark.parametrize(
    ("kind", "old"),
    [
        ("made-up", 0),
        ("OTP", 0),
        ("", 0),
        # at: 0, milliseconds for seconds, a time to come
        ("otp", NOW),
        ("otp", NOW - NOW * 1000),
        ("otp", -31),
        ("otp", OLDEST_S + 1),
    ],
)
def test_what_can_be_no_proof_is_refused_however_many_are_asked_for(
    wanted: int, kind: str, old: int
) -> None:
    taken = [Proof.model_construct(method=kind, at=NOW - old)]
    with pytest.raises(Refused, match="methods:") as refused:
        check_proofs(taken, Limits(proofs=wanted), NOW)
    assert refused.value.code is Code.BAD_REQUEST


def test_a_name_is_never_told_raw() -> None:
    refused = checked(0, ("\x1b[2J\n" * 12, 0))
    assert refused is not None
    assert refused.detail.isprintable()
    assert len(refused.detail) < 120


def test_the_age_is_a_setting() -> None:
    refused = checked(1, ("otp", 61), age=60)
    assert refused is not None
    assert refused.code is Code.NOT_ENOUGH_PROOFS
    assert checked(1, ("otp", 86_400), age=86_400) is None


def test_the_document_lists_every_kind() -> None:
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| counts |")]
    assert set(row.split("`")[1::2]) == KINDS
    (row,) = [line for line in text.splitlines() if line.startswith("| does not")]
    assert set(row.split("`")[1::2]) == UNCOUNTED
