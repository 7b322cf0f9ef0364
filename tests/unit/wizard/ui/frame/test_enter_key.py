"""Enter: in a field of a panel it runs the panel's action, never Close nor Install."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.copied import ADMIN
from tests.unit.wizard.ui.fake import FORWARD, INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import UNGRANTED
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret
from wire.text import Text
from wizard.plan.change import StepFailed
from wizard.ui.widgets.grant_panel import PASSWORD, USER
from wizard.ui.window import WizardWindow


def enter(widget: QWidget) -> None:
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_Return)


def at_task(qtbot: QtBot, open_window: Open, task: str) -> WizardWindow:
    window = open_window(FakeController(found=INSTALLED))
    window.set_answers({"task": task})
    go(qtbot, window, task)
    return window


def test_enter_in_the_administrator_of_the_grant_panel_grants(
    qtbot: QtBot, open_window: Open
) -> None:
    window = at_task(qtbot, open_window, "permissions")
    page = window.page("permissions")
    window.session.controller.permissions.everybody = dict(UNGRANTED)  # type: ignore[attr-defined]
    page.judge()
    qtbot.waitUntil(lambda: page.whole is not None)
    page.grant_button.click()
    qtbot.waitUntil(page.granting.plan.isVisible)
    fields = page.granting.field_boxes
    fields[USER].set_value("administrator@corp.test")
    fields[PASSWORD].set_value(Secret(CANARY))
    with qtbot.waitSignal(page.granting.granted):
        enter(fields[PASSWORD].editor.line)
    assert window.isVisible()


@pytest.mark.parametrize(("task", "field"), [("test", "test.value")])
def test_enter_in_the_panel_of_a_test_runs_the_test(
    qtbot: QtBot, open_window: Open, task: str, field: str
) -> None:
    window = at_task(qtbot, open_window, task)
    page = window.page(task)
    page.set_answers({field: "anna.test@corp.test"})
    enter(page.field_boxes[field].editor.line)
    qtbot.waitUntil(lambda: bool(page.test.check_rows.checks))
    assert window.isVisible()


def test_enter_on_a_person_asks_and_does_not_close(
    qtbot: QtBot, open_window: Open
) -> None:
    window = at_task(qtbot, open_window, "explain")
    page = window.page("explain")
    page.set_answers({"explain.user": "niko@corp.test"})
    enter(page.field_box.editor.line)
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))
    assert window.isVisible()


def test_enter_in_a_field_of_the_plan_installs_nothing(
    qtbot: QtBot, open_window: Open
) -> None:
    controller = FakeController(found=INSTALLED)
    controller.unplannable = StepFailed(Text("No password is stored."), Text("Ask."))
    window = open_window(controller)
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove", "review")
    page = window.page("review")
    qtbot.waitUntil(lambda: not page.busy)
    page.set_answers(ADMIN)
    enter(page.field_boxes["input.admin_password"].editor.line)  # makes the plan anew
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert len(controller.named("plan_removal")) == 2
    window.set_answers({"input.accept_final": True})
    for path in ("input.admin_password", "input.accept_final"):
        enter(page.field_boxes[path].editor.focus_widget())
    assert window.page_id() == "review"
    assert not controller.named("apply")
    enter(window.button("next"))
    qtbot.waitUntil(lambda: bool(controller.named("apply")))


def test_enter_in_a_field_finishes_no_removal(qtbot: QtBot, open_window: Open) -> None:
    controller = FakeController(cut_off=FORWARD)
    window = open_window(controller)
    window.set_answers(ADMIN)
    page = window.page("recovery")
    enter(page.field_boxes["input.admin_password"].editor.line)
    assert not page.busy
    assert not controller.named("recover")


def test_enter_on_a_button_presses_that_one(qtbot: QtBot, open_window: Open) -> None:
    window = at_task(qtbot, open_window, "view")
    copy = window.page("view").copy
    enter(copy)
    assert window.isVisible()
    assert QApplication.clipboard().text() == INSTALLED.fingerprint


def test_a_key_held_down_goes_on_once(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(FakeController())
    enter(window.button("next"))
    assert window.page_id() == "mode"
    for held in (window.button("next"), window):
        press = QEvent.Type.KeyPress
        none = Qt.KeyboardModifier.NoModifier
        again = QKeyEvent(press, Qt.Key.Key_Return, none, "\r", autorep=True)
        QApplication.sendEvent(held, again)
    assert window.page_id() == "mode"
