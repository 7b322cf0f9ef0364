"""What is shown while its layout is held is laid out once, and before it is painted."""

from PySide6.QtCore import QCoreApplication, QEvent, QRect
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wizard.ui.widgets.laid_once import laid_once


class Counted(QVBoxLayout):
    """A column that counts how often it lays out its parts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.laid = 0

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's
        self.laid += 1
        super().setGeometry(rect)


def test_parts_that_are_shown_one_by_one_are_laid_out_once(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    place = Counted(whole)
    parts = [QLabel(f"part {at}") for at in range(20)]
    for part in parts:
        place.addWidget(part)
        part.hide()
    whole.show()
    QCoreApplication.sendPostedEvents()
    before = place.laid
    with laid_once(place):
        for part in parts:
            part.show()
    assert place.laid == before
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    # the window that grows is laid out by its new size too
    assert place.laid - before in (1, 2)
    assert len({part.y() for part in parts}) == len(parts)
    assert place.isEnabled()


def test_a_layout_is_let_go_by_who_held_it_first(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    place = QVBoxLayout(whole)
    with laid_once(place):
        with laid_once(place):
            pass
        assert not place.isEnabled()
    assert place.isEnabled()
