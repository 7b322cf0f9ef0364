"""The first page: the window opens at once and reads the machine off the GUI thread."""

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, RECOVERY
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import wait_for
from wire.text import Text
from wizard.elevation.errors import NotAllowed
from wizard.errors import Busy
from wizard.plan.change import StepFailed


def test_the_window_opens_before_the_machine_is_read(
    qtbot: QtBot, show_window: Open, fake: FakeController
) -> None:
    fake.hold = "installed"
    window = show_window(fake)
    assert window.isVisible()
    assert window.page_id() == "reading"
    ticks: list[bool] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: ticks.append(window.shown.busy))
    timer.start(5)
    qtbot.waitUntil(lambda: len(ticks) > 20)
    timer.stop()
    assert all(ticks)
    assert not window.button("next").isEnabled()
    assert not window.button("back").isEnabled()
    assert window.button("cancel").isEnabled()
    fake.go.set()
    wait_for(qtbot, window, "welcome")


def test_nothing_is_read_on_the_gui_thread(
    qtbot: QtBot, show_window: Open, fake: FakeController
) -> None:
    window = show_window(fake)
    wait_for(qtbot, window, "welcome")
    qtbot.waitUntil(lambda: bool(fake.named("find_domain")))
    assert {call[0] for call in fake.calls} == {"recovery", "installed", "find_domain"}
    assert threading.main_thread() not in fake.threads


@pytest.mark.parametrize(
    ("controller", "first"),
    [
        (FakeController(), "welcome"),
        (FakeController(found=INSTALLED), "health"),
        (FakeController(cut_off=RECOVERY), "recovery"),
    ],
)
def test_only_the_pages_that_were_shown_are_built(
    qtbot: QtBot, show_window: Open, controller: FakeController, first: str
) -> None:
    window = show_window(controller)
    wait_for(qtbot, window, first)
    assert window.pages.built == ("reading", first)


def test_one_cannot_go_back_to_it(
    qtbot: QtBot, show_window: Open, fake: FakeController
) -> None:
    window = show_window(fake)
    wait_for(qtbot, window, "welcome")
    assert not window.button("back").isEnabled()
    assert window.pages.path == ("welcome",)
    window.back()
    assert window.page_id() == "welcome"


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (NotAllowed(Text("polkit did not let you in.")), "sudo writeback"),
        (
            StepFailed(Text("The settings file can't be used."), Text("Mend line 3.")),
            "Mend line 3",
        ),
    ],
)
def test_what_fails_is_told_with_its_remedy_and_tried_again(
    qtbot: QtBot,
    show_window: Open,
    fake: FakeController,
    error: Exception,
    remedy: str,
) -> None:
    fake.unreadable = error
    window = show_window(fake)
    page = window.page("reading")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert window.page_id() == "reading"
    assert remedy in page.check_rows.checks[0].remedy
    assert not page.busy
    assert not window.button("next").isEnabled()
    assert page.again.hasFocus()
    page.copy.click()
    assert page.check_rows.checks[0].detail in QApplication.clipboard().text()
    fake.unreadable = None
    page.again.click()
    wait_for(qtbot, window, "welcome")


def test_another_wizard_at_work_is_told_not_taken_for_a_clean_machine(
    qtbot: QtBot, show_window: Open, fake: FakeController
) -> None:
    fake.unreadable = Busy("root, process 4711", RECOVERY.started)
    window = show_window(fake)
    page = window.page("reading")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert "process 4711" in page.check_rows.checks[0].detail
    assert window.page_id() == "reading"


def test_escape_leaves_it_at_once(
    qtbot: QtBot, show_window: Open, fake: FakeController
) -> None:
    fake.unreadable = StepFailed(Text("No."), Text("Mend it."))
    window = show_window(fake)
    qtbot.waitUntil(lambda: bool(window.page("reading").check_rows.checks))
    with qtbot.waitSignal(window.finished):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.question is None
