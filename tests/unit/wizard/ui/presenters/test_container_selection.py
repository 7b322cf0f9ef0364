"""Boxes over a tree: what covers what, and what is stored of it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Scope
from wizard.ui.presenters.container_selection import ContainerSelection

HEAD = "DC=corp,DC=test"
PEOPLE, USERS = f"OU=People,{HEAD}", f"CN=Users,{HEAD}"
BASEL, ZURICH = f"OU=Basel,{PEOPLE}", f"OU=Zurich,{PEOPLE}"
IT = f"OU=IT,{ZURICH}"


def stored(selection: ContainerSelection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return selection.containers, selection.excluded


def test_a_name_spelled_with_other_escapes_is_the_same() -> None:
    upper, lower = rf"OU=Sales\, West,{HEAD}", rf"OU=IT,ou=sales\2C west,{HEAD}"
    selection = ContainerSelection([upper])
    assert selection.state(lower) == "checked"
    selection.clear(lower)
    selection.check(upper)
    assert stored(selection) == ((upper,), ())


def test_what_is_below_a_ticked_one_is_ticked_and_above_it_partly() -> None:
    selection = ContainerSelection([PEOPLE])
    assert selection.state(IT) == "checked"
    assert selection.state(HEAD) == "partly"
    assert selection.state(USERS) == "clear"


def test_a_tick_takes_the_place_of_those_below() -> None:
    selection = ContainerSelection([BASEL, USERS])
    selection.check(PEOPLE)
    assert stored(selection) == ((USERS, PEOPLE), ())
    selection.check(BASEL)
    assert stored(selection) == ((USERS, PEOPLE), ())


def test_all_except_one_is_stored_as_an_exclusion() -> None:
    selection = ContainerSelection([HEAD])
    selection.clear(BASEL)
    assert stored(selection) == ((HEAD,), (BASEL,))
    assert selection.state(BASEL) == "clear"
    assert selection.state(ZURICH) == "checked"
    assert selection.state(PEOPLE) == selection.state(HEAD) == "partly"


def test_what_is_made_later_beside_the_exclusion_is_in_scope() -> None:
    selection = ContainerSelection([PEOPLE])
    selection.clear(BASEL)
    scope = Scope(
        containers=selection.containers, exclude_containers=selection.excluded
    )
    named = ScopeContainers.of(scope)
    assert named.include(f"CN=Ada,OU=Made later,{PEOPLE}")
    assert not named.include(f"CN=Ada,OU=Made later,{BASEL}")


def test_a_container_inside_an_excluded_one_can_be_in_again() -> None:
    selection = ContainerSelection([PEOPLE], [ZURICH])
    selection.check(IT)
    assert stored(selection) == ((PEOPLE, IT), (ZURICH,))
    assert selection.state(ZURICH) == "partly"
    selection.clear(IT)
    assert stored(selection) == ((PEOPLE,), (ZURICH,))
    assert selection.state(ZURICH) == "clear"


def test_a_tick_on_a_partly_filled_box_has_all_of_it() -> None:
    selection = ContainerSelection([PEOPLE, IT], [ZURICH])
    selection.check(PEOPLE)
    assert stored(selection) == ((PEOPLE,), ())


def test_clearing_a_container_clears_all_below() -> None:
    selection = ContainerSelection([PEOPLE, IT, USERS], [ZURICH])
    selection.clear(PEOPLE)
    assert stored(selection) == ((USERS,), ())
    selection.clear(USERS)
    assert stored(selection) == ((), ())
    assert selection.state(HEAD) == "clear"


def test_one_named_twice_over_makes_nothing_partly() -> None:
    selection = ContainerSelection([PEOPLE, ZURICH])
    assert selection.state(PEOPLE) == "checked"
    selection.clear(PEOPLE)
    assert stored(selection) == ((), ())


def test_one_that_is_removed_takes_along_what_hangs_on_it() -> None:
    selection = ContainerSelection([PEOPLE, USERS], [ZURICH])
    assert stored(selection.without(PEOPLE)) == ((USERS,), ())
    assert stored(selection.without(ZURICH)) == ((PEOPLE, USERS), ())


def test_what_it_would_be_leaves_it_as_it_is() -> None:
    selection = ContainerSelection([PEOPLE], [ZURICH])
    assert stored(selection.having(ZURICH)) == ((PEOPLE,), ())
    assert stored(selection) == ((PEOPLE,), (ZURICH,))


def lines_of(act: Callable[[], object]) -> int:
    """Count the lines of Python that an act runs: its work, on any machine."""
    count = 0

    def trace(_frame: Any, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("act", ["clear", "check", "state"])
def test_the_work_does_not_grow_with_what_is_named_elsewhere(act: str) -> None:
    def work(others: int) -> int:
        elsewhere = [f"OU=Site {at},OU=Other,{HEAD}" for at in range(others)]
        selection = ContainerSelection([PEOPLE, *elsewhere])
        return lines_of(lambda: getattr(selection, act)(BASEL))

    work(1)  # names are parsed once
    assert work(1000) == work(1)
