"""The tree of containers: read as it opens, ticked by Space, as fast with thousands."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.fake import TREE, unit
from tests.unit.wizard.ui.heard import Heard
from wizard.results import Container, FoundContainers
from wizard.ui.jobs.worker import Job
from wizard.ui.presenters.container_selection import ContainerSelection
from wizard.ui.scope.container_model import CHUNK
from wizard.ui.scope.container_tree import ContainerTree

HEAD = "DC=corp,DC=test"
PEOPLE = f"OU=People,{HEAD}"
DOMAIN = FoundContainers((Container(HEAD, "corp.test", "domain"),))
KEY, ROLE = Qt.Key, Qt.ItemDataRole

Tree = Mapping[str, tuple[Container, ...]]


@pytest.fixture
def tree(qtbot: QtBot) -> Iterator[ContainerTree]:
    made = ContainerTree("Containers")
    qtbot.addWidget(made)
    made.resize(400, 500)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.containers.worker.close()


def answering(containers: Tree, asked: list[str]) -> Callable[[str], Job]:
    def below(dn: str) -> Job:
        def read(_report: object, _stop: threading.Event) -> FoundContainers:
            asked.append(dn)
            return FoundContainers(containers.get(dn, ()))

        return read

    return below


def settle(qtbot: QtBot, tree: ContainerTree) -> None:
    qtbot.waitUntil(lambda: not tree.containers.worker.busy)


def opened(qtbot: QtBot, tree: ContainerTree, containers: Tree = TREE) -> list[str]:
    """Open the head of a domain; gives what is asked of the directory."""
    asked: list[str] = []
    tree.containers.show_containers(DOMAIN, answering(containers, asked))
    tree.open_first()
    settle(qtbot, tree)
    return asked


def at(tree: ContainerTree, *rows: int) -> QModelIndex:
    index = QModelIndex()
    for row in rows:
        index = tree.containers.index(row, 0, index)
    return index


def names(tree: ContainerTree, *rows: int) -> list[str]:
    above = at(tree, *rows)
    model = tree.containers
    return [model.index(row, 0, above).data() for row in range(model.rowCount(above))]


def press(tree: ContainerTree, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(tree, key)


def many(count: int) -> Tree:
    return {HEAD: tuple(unit(f"Site {number:05}") for number in range(count))}


def test_only_what_is_open_was_read(qtbot: QtBot, tree: ContainerTree) -> None:
    asked = opened(qtbot, tree)
    assert asked == [HEAD]
    assert names(tree, 0) == ["People", "Service accounts", "Users"]
    tree.expand(at(tree, 0, 0))
    settle(qtbot, tree)
    assert asked == [HEAD, PEOPLE]


def test_it_is_read_off_the_gui_thread(qtbot: QtBot, tree: ContainerTree) -> None:
    threads: list[threading.Thread] = []

    def below(_dn: str) -> Job:
        def read(_report: object, _stop: threading.Event) -> FoundContainers:
            threads.append(threading.current_thread())
            return FoundContainers(())

        return read

    tree.containers.show_containers(DOMAIN, below)
    tree.open_first()
    settle(qtbot, tree)
    assert threads
    assert threads[0] is not threading.main_thread()


def test_a_container_that_is_read_says_so_and_the_window_goes_on(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    go = threading.Event()

    def below(_dn: str) -> Job:
        def read(_report: object, _stop: threading.Event) -> FoundContainers:
            go.wait(20)
            return FoundContainers(TREE[HEAD])

        return read

    tree.containers.show_containers(DOMAIN, below)
    tree.open_first()
    assert names(tree, 0) == ["Loading…"]
    press(tree, KEY.Key_Space)  # while it is read
    assert tree.containers.selection.containers == (HEAD,)
    go.set()
    settle(qtbot, tree)
    assert names(tree, 0)[0] == "People"
    assert at(tree, 0, 0).data(ROLE.CheckStateRole) is Qt.CheckState.Checked


def test_the_keyboard_alone_opens_and_ticks(qtbot: QtBot, tree: ContainerTree) -> None:
    opened(qtbot, tree)
    tree.setFocus()
    press(tree, KEY.Key_Down, KEY.Key_Right)
    settle(qtbot, tree)
    press(tree, KEY.Key_Space)
    assert tree.containers.selection.containers == (PEOPLE,)
    press(tree, KEY.Key_Right, KEY.Key_Space)
    assert tree.containers.selection.excluded == (f"OU=Basel,{PEOPLE}",)
    assert at(tree, 0, 0).data(ROLE.CheckStateRole) is Qt.CheckState.PartiallyChecked
    press(tree, KEY.Key_Left, KEY.Key_Left)
    assert not tree.isExpanded(at(tree, 0, 0))


def test_one_that_has_none_below_says_so_and_shows_no_more_that_it_opens(
    qtbot: QtBot, tree: ContainerTree, heard: Heard
) -> None:
    opened(qtbot, tree)
    assert tree.containers.hasChildren(at(tree, 0, 2))
    tree.expand(at(tree, 0, 2))
    settle(qtbot, tree)
    assert not tree.containers.hasChildren(at(tree, 0, 2))
    assert "No containers below Users" in heard.polite


@pytest.mark.parametrize("key", [KEY.Key_Space, KEY.Key_Return, None])
def test_one_that_cannot_be_read_says_why_in_its_row_and_tries_again(
    qtbot: QtBot, tree: ContainerTree, key: Qt.Key | None
) -> None:
    answers: Iterator[FoundContainers | None] = iter(
        [None, FoundContainers(TREE[HEAD])]
    )

    def below(_dn: str) -> Job:
        def read(_report: object, _stop: threading.Event) -> FoundContainers:
            answer = next(answers)
            if answer is None:
                raise OSError("no answer")
            return answer

        return read

    tree.containers.show_containers(DOMAIN, below)
    tree.open_first()
    settle(qtbot, tree)
    assert names(tree, 0) == ["Can't be read: no answer", "Try again"]
    if key is None:
        place = tree.visualRect(at(tree, 0, 1)).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    else:
        tree.setCurrentIndex(at(tree, 0, 1))
        press(tree, key)
    settle(qtbot, tree)
    assert len(names(tree, 0)) == 3
    assert tree.currentIndex() == at(tree, 0)


def test_thousands_become_rows_as_they_come_into_sight(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    asked = opened(qtbot, tree, many(5000))
    rows = tree.containers.rowCount(at(tree, 0))
    assert CHUNK <= rows <= 2 * CHUNK
    tree.setFocus()
    press(tree, KEY.Key_End)
    by_key = tree.containers.rowCount(at(tree, 0))
    assert rows < by_key <= rows + 2 * CHUNK
    tree.verticalScrollBar().setValue(tree.verticalScrollBar().maximum())
    assert by_key < tree.containers.rowCount(at(tree, 0)) <= by_key + 2 * CHUNK
    for _ in range(5000 // CHUNK):
        press(tree, KEY.Key_End)
    assert names(tree, 0) == [f"Site {number:05}" for number in range(5000)]
    assert asked == [HEAD]  # in one search


def test_more_than_are_read_are_to_be_found_by_name(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    found = FoundContainers(TREE[HEAD], more=True)
    tree.containers.show_containers(DOMAIN, lambda _dn: lambda _report, _stop: found)
    tree.open_first()
    settle(qtbot, tree)
    assert names(tree, 0)[3] == "There are more: find them by their name"


def calls_of(act: Callable[[], object]) -> int:
    """Count the calls of Python that an act makes: its work, on any machine."""
    count = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_a_click_costs_as_much_with_five_thousand_siblings(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    def work(siblings: int) -> int:
        """What a box cleared amid so many takes: what is stored, and what is drawn."""
        opened(qtbot, tree, many(siblings))
        while tree.containers.canFetchMore(at(tree, 0)):
            tree.containers.fetchMore(at(tree, 0))
        tree.containers.show_selection(ContainerSelection([HEAD]))
        middle = at(tree, 0, 25)
        tree.setCurrentIndex(middle)
        qtbot.waitUntil(lambda: tree.visualRect(middle).height() > 0)
        tree.viewport().repaint()

        def clear() -> None:
            press(tree, KEY.Key_Space)
            tree.viewport().repaint()

        calls = calls_of(clear)
        assert tree.containers.selection.excluded == (f"OU=Site 00025,{HEAD}",)
        return calls

    work(50)
    assert work(5000) <= work(50) * 1.2


def test_names_kinds_and_boxes_are_read_through_the_tree(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    opened(qtbot, tree)
    tree.containers.show_selection(ContainerSelection([PEOPLE]))
    whole: Any = QAccessible.queryAccessibleInterface(tree)
    rows = [whole.child(at) for at in range(whole.childCount())]
    read = {row.text(QAccessible.Text.Name): row.state() for row in rows}
    assert list(read)[-4:] == [
        "corp.test, Domain, partly ticked",
        "People, Organizational unit",
        "Service accounts, Organizational unit",
        "Users, Built-in container",
    ]
    head, people, accounts, _users = list(read.values())[-4:]
    assert all(state.checkable for state in (head, people, accounts))
    assert (head.checked, people.checked, accounts.checked) == (0, 1, 0)
    assert people.expandable


def test_a_name_is_one_line_and_its_place_is_in_the_tooltip(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    odd = Container(f"OU=a<b>\\0Ac,{HEAD}", "a<b>\nc", "container")
    opened(qtbot, tree, {HEAD: (odd,)})
    (name,) = names(tree, 0)
    assert "\n" not in name
    assert "&lt;b&gt;" in at(tree, 0, 0).data(ROLE.ToolTipRole)
