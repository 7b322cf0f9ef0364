"""Cases of the random policy test that were kept: each still stops where it should."""

from pathlib import Path

import pytest

from tests.fixtures.agent_stage import CANARY
from tests.fixtures.policy_files import FOLDER, load, stand_in
from wire.operation import Operation

KEPT = sorted(FOLDER.glob("*.json"))


def test_cases_were_kept() -> None:
    assert KEPT
    assert [file for file in KEPT if load(file)[0].policy is None]


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_case_stops_where_it_should(file: Path) -> None:
    judged, plain = load(file)

    assert judged.forecast()["stops"] == plain["stops"], plain["about"]


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_refusal_of_a_kept_case_has_the_cause_that_is_left(file: Path) -> None:
    judged, plain = load(file)

    bound = judged.operation is Operation.CHANGE or judged.hints
    history = judged.policy.history if judged.policy else 0
    left = "in_history" if history and bound else "policy"
    expected = next(iter(plain["stops"]), left)
    assert judged.forecast()["after_a_refusal"] == expected, plain["about"]


@pytest.mark.parametrize("name", ["anna.adler", "ANNA.ADLER", "anna.adle", "Ad", ""])
def test_a_kept_case_does_not_hold_the_password(name: str) -> None:
    password = f"{CANARY}{name}8c1\u20ac"

    kept = stand_in(password, "anna.adler", "Ad. Smith")

    assert sorted(kept) == sorted(password)
    assert password not in kept
    assert CANARY not in kept
    assert ("anna.adler" in kept.lower()) == ("anna.adler" in password.lower())
