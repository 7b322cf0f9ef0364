"""Everybody judged, in words: no number of failures stands without its cause."""

from collections.abc import Mapping

from agent.verdict.causes import CAUSES, Cause
from agent.verdict.subject import JUDGED
from wire.operation import Operation
from wizard.cli.coverage_text import Examples, in_words
from wizard.controller.permissions import Coverage

_ALL = {Cause.NONE: 10}


def coverage_of(**causes: Mapping[Cause, int]) -> list[str]:
    by_operation = {each: causes.get(each.value, _ALL) for each in JUDGED}
    works = by_operation[Operation.RESET].get(Cause.NONE, 0)
    return in_words(
        Coverage(10, works, by_operation, foreseen=False), Examples()
    ).split("\n")


def test_causes_that_a_reset_has_too_are_told_once() -> None:
    same = {Cause.NONE: 7, Cause.DISABLED: 3}
    lines = coverage_of(reset=same, unlock=same)
    assert "Unlock: 7 of 10; 3 not, for the causes above." in lines
    assert sum(CAUSES[Cause.DISABLED].title in line for line in lines) == 1


def test_a_cause_of_its_own_is_told_below() -> None:
    lines = coverage_of(unlock={Cause.NONE: 8, Cause.NOT_GRANTED: 2})
    at = lines.index("Unlock: 8 of 10.")
    assert CAUSES[Cause.NOT_GRANTED].title in lines[at + 1]


def test_the_numbers_add_up() -> None:
    reset = {Cause.NONE: 7, Cause.DISABLED: 3}
    lines = coverage_of(
        reset=reset, unlock={**reset, Cause.NONE: 5, Cause.NOT_GRANTED: 2}
    )
    at = lines.index("Unlock: 5 of 10; 3 not, for the causes above.")
    assert lines[at + 1].split(maxsplit=1) == ["2", CAUSES[Cause.NOT_GRANTED].title]


def test_what_works_for_everybody_needs_no_cause() -> None:
    assert "Change: 10 of 10." in coverage_of()
