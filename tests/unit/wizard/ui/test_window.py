"""The window's manners: refusals, stopping, leaving, secrets, names, no freezing."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import BEHIND, CANARY, EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import (
    FORWARD,
    INSTALLED,
    RECOVERY,
    UNTRUSTED,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.theme.contrast import contrast
from tests.unit.wizard.ui.walk import go, wait_for
from wire.secret import Secret
from wire.text import Text, verbatim
from wizard.flow.pages.order import PAGES
from wizard.plan.change import StepFailed
from wizard.results import Check
from wizard.translation import CHOICE, available
from wizard.ui.formatting import letters_of
from wizard.ui.theme import palette
from wizard.ui.window import WizardWindow


def at_relay(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay")
    return window


def test_a_wrong_answer_is_told_beside_its_field_and_gets_the_focus(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    window.set_answers({"relay.url": "http://relay.corp.test"})
    with qtbot.waitSignal(window.refused) as refused:
        window.press_next()
    box = window.page("relay").field_boxes["relay.url"]
    assert not box.wrong.isHidden()
    assert "https://" in box.wrong.text
    assert "https://" in box.editor.focus_widget().accessibleDescription()
    assert "https://" in refused.args[0]
    assert QApplication.focusWidget() is box.editor.line
    assert not fake.named("check relay")
    QTest.keyClick(box.editor.focus_widget(), Qt.Key.Key_Backspace)
    assert box.wrong.isHidden()


def test_a_failed_check_is_a_row_with_its_remedy_and_details(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.inspection = UNTRUSTED
    window = at_relay(qtbot, open_window, fake)
    go(qtbot, window, "directory")
    with qtbot.waitSignal(window.refused):
        window.press_next()
    page = window.page("directory")
    assert window.page_id() == "directory"
    made = page.board.details.check_rows.rows[0]
    assert "What to do" in " ".join(_texts(made))
    assert made.details.isHidden()
    made.opener.click()
    assert "Corp Root CA" in made.details.toPlainText()
    assert not made.details.isHidden()
    assert not page.field_boxes["directory.ca"].wrong.isHidden()
    page.check_panel.copy.click()
    assert "not trusted here" in QApplication.clipboard().text()


def test_a_warning_is_seen_before_next_goes_on(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.rows["relay"] = (Check("tls", "Certificate", "warning", "Ends in 3 days"),)
    window = at_relay(qtbot, open_window, fake)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.page_id() == "relay"
    go(qtbot, window, "directory")
    assert len(fake.named("check relay")) == 1


def test_an_exception_in_a_check_becomes_a_row(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_given: object) -> Any:
        raise StepFailed(Text("No route to host."), Text("Check the cable."))

    window = at_relay(qtbot, open_window, fake)
    monkeypatch.setattr(fake.checks, "run", broken)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    checks = window.page("relay").check_panel.check_rows.checks
    assert checks[0].detail == "No route to host."
    assert checks[0].remedy == "Check the cable."


def ends_too_late(fake: FakeController, worker: Any) -> None:
    """Let what was held end, and hear whatever it says."""
    fake.go.set()
    worker.close()
    QApplication.processEvents()


def test_a_check_can_be_stopped_and_is_not_heard_any_more(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.hold = "check relay"
    window = at_relay(qtbot, open_window, fake)
    window.press_next()
    check_panel = window.page("relay").check_panel
    assert check_panel.busy
    assert not window.button("next").isEnabled()
    qtbot.waitUntil(lambda: bool(fake.named("check relay")))
    QTest.mouseClick(check_panel.stop, Qt.MouseButton.LeftButton)
    assert not check_panel.busy
    assert window.button("next").isEnabled()
    ends_too_late(fake, check_panel.worker)
    assert window.page_id() == "relay"
    assert not check_panel.check_rows.checks


def test_an_answer_that_is_changed_while_it_is_checked_is_checked_anew(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.hold = "check relay"
    window = at_relay(qtbot, open_window, fake)
    window.press_next()
    check_panel = window.page("relay").check_panel
    qtbot.waitUntil(lambda: bool(fake.named("check relay")))
    window.set_answers({"relay.url": "https://other.corp.test"})
    assert not check_panel.busy
    assert window.button("next").isEnabled()
    ends_too_late(fake, check_panel.worker)
    assert window.page_id() == "relay"
    go(qtbot, window, "directory")
    asked = [draft.relay.url for _, draft, _ in fake.named("check relay")]
    assert asked[1:] == ["https://other.corp.test"]


def test_the_window_does_not_freeze_while_a_slow_check_runs(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    fake.hold = "check relay"  # it ends when told, so all that ticks does so meanwhile
    ticks: list[bool] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: ticks.append(window.shown.busy))
    window.press_next()
    timer.start(5)
    qtbot.waitUntil(lambda: len(ticks) > 20, timeout=20_000)
    timer.stop()
    assert all(ticks)
    fake.go.set()
    wait_for(qtbot, window, "directory")


def test_one_can_go_back_while_the_plan_is_made(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = INSTALLED
    fake.hold = "plan"
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    worker = window.page("review").worker
    assert worker.busy
    assert not window.button("next").isEnabled()
    qtbot.waitUntil(lambda: bool(fake.named("plan")))
    window.button("back").click()
    assert window.page_id() == "health"
    assert not worker.busy
    ends_too_late(fake, worker)
    assert window.session.changes == ()  # what was given up says nothing any more
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: window.session.changes == fake.planned)
    assert len(fake.named("plan")) == 2


def test_escape_asks_before_it_leaves(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.question
    QTest.keyClick(window.question, Qt.Key.Key_Escape)
    assert window.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    leave = next(b for b in window.question.buttons() if b.text() == "Leave")
    with qtbot.waitSignal(window.finished):
        leave.click()


def test_escape_while_changes_are_made_offers_to_take_them_back(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.hold = "apply"
    window = at_relay(qtbot, open_window, fake)
    go(qtbot, window, "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "apply")
    window.close()
    assert window.isVisible()
    assert window.question
    window.question.buttons()[0].click()
    fake.go.set()
    page = window.page("apply")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.check_rows.checks[0].detail == "Stopped."
    assert not window.button("next").isEnabled()
    assert window.button("back").isEnabled()


def test_the_rail_tells_where_one_is_and_goes_back_only(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    steps = window.rail.steps
    assert [step.state for step in steps[:4]] == ["done", "done", "here", "ahead"]
    assert [step.reachable for step in steps[:4]] == [True, True, False, False]
    assert steps[2].spoken.endswith("this page")
    rail = window.rail.list
    for at in (3, 0):  # what is ahead can't be chosen
        assert window.page_id() == "relay"
        place = rail.visualItemRect(rail.item(at)).center()
        QTest.mouseClick(rail.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.page_id() == "welcome"


def test_answers_are_kept_when_one_goes_back(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    window.set_answers({"agent": "other-01"})
    window.back()
    go(qtbot, window, "relay")
    assert window.page("relay").field_boxes["agent"].value() == "other-01"


def test_one_cannot_go_back_from_complete(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    go(qtbot, window, "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")
    assert not window.button("back").isEnabled()
    assert not any(step.reachable for step in window.rail.steps)


def test_secrets_are_hidden_until_shown_and_gone_after_use(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    go(qtbot, window, "directory", "account")
    editor = window.page("account").field_boxes["input.admin_password"].editor
    assert editor.line.echoMode() == QLineEdit.EchoMode.Password
    editor.show_it.click()
    assert editor.line.echoMode() == QLineEdit.EchoMode.Normal
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")
    assert editor.line.text() == ""
    assert editor.line.echoMode() == QLineEdit.EchoMode.Password
    held = [line.text() for line in window.findChildren(QLineEdit)]
    texts = " ".join(held + _texts(window)) + repr(window.session.answers.values)
    assert CANARY not in texts
    assert window.page("relay").field_boxes["input.enrolment_code"].value() is None


@pytest.mark.parametrize(
    "controller",
    [
        FakeController(),
        FakeController(found=INSTALLED),
        FakeController(cut_off=RECOVERY),
        FakeController(cut_off=FORWARD),
        FakeController(replace(INSTALLED, drift=(verbatim("agent: a becomes b"),))),
    ],
)
def test_every_control_has_an_accessible_name(
    qtbot: QtBot, open_window: Open, controller: FakeController
) -> None:
    window = open_window(controller)
    unnamed = [
        f"{page.id}: {type(widget).__name__} {widget.objectName()}"
        for page in PAGES
        for widget in _controls(window.page(page.id))
        if not _name(widget)
    ]
    assert unnamed == []


def _controls(page: QWidget) -> list[QWidget]:
    kinds = (
        QAbstractButton,
        QLineEdit,
        QAbstractSpinBox,
        QComboBox,
        QPlainTextEdit,
        QAbstractItemView,
    )
    found = [w for kind in kinds for w in page.findChildren(kind)]
    return [w for w in found if not _inner(w)]


def _inner(widget: QWidget) -> bool:
    """Tell a part of a compound control, which is read with the whole."""
    parent = widget.parentWidget()
    inside = (QAbstractSpinBox, QComboBox, QAbstractItemView, QScrollBar)
    while parent:
        if isinstance(parent, inside):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def _name(widget: QWidget) -> str:
    if isinstance(widget, QPushButton):
        return widget.accessibleName() or widget.text()
    return widget.accessibleName()


def _texts(widget: QWidget) -> list[str]:
    return [str(child.text()) for child in _labels(widget)]


def _labels(widget: QWidget) -> list[Any]:
    return [
        w for w in widget.findChildren(QWidget) if callable(getattr(w, "text", None))
    ]


@pytest.mark.parametrize("language", [each.code for each in available()])
def test_mnemonics_are_never_given_twice_on_a_page(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setenv(CHOICE, language)
    window = at_relay(qtbot, open_window, fake)
    window.set_answers({"relay.proxy": BEHIND})
    page = window.page("relay")
    labels = [box.label.text() for box in page.field_boxes.values()]
    _no_letter_twice([*labels, *_of_buttons(window)])


@pytest.mark.parametrize("language", [each.code for each in available()])
def test_no_task_answers_to_the_letter_of_another_button(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setenv(CHOICE, language)
    fake.found = INSTALLED
    window = open_window(fake)
    wait_for(qtbot, window, "health")
    _no_letter_twice(_of_buttons(window))


def _of_buttons(window: WizardWindow) -> list[str]:
    found = window.findChildren(QAbstractButton)
    return [each.text() for each in found if each.isVisible() and "&" in each.text()]


def _no_letter_twice(names: list[str]) -> None:
    letters = [letter for name in names for letter in letters_of(name)]
    assert len(letters) == len(names)
    assert len(letters) == len(set(letters)), names


def test_tab_goes_through_the_fields_in_reading_order(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    window.set_answers({"relay.proxy": BEHIND})
    page = window.page("relay")
    order = [box.editor.line for box in page.field_boxes.values()]
    met: list[QWidget] = []
    for _ in range(20):
        focus = QApplication.focusWidget()
        if focus and focus in order and focus not in met:
            met.append(focus)
        QTest.keyClick(focus or window, Qt.Key.Key_Tab)
    assert met == order


def test_an_empty_scope_is_refused(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **offered)
    go(qtbot, window, "mode")
    window.set_answers({"mode": "custom"})
    go(qtbot, window, "relay", "directory", "account", "scope")
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.page_id() == "scope"
    assert not window.page("scope").wrong.isHidden()
    assert not fake.named("check scope")


def test_an_existing_account_asks_for_its_password_only(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    go(qtbot, window, "directory", "account")
    window.set_answers({"directory.account.kind": "existing"})
    field_boxes = window.page("account").field_boxes
    assert field_boxes["input.admin_user"].isHidden()
    assert field_boxes["directory.account.container"].isHidden()
    assert not field_boxes["input.account_password"].isHidden()
    window.set_answers({"directory.account.name": "svc@corp.test"})
    window.set_answers({"input.account_password": Secret(CANARY)})
    go(qtbot, window, "review")
    assert window.session.settings.directory.account.container is None


@pytest.mark.parametrize("inks", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("controller", [FakeController(), FakeController(INSTALLED)])
def test_the_button_that_goes_on_can_be_read_as_it_is_drawn(
    qtbot: QtBot, open_window: Open, inks: palette.Inks, controller: FakeController
) -> None:
    window = open_window(controller)
    window.setPalette(palette.palette_of(inks))
    if controller.found:
        window.set_answers({"task": "remove"})
        go(qtbot, window, "remove", "review")
        qtbot.waitUntil(lambda: bool(window.session.changes))
        window.set_answers({"input.accept_final": True})
    window.refresh()
    drawn = window.button("next").grab().toImage()
    for y in range(4, drawn.height() - 4):
        ground = drawn.pixelColor(5, y).name()
        assert contrast(inks.on_accent, ground) >= 4.5


def test_a_page_that_is_built_flashes_no_window_of_its_own(
    open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    shown: list[QWidget] = []

    class Watch(QObject):
        def eventFilter(self, widget: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Show and isinstance(widget, QWidget):
                shown.extend([widget] if widget.isWindow() else [])
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)  # type: ignore[union-attr]
    for page in PAGES:
        window.page(page.id)
    QApplication.instance().removeEventFilter(watch)  # type: ignore[union-attr]
    assert shown == []


def test_the_rail_reaches_the_edge_of_the_window(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    assert window.rail.mapTo(window, QPoint(0, 0)) == QPoint(0, 0)


def test_the_page_after_a_check_is_built_before_it_is_gone_to(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    shown_when_built: list[str] = []
    window.shown.near.connect(lambda: shown_when_built.append(window.page_id()))
    assert "directory" not in window.pages.built
    with qtbot.waitSignal(window.shown.near):
        window.press_next()
    assert shown_when_built == ["relay"]
    assert "directory" in window.pages.built
    assert window.page_id() == "relay"
    wait_for(qtbot, window, "directory")
