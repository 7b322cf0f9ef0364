"""How a container stands in the scope, and who is in it, in words."""

import pytest

from agent.verdict.causes import Cause
from wire.operation import Operation
from wizard.controller.permissions import Coverage
from wizard.results import PeopleBelow
from wizard.ui.jobs.container_reach import ContainerFigures
from wizard.ui.presenters.container_selection import ContainerSelection
from wizard.ui.presenters.container_words import (
    figures_in_words,
    named_in_words,
    standing,
)

HEAD = "DC=corp,DC=test"
PEOPLE, USERS = f"OU=People,{HEAD}", f"CN=Users,{HEAD}"
BASEL, IT = f"OU=Basel,{PEOPLE}", f"OU=IT,OU=Basel,{PEOPLE}"


@pytest.mark.parametrize(
    ("excluded", "dn", "words"),
    [
        ((), PEOPLE, "In the scope, with everything below it."),
        ((), BASEL, "In the scope through corp.test/People."),
        ((), USERS, "Not in the scope."),
        ((), HEAD, "Not in the scope itself; 1 container below it is."),
        ((BASEL,), PEOPLE, "In the scope, except 1 container below it."),
        ((BASEL,), BASEL, "Left out: nobody in it is reset."),
        ((BASEL,), IT, "Left out with corp.test/People/Basel."),
    ],
)
def test_how_a_container_stands(excluded: tuple[str, ...], dn: str, words: str) -> None:
    assert standing(ContainerSelection([PEOPLE], excluded), dn) == words


def coverage(people: int, works: int, *, complete: bool = True) -> ContainerFigures:
    causes = {Operation.RESET: {Cause.NONE: works, Cause.PROTECTED: people - works}}
    found = Coverage(people, works, causes, foreseen=True, complete=complete)
    return ContainerFigures(found)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (coverage(79, 75), "79 people: 75 can reset, 4 can't"),
        (coverage(1, 0), "1 person: 0 can reset, 1 can't"),
        (coverage(1, 1), "1 person, who can reset"),
        (coverage(12, 12), "12 people: all can reset"),
        (coverage(0, 0), "Nobody is in it."),
        (
            coverage(5000, 4990, complete=False),
            "The first 5000 people: 4990 can reset, 10 can't",
        ),
        (ContainerFigures(people=PeopleBelow(1)), "1 person"),
        (ContainerFigures(people=PeopleBelow(0)), "Nobody is in it."),
        (ContainerFigures(people=PeopleBelow(9, more=True)), "More than 9 people"),
        (ContainerFigures(), ""),
    ],
)
def test_who_is_in_it(figures: ContainerFigures, words: str) -> None:
    text = figures_in_words(figures)
    assert text.replace("\u202f", "") == words


@pytest.mark.parametrize(
    ("included", "gone", "words"),
    [
        (True, False, "corp.test/People"),
        (False, False, "Except corp.test/People"),
        (True, True, "Not found: corp.test/People"),
        (False, True, "Not found: except corp.test/People"),
    ],
)
def test_a_line_of_the_list(*, included: bool, gone: bool, words: str) -> None:
    assert named_in_words(PEOPLE, included=included, gone=gone) == words
