"""The bar above the footer: outcomes that stay, warnings, what to do next."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, RELAY_ROWS
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.text import Text
from wizard.results import Check
from wizard.ui.frame.notice import Notice
from wizard.ui.frame.notice_bar import NoticeBar
from wizard.ui.theme import palette
from wizard.ui.widgets.rows_dialog import RowsDialog
from wizard.ui.widgets.text_viewer import TextDialog
from wizard.ui.window import WizardWindow

ENDS_SOON = Check("tls", "Certificate", "warning", "Ends in 3 days")
SIGN_IN = Check(
    "sign-in",
    "Sign-in",
    "failed",
    "The password is wrong.",
    "Type it again.",
    field="input.admin_password",
)


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    """At the page of the relay, everything answered."""
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay")
    return window


def press(bar: NoticeBar, text: str) -> None:
    next(each for each in bar.buttons if each.text() == text).click()


def offered_by(bar: NoticeBar) -> list[str]:
    return [each.text() for each in bar.buttons]


def test_a_warning_says_why_next_stopped_and_renames_the_button(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.rows["relay"] = (*RELAY_ROWS[1:], ENDS_SOON)
    assert window.bar.isHidden()
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.bar.isVisible()
    assert window.bar.notice
    assert window.bar.notice.state == "warning"
    assert window.bar.text.text().endswith("Go on leaves it as it is.")
    assert window.button("next").text() == "Go o&n"
    window.press_next()
    assert window.page_id() == "directory"
    assert window.button("next").text() == "&Next"


def test_another_answer_takes_the_warning_back(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.rows["relay"] = (ENDS_SOON,)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    window.set_answers({"agent": "other-01"})
    assert window.bar.isHidden()
    assert window.button("next").text() == "&Next"


def test_the_outcome_is_told_on_the_page_that_follows_and_kept_for_the_way_back(
    qtbot: QtBot, window: WizardWindow
) -> None:
    go(qtbot, window, "directory")
    count = len(RELAY_ROWS)
    told = window.bar.text.text()
    assert told == f"Connect to the cloud: {count} checks passed"
    press(window.bar, "Details")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RowsDialog)
    assert dialog.check_rows.checks == RELAY_ROWS
    dialog.close()
    window.back()
    assert window.bar.text.text() == f"{count} checks passed"
    assert [each.page.id for each in verified(window)] == ["relay"]
    window.set_answers({"agent": "other-01"})
    assert window.bar.isHidden()
    assert verified(window) == ()


def verified(window: WizardWindow) -> tuple:  # type: ignore[type-arg]
    return window.session.outcomes.verified(window.session.answers)


def test_an_answer_of_a_page_before_takes_back_what_stood_on_it(
    qtbot: QtBot, window: WizardWindow
) -> None:
    go(qtbot, window, "directory", "account", "review")
    pages = ["relay", "directory", "account"]
    assert [each.page.id for each in verified(window)] == pages
    window.go_back_to("relay")
    window.set_answers({"agent": "other-01"})
    assert verified(window) == ()


def test_a_failure_offers_to_try_again_and_a_report(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    refused = Check("name", "Name", "failed", "No such host.", "Mend the name.")
    fake.rows["relay"] = (RELAY_ROWS[0], refused)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.bar.text.text() == "1 of 2 checks failed"
    assert offered_by(window.bar) == ["Try again", "Save report…", "Details"]
    press(window.bar, "Save report…")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TextDialog)
    assert "No such host." in dialog.view.text.toPlainText()
    assert "Connect to the cloud" in dialog.view.text.toPlainText()
    dialog.close()
    fake.rows["relay"] = RELAY_ROWS
    press(window.bar, "Try again")
    qtbot.waitUntil(lambda: window.page_id() == "directory")


def test_another_administrator_is_asked_where_this_one_was_refused(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    go(qtbot, window, "directory", "account")
    fake.rows["account"] = (SIGN_IN,)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    press(window.bar, "Use another administrator")
    boxes = window.page("account").field_boxes
    assert QApplication.focusWidget() is boxes["input.admin_user"].editor.line
    assert boxes["input.admin_password"].value() is None
    with qtbot.waitSignal(window.refused):  # it is asked anew
        window.press_next()


def test_escape_stops_a_check_before_it_asks_to_leave(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.hold = "check relay"
    window.press_next()
    assert window.shown.busy
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.shown.busy
    assert window.question is None
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.question


def test_nothing_to_apply_means_close(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(FakeController(found=INSTALLED, planned=()))
    window.set_answers({"task": "repair"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: not window.shown.busy)
    assert window.button("next").text() == "&Close"
    assert window.button("next").isEnabled()
    assert not window.button("cancel").isVisible()
    assert window.button("back").isEnabled()
    window.press_next()
    assert not window.isVisible()


@pytest.mark.parametrize("way", list(Qt.LayoutDirection)[:2], ids=lambda way: way.name)
def test_its_colour_stands_where_the_words_begin(
    qtbot: QtBot, way: Qt.LayoutDirection
) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.setPalette(palette.palette_of(palette.LIGHT))
    bar.setLayoutDirection(way)
    bar.resize(600, 40)
    bar.show_notice(Notice("failed", Text("No answer.")))
    picture = bar.grab().toImage()
    sides = [picture.pixelColor(x, 20).name() for x in (1, 598)]
    failed, base = palette.LIGHT.failed, palette.LIGHT.base
    first = way is Qt.LayoutDirection.LeftToRight
    assert sides == ([failed, base] if first else [base, failed])
