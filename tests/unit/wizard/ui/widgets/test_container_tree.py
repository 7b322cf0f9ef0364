"""The tree of containers: loads as it opens, off the GUI thread."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.fake import TREE
from wizard.results import Container
from wizard.ui.widgets.container_tree import ContainerTree

HEAD = "DC=corp,DC=test"


@pytest.fixture
def tree(qtbot: QtBot) -> Iterator[ContainerTree]:
    made = ContainerTree()
    qtbot.addWidget(made)
    yield made
    made.worker.close()


def opened(qtbot: QtBot, tree: ContainerTree) -> Any:
    tree.show_domain(HEAD, lambda dn: TREE.get(dn, ()))
    qtbot.waitUntil(lambda: not tree.worker.busy)
    top = tree.topLevelItem(0)
    assert top
    return top


def test_only_what_is_open_was_read(qtbot: QtBot, tree: ContainerTree) -> None:
    asked: list[str] = []

    def load(dn: str) -> tuple[Container, ...]:
        asked.append(dn)
        return TREE.get(dn, ())

    tree.show_domain(HEAD, load)
    qtbot.waitUntil(lambda: not tree.worker.busy)
    assert asked == [HEAD]
    top: Any = tree.topLevelItem(0)
    top.child(0).setExpanded(True)
    qtbot.waitUntil(lambda: len(asked) == 2)


def test_it_is_read_off_the_gui_thread(qtbot: QtBot, tree: ContainerTree) -> None:
    threads: list[threading.Thread] = []

    def load(_dn: str) -> tuple[Container, ...]:
        threads.append(threading.current_thread())
        return ()

    tree.show_domain(HEAD, load)
    qtbot.waitUntil(lambda: not tree.worker.busy)
    assert threads[0] is not threading.main_thread()


def test_checking_and_clearing_by_the_boxes(qtbot: QtBot, tree: ContainerTree) -> None:
    top = opened(qtbot, tree)
    top.setCheckState(0, Qt.CheckState.Checked)
    assert tree.chosen == (HEAD,)
    top.child(2).setCheckState(0, Qt.CheckState.Unchecked)
    assert f"CN=Users,{HEAD}" not in tree.chosen
    assert len(tree.chosen) == 2
    assert top.checkState(0) == Qt.CheckState.PartiallyChecked


def test_what_opens_later_is_marked_too(qtbot: QtBot, tree: ContainerTree) -> None:
    tree.chosen = (f"OU=Basel,OU=People,{HEAD}",)
    top = opened(qtbot, tree)
    assert top.child(0).checkState(0) == Qt.CheckState.PartiallyChecked
    top.child(0).setExpanded(True)
    qtbot.waitUntil(lambda: top.child(0).childCount() == 3)
    assert top.child(0).child(0).checkState(0) == Qt.CheckState.Checked


def test_a_container_that_cannot_be_read_says_why_and_tries_again(
    qtbot: QtBot, tree: ContainerTree
) -> None:
    answers = iter([OSError("no answer"), ()])

    def load(_dn: str) -> tuple[Container, ...]:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return TREE[HEAD]

    tree.show_domain(HEAD, load)
    qtbot.waitUntil(lambda: not tree.worker.busy)
    top: Any = tree.topLevelItem(0)
    assert "no answer" in top.child(0).text(0)
    top.setExpanded(False)
    top.setExpanded(True)
    qtbot.waitUntil(lambda: top.childCount() == 3)
