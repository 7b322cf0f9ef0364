"""New keys by the keyboard alone: each key goes to where the keyboard is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY, CODE
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.copied import COPY, KEYS
from tests.unit.wizard.ui.fake import INSTALLED, RELAY_ROWS
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import wait_for
from wire.text import verbatim
from wizard.flow.validation import ANOTHER, NEEDED
from wizard.plan.change import ApplyError
from wizard.results import Check
from wizard.ui.window import WizardWindow

_ALT = Qt.KeyboardModifier.AltModifier
_MISTYPED = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
_CODE = "input.enrolment_code"


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=INSTALLED, planned=KEYS)


def here() -> QWidget:
    """Give the widget that has the keyboard."""
    found = QApplication.focusWidget()
    assert found, "nothing has the keyboard"
    return found


def press(key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(here(), key)


def write(text: str) -> None:
    QTest.keyClicks(here(), text)


def alt(window: WizardWindow, text: str) -> None:
    """Press Alt and the letter that is marked in a text on the screen."""
    letter = text[text.index("&") + 1]
    QTest.keyClick(window, Qt.Key[f"Key_{letter.upper()}"], _ALT)


def line(window: WizardWindow, path: str) -> QWidget:
    return window.page("rekey").field_boxes[path].editor.focus_widget()  # type: ignore[no-any-return]


def problem_of(window: WizardWindow, path: str) -> str:
    box = window.page("rekey").field_boxes[path]
    return "" if box.wrong.isHidden() else box.wrong.text


def tab_to(wanted: QWidget) -> list[QWidget]:
    """Press Tab until the keyboard is there; give what was met on the way."""
    met: list[QWidget] = []
    while here() is not wanted:
        assert len(met) < 30, "Tab does not lead there"
        met.append(here())
        press(Qt.Key.Key_Tab)
    return met


def at_rekey(qtbot: QtBot, window: WizardWindow) -> None:
    """Choose the task on the first page, and go on."""
    alt(window, window.page("health").tasks.buttons["rekey"].text())
    wait_for(qtbot, window, "rekey")


def take_way_out(qtbot: QtBot, window: WizardWindow) -> None:
    """Press the button of what needs attention first."""
    concerns = window.page("health").concerns
    qtbot.waitUntil(lambda: bool(concerns.panels))
    alt(window, concerns.panels[0].way_out.text())
    wait_for(qtbot, window, "rekey")


def through_the_plan(qtbot: QtBot, window: WizardWindow) -> None:
    """From the page's last answer to the end, and close."""
    press(Qt.Key.Key_Return)
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    with qtbot.waitSignal(window.applied):
        press(Qt.Key.Key_Return)
    wait_for(qtbot, window, "complete")
    qtbot.waitUntil(lambda: not window.shown.busy)
    press(Qt.Key.Key_Return)
    assert not window.isVisible()


def test_new_keys_are_made_by_keys_alone(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    at_rekey(qtbot, window)
    code = line(window, _CODE)
    assert here() is code
    press(Qt.Key.Key_Return)
    assert problem_of(window, _CODE) == NEEDED
    assert here() is code
    write(_MISTYPED)
    assert problem_of(window, _CODE) == ""
    press(Qt.Key.Key_Return)
    assert "mistyped" in problem_of(window, _CODE)
    assert here() is code
    write(CODE)  # over what is wrong, which is selected
    through_the_plan(qtbot, window)
    assert fake.named("apply")[0][2].enrolment_code.reveal() == CODE
    assert fake.named("apply")[0][2].new_keys


def test_a_code_that_the_relay_refuses_is_where_the_keyboard_is(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    at_rekey(qtbot, window)
    used = "The code was used by sync-01 at 2026-11-23T10:00:00Z."
    row = Check("code", "Enrolment code", "failed", used, "Ask for a new code.")
    fake.rows["relay"] = (*RELAY_ROWS[:3], Check(**{**vars(row), "field": _CODE}))
    write(CODE)
    for leave in ("enter", "check"):
        if leave == "enter":
            press(Qt.Key.Key_Return)
        else:
            tab_to(window.page("rekey").check_panel.now)
            press(Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: problem_of(window, _CODE).startswith(used))
        assert here() is line(window, _CODE)
    fake.rows["relay"] = RELAY_ROWS
    write(CODE)
    through_the_plan(qtbot, window)


def test_escape_and_back_keep_what_was_typed(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    at_rekey(qtbot, window)
    write(CODE)
    press(Qt.Key.Key_Escape)
    assert window.question
    QTest.keyClick(window.question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is line(window, _CODE))
    alt(window, window.button("back").text())
    wait_for(qtbot, window, "health")
    again = window.page("health").tasks.buttons["rekey"]
    qtbot.waitUntil(lambda: QApplication.focusWidget() is again)
    press(Qt.Key.Key_Return)
    wait_for(qtbot, window, "rekey")
    through_the_plan(qtbot, window)


def test_a_copy_gets_its_own_names_by_keys_alone(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = COPY
    window = open_window(fake)
    take_way_out(qtbot, window)
    paths = [
        *(_CODE, "agent", "directory.account.name"),
        *("input.admin_user", "input.admin_password"),
    ]
    assert here() is line(window, "input.original")
    typed = (CODE, "sync-01", "svc-2", "administrator@corp.test", CANARY)
    met: list[QWidget] = []
    for path, text in zip(paths, typed, strict=True):
        met += tab_to(line(window, path))[1:]
        write(text)
    assert met == []  # nothing is between them
    press(Qt.Key.Key_Return)
    assert problem_of(window, "agent") == ANOTHER
    assert here() is line(window, "agent")
    write("sync-02")
    through_the_plan(qtbot, window)
    _, plan, inputs = fake.named("apply")[0]
    settings = plan.settings
    assert (settings.agent, settings.directory.account.name) == ("sync-02", "svc-2")
    assert (inputs.new_keys, inputs.original_is_gone) == (True, False)
    assert inputs.admin.password.reveal() == CANARY


def test_a_copy_takes_over_by_keys_alone(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = COPY
    window = open_window(fake)
    take_way_out(qtbot, window)
    press(Qt.Key.Key_Down)
    assert window.session.answers.get("input.original") == "gone"
    for path, text in (
        (_CODE, CODE),
        ("input.admin_user", "administrator@corp.test"),
        ("input.admin_password", CANARY),
    ):
        assert tab_to(line(window, path))[1:] == []
        write(text)
    through_the_plan(qtbot, window)
    _, plan, inputs = fake.named("apply")[0]
    assert plan.settings == INSTALLED.settings
    assert (inputs.new_keys, inputs.original_is_gone) == (True, True)


def test_a_code_that_was_used_meanwhile_is_typed_anew_by_keys_alone(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    at_rekey(qtbot, window)
    write(CODE)
    press(Qt.Key.Key_Return)
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    used = "The relay refused: the code was used by 'other'. Ask for a new code."
    fake.fails_at = 1
    fake.apply_error = ApplyError(KEYS[1], verbatim(used), KEYS[:1], ())
    press(Qt.Key.Key_Return)
    wait_for(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert used in page.check_rows.text
    assert here().isVisibleTo(window)
    fake.apply_error = None
    for back in ("review", "rekey"):
        alt(window, window.button("back").text())
        wait_for(qtbot, window, back)
    assert here() is line(window, _CODE)
    QTest.keySequence(here(), QKeySequence.StandardKey.SelectAll)
    write(CODE)
    through_the_plan(qtbot, window)
