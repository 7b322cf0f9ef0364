"""What wraps where Qt's own would be cut: buttons with text, names, rows of buttons."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHeaderView,
    QLabel,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.fixtures.cut_text import cut
from wizard.ui.theme import palette
from wizard.ui.widgets.columns import fit_titles
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.labels import button, label
from wizard.ui.widgets.wrapped_buttons import WrappedCheckBox, WrappedRadioButton

_DN = "OU=Executives,OU=Zurich,OU=People,DC=corp,DC=test"


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)
    return window


def shown(window: QWidget, width: int) -> None:
    window.show()
    window.resize(width, 400)
    for _ in range(5):
        QApplication.processEvents()


def put(window: QWidget, part: QWidget) -> None:
    place = window.layout()
    assert isinstance(place, QVBoxLayout)
    place.addWidget(part)
    place.addStretch(1)


@pytest.mark.parametrize("kind", [WrappedCheckBox, WrappedRadioButton])
def test_the_text_of_a_button_goes_on_below(
    window: QWidget, kind: type[QAbstractButton]
) -> None:
    ticked = kind()
    ticked.setText("Also &delete the account and its permissions in Active Directory")
    put(window, ticked)
    shown(window, 640)
    line = ticked.height()
    shown(window, 200)
    assert ticked.height() >= 2 * ticked.fontMetrics().height()
    assert ticked.height() > line
    assert not cut(window)
    last = QPoint(ticked.width() // 2, ticked.height() - 4)
    QTest.mouseClick(ticked, Qt.MouseButton.LeftButton, pos=last)
    assert ticked.isChecked()


def test_a_long_name_is_broken_and_given_as_it_is(window: QWidget) -> None:
    name = label(f"The account has no right below {_DN}")
    name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    put(window, name)
    shown(window, 160)
    assert name.width() <= 160
    assert not cut(window)
    assert name.text().endswith(_DN)
    name.setSelection(0, len(QLabel.text(name)))
    QTest.keySequence(name, "Ctrl+C")
    assert QApplication.clipboard().text() == name.text()


def test_buttons_go_on_another_row(window: QWidget) -> None:
    holder = QWidget()
    buttons = [button(f"Button {number}") for number in range(4)]
    holder.setLayout(flow(*buttons))
    put(window, holder)
    shown(window, 700)
    assert len({each.y() for each in buttons}) == 1
    shown(window, 220)
    assert len({each.y() for each in buttons}) > 1
    assert not cut(window)
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    shown(window, 700)
    places = [each.x() for each in buttons]
    assert places == sorted(places, reverse=True)


def test_a_column_is_as_wide_as_its_title(window: QWidget) -> None:
    table = QTableWidget(1, 2)
    titles = ["Certificate of the controller", "Answer"]
    table.setHorizontalHeaderLabels(titles)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.resizeSection(1, 10)
    put(window, table)
    shown(window, 120)
    assert cut(window)
    fit_titles(header)
    shown(window, 121)
    assert not cut(window)


def test_what_is_lower_stands_in_the_middle_of_its_row(window: QWidget) -> None:
    high, low = button("Check again"), label("2 in order", wrap=False)
    part = QWidget()
    part.setLayout(flow(high, low))
    put(window, part)
    shown(window, 640)
    assert abs(high.geometry().center().y() - low.geometry().center().y()) <= 1


def test_a_paragraph_is_as_high_as_its_words_and_font_of_now() -> None:
    words = label("one line")
    one = words.heightForWidth(200)
    words.setText("as many words as take more than one line of this width " * 3)
    many = words.heightForWidth(200)
    assert many > 3 * one
    words.setFont(palette.larger(6))
    assert words.heightForWidth(200) > many
    words.setText("one line")
    words.setFont(palette.larger(0))
    words.setContentsMargins(0, 5, 0, 5)
    assert words.heightForWidth(200) == one + 10
