"""Every page and state of the gallery, as a screen reader is shown it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.fixtures import gallery
from tests.unit.wizard.ui.accessible_tree import (
    Node,
    faults,
)
from wizard.ui.application import application


class Listener(gallery.Gallery):
    """Walks the journeys of the gallery and reads the tree in place of pictures."""

    quiet_s = 0.03

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, QSize(960, 680))
        self.trees: dict[str, Node] = {}
        self.windows = set[QWidget]()  # or they go whenever Python likes

    def shoot(self, shown: QWidget, name: str) -> None:
        self.settle()
        self.windows.add(shown)
        self.trees[name] = Node.of(shown)


@pytest.fixture
def listener(qtbot: QtBot, tmp_path: Path) -> Iterator[Listener]:
    assert qtbot
    application()
    listener = Listener(tmp_path)
    yield listener
    for window in listener.windows:
        if isValid(window):
            window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.parametrize("part", gallery.PARTS.split())
def test_every_page_can_be_read(part: str, listener: Listener) -> None:
    getattr(listener, part)()

    assert listener.trees
    assert not {
        name: list(faults(tree))
        for name, tree in listener.trees.items()
        if list(faults(tree))
    }
