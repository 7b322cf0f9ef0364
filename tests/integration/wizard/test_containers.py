"""Containers of a real domain: read below one, found by name, gone, counted."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from agent.config.settings import Scope, Settings
from agent.ldap.dn import is_below
from agent.verdict.causes import Cause
from lab.controller import Lab
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_inspection import directory
from wire.operation import Operation
from wizard.controller.permissions import Coverage


@pytest.fixture(scope="module")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    lab.reset()
    with sandbox(lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def test_containers_of_any_name_are_in_the_tree(whole: Sandbox) -> None:
    people = f"OU=People,{whole.lab.base_dn}"
    ask = whole.controller.checks.containers
    found = ask(directory(whole), whole.inputs, people, threading.Event())

    names = {node.name for node in found.found}
    assert {"Sales, West", "R+D = new", " Space around ", "#Hash"} <= names
    assert {node.kind for node in found.found} == {"organizational unit"}
    assert not found.more


def test_containers_are_of_their_kind(whole: Sandbox) -> None:
    ask, stop = whole.controller.checks.containers, threading.Event()
    (head,) = ask(directory(whole), whole.inputs, "", stop).found
    below = ask(directory(whole), whole.inputs, head.dn, stop).found

    assert (head.dn, head.kind) == (whole.lab.base_dn, "domain")
    kinds = {node.name: node.kind for node in below}
    assert kinds["Users"] == "built-in"
    assert kinds["People"] == "organizational unit"
    assert "System" not in kinds


@pytest.mark.parametrize("text", ["west", "sales, w", "st*", "OU=Sales\\, West,"])
def test_a_container_is_found_by_its_name_anywhere(whole: Sandbox, text: str) -> None:
    people, stop = f"OU=People,{whole.lab.base_dn}", threading.Event()
    wanted = f"{text}{people}" if "=" in text else text
    find = whole.controller.checks.find_containers
    found = find(directory(whole), whole.inputs, wanted, stop)

    expected = [] if "*" in text else ["Sales, West"]
    assert [node.name for node in found.found] == expected
    assert all(is_below(node.dn, people) for node in found.found)


def test_a_container_that_is_gone_is_missing(whole: Sandbox) -> None:
    people = f"OU=People,{whole.lab.base_dn}"
    gone = f"OU=Nowhere,OU=Not there,{people}"
    ask = whole.controller.checks.missing_containers
    found = ask(directory(whole), whole.inputs, (gone, people), threading.Event())

    assert found == (gone,)


def test_people_of_one_container_are_counted_as_far_as_they_are_in_scope(
    whole: Sandbox,
) -> None:
    people, stop = f"OU=People,{whole.lab.base_dn}", threading.Event()
    west = f"OU=Sales\\, West,{people}"
    count = whole.controller.checks.people_below

    def below(container: str, *excluded: str) -> int:
        scope = Scope(containers=(people,), exclude_containers=excluded)
        found = count(directory(whole), whole.inputs, scope, container, stop)
        assert not found.more
        return found.people

    everybody, some = below(people), below(west)
    assert 0 < some < everybody
    assert below(people, west) == everybody - some
    assert below(west, west) == 0


def test_containers_together_come_to_what_the_scope_comes_to(whole: Sandbox) -> None:
    people, stop = f"OU=People,{whole.lab.base_dn}", threading.Event()
    found = whole.controller.checks.containers(
        directory(whole), whole.inputs, people, stop
    )
    children = tuple(node.dn for node in found.found)
    permissions = whole.controller.permissions

    def scope(*excluded: str) -> Settings:
        named = Scope(containers=(people,), exclude_containers=excluded)
        return whole.settings().model_copy(update={"scope": named})

    def below(container: str) -> Coverage:
        return permissions.foresee_below(
            scope(), whole.inputs, container, report=lambda _: None, stop=stop
        )

    def foreseen(*excluded: str) -> Coverage:
        return permissions.foresee(
            scope(*excluded), whole.inputs, report=lambda _: None, stop=stop
        )

    parts = [foreseen(*children), *map(below, children)]
    everybody = foreseen()
    together = sum((Counter(each.causes[Operation.RESET]) for each in parts), Counter())
    assert together == Counter(everybody.causes[Operation.RESET])
    assert below(people).causes == everybody.causes
    assert Cause.INHERITANCE_OFF in together
    assert sum(each.people > 0 for each in parts) > 3
