"""More options: folded until somebody, a problem or a check asks for them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wizard.flow.pages.order import FIELDS
from wizard.ui.widgets.disclosure import Disclosure
from wizard.ui.widgets.field_box import FieldBox


@pytest.fixture
def ca() -> FieldBox:
    return FieldBox(FIELDS["relay.ca"])


@pytest.fixture
def more(qtbot: QtBot, ca: FieldBox) -> Disclosure:
    made = Disclosure()
    qtbot.addWidget(made)
    made.add(ca)
    made.add(FieldBox(FIELDS["relay.proxy"]))
    made.arrange()
    made.show()
    return made


def state_of(more: Disclosure) -> QAccessible.State:
    return QAccessible.queryAccessibleInterface(more.button).state()


def test_it_is_folded_and_opened_by_a_key(more: Disclosure, ca: FieldBox) -> None:
    assert not ca.isVisible()
    QTest.keyClick(more.button, Qt.Key.Key_Space)

    assert ca.isVisible()
    QTest.keyClick(more.button, Qt.Key.Key_Space)
    assert not ca.isVisible()


def test_a_screen_reader_hears_whether_it_is_open(more: Disclosure) -> None:
    state = state_of(more)
    assert (state.expandable, state.expanded, state.collapsed) == (1, 0, 1)
    more.open()

    state = state_of(more)
    assert (state.expanded, state.collapsed) == (1, 0)
    read = QAccessible.queryAccessibleInterface(more.button)
    assert read.text(QAccessible.Text.Name) == "More options"


def test_a_problem_opens_it(more: Disclosure, ca: FieldBox) -> None:
    ca.show_problem("is no PEM file")

    assert more.opened
    assert ca.isVisible()


def test_no_problem_leaves_it_folded(more: Disclosure, ca: FieldBox) -> None:
    ca.show_problem("")

    assert not more.opened


def test_folded_it_names_what_is_answered_in_it(more: Disclosure, ca: FieldBox) -> None:
    assert more.answered.isHidden()
    ca.set_value("/etc/corp-ca.pem")
    more.arrange()

    assert more.answered.text() == "Set: Certificate authority of the relay"
    assert more.button.accessibleDescription() == more.answered.text()
    more.open()
    assert more.answered.isHidden()


def test_it_is_gone_where_nothing_in_it_is_asked(more: Disclosure) -> None:
    for box in more.boxes:
        box.hide()
    more.arrange()

    assert more.isHidden()
