"""Of the containers that are named, the innermost one decides."""

from typing import Any

import pytest

from agent.config.scope_containers import Deciding, ScopeContainers

HEAD = "DC=corp,DC=test"
PEOPLE, OTHER = f"OU=People,{HEAD}", f"OU=Other,{HEAD}"
BERLIN = f"OU=Berlin,{PEOPLE}"
MITTE = f"OU=Mitte,{BERLIN}"


@pytest.mark.parametrize(
    ("name", "included"),
    [
        (f"CN=Ada,{PEOPLE}", True),
        (f"CN=Ada,OU=Made later,{PEOPLE}", True),
        (f"CN=Ada,{BERLIN.lower()}", False),
        (f"CN=Ada,OU=Made later,{BERLIN}", False),
        (f"CN=Ada,OU=Inner,{MITTE}", True),
        (f"CN=Ada,{OTHER}", False),
        (f"CN=Berlin,OU=Berlin2,{PEOPLE}", True),
        (BERLIN, False),
        ("", False),
    ],
)
def test_the_innermost_that_is_named_decides(name: str, *, included: bool) -> None:
    assert ScopeContainers([PEOPLE, MITTE], [BERLIN]).include(name) is included


def test_what_decides_is_told_as_it_is_spelled() -> None:
    named = ScopeContainers([PEOPLE], [BERLIN])

    assert named.deciding(f"CN=Ada,{BERLIN.upper()}") == Deciding(BERLIN, False)
    assert named.deciding(f"CN=Ada,{OTHER}") is None


def test_one_that_is_named_both_ways_is_out() -> None:
    assert not ScopeContainers([PEOPLE], [PEOPLE.lower()]).include(f"CN=Ada,{PEOPLE}")


def test_the_work_grows_with_the_depth_alone() -> None:
    excluded = [f"OU={number},{PEOPLE}" for number in range(5000)]
    named, looked = ScopeContainers([PEOPLE], excluded), list[object]()

    class Counting(dict[Any, Any]):
        def get(self, key: object, default: object = None) -> Any:
            looked.append(key)
            return super().get(key, default)

    named._by_name = Counting(named._by_name)
    assert named.include(f"CN=Ada,{PEOPLE}")
    assert len(looked) == 2
