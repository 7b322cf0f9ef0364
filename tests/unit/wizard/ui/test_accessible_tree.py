"""Every page and state of the gallery, as a screen reader is shown it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fixtures.gallery.order import WALKS
from tests.fixtures.gallery.stage import Stage
from tests.fixtures.gallery.walk import Walk
from tests.unit.wizard.ui.accessible_tree import Node, faults
from wizard.ui.application import application


class Listener:
    """Reads the tree of each state that it is shown."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder, self)
        self.trees: dict[str, Node] = {}

    def __call__(self, name: str, shown: QWidget) -> None:
        self.trees[name] = Node.of(shown)


@pytest.fixture
def listener(qtbot: QtBot, tmp_path: Path) -> Iterator[Listener]:
    assert qtbot
    application()
    listener = Listener(tmp_path)
    yield listener
    listener.stage.close()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_every_page_can_be_read(walk: Walk, listener: Listener) -> None:
    walk(listener.stage)

    assert set(listener.trees) == set(walk.states)
    assert not {
        name: list(faults(tree))
        for name, tree in listener.trees.items()
        if list(faults(tree))
    }
