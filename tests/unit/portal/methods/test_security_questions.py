"""Answers are one however they are typed, and no two of a set are alike."""

import pytest

from portal.methods.security_questions import (
    BadAnswer,
    answer,
    different,
    drawn,
)


@pytest.mark.parametrize(
    "typed",
    ["Straße 7", "  STRASSE\t 7 ", "strasse\u00a07", "\uff33\uff54raße \uff17"],
)
def test_one_answer_has_one_form(typed: str) -> None:
    assert answer(typed) == "strasse 7"


@pytest.mark.parametrize("typed", ["", "ab", " a ", "x" * 41, "\n\t  "])
def test_an_answer_has_3_to_40_signs(typed: str) -> None:
    with pytest.raises(BadAnswer):
        answer(typed)


def test_what_differs_in_blanks_and_signs_alone_is_alike() -> None:
    assert different([answer("New York"), answer("Old York")])
    assert not different([answer("New York"), answer("new-york")])
    assert different(["???", "!!!"])


def test_a_draw_is_the_same_for_its_seed_and_another_for_another() -> None:
    questions = tuple("abcde")
    first = drawn(questions, "seed", 3)
    assert drawn(reversed(questions), "seed", 3) == first
    assert len(set(first)) == 3
    assert len({drawn(questions, str(seed), 3) for seed in range(50)}) > 10
