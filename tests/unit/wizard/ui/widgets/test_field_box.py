"""How a question is read: its group, its options, what is wrong with the answer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.accessible_tree import Node, faults
from wire.text import Text
from wizard.flow.model import Field, Kind, Option
from wizard.ui import accessibility
from wizard.ui.widgets.field_box import FieldBox

OPTIONS = (
    Option("new", Text("Create an account"), Text("With what it needs.")),
    Option("existing", Text("Use an account that exists"), Text("It is checked.")),
)
ROLE = QAccessible.Role


def box(qtbot: QtBot, kind: Kind, help_text: str = "") -> FieldBox:
    accessibility.install()
    field = Field("x", Text("Service account"), kind, Text(help_text), OPTIONS)
    made = FieldBox(field)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("kind", ["choice", "cards"])
def test_each_option_has_its_own_name_in_a_group_named_by_the_question(
    qtbot: QtBot, kind: Kind
) -> None:
    tree = Node.of(box(qtbot, kind))

    (group,) = tree.all(ROLE.Grouping)
    radios = group.all(ROLE.RadioButton)
    assert group.name == "Service account"
    assert [radio.name for radio in radios] == [str(o.label) for o in OPTIONS]
    assert [radio.description for radio in radios] == [str(o.help) for o in OPTIONS]
    assert not list(faults(tree))


@pytest.mark.parametrize("kind", ["check", "switch"])
def test_check_box_is_read_once(qtbot: QtBot, kind: Kind) -> None:
    tree = Node.of(box(qtbot, kind, "Records are kept."))

    named = [node for node in tree if node.name == "Service account"]
    assert [node.role for node in named] == [ROLE.CheckBox]
    assert named[0].description == "Records are kept."


def test_what_is_wrong_is_read_with_the_group_until_another_answer(
    qtbot: QtBot,
) -> None:
    field_box = box(qtbot, "choice")
    field_box.show_problem("Choose one.")
    assert _group(field_box).description == "Choose one."

    field_box.editor.buttons["existing"].click()

    assert not _group(field_box).description


def test_mnemonic_of_a_question_leads_to_the_chosen_option_and_chooses_none(
    qtbot: QtBot,
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field_box = box(qtbot, "choice")
    field_box.setParent(window)
    field_box.name("&Service account")
    field_box.editor.set_value("existing")
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()

    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)

    assert field_box.value() == "existing"
    assert field_box.editor.buttons["existing"].hasFocus()


def test_field_under_a_heading(qtbot: QtBot) -> None:
    accessibility.install()
    field_box = FieldBox(Field("x", Text("Port"), under=Text("Network")))
    qtbot.addWidget(field_box)
    field_box.show()

    (heading,) = Node.of(field_box).all(ROLE.Heading)
    assert heading.name == "Network"


def _group(field_box: FieldBox) -> Node:
    return Node.of(field_box).all(ROLE.Grouping)[0]
