"""Configuring that fails: every state names its way out, and the bar has its button."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY, CODE
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALL, INSTALLED, RECOVERY, REMOVAL, change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go, wait_for
from wire.secret import Secret
from wire.text import Text
from wizard.plan.change import ApplyError, StepFailed, Stuck
from wizard.ui.window import WizardWindow

ALWAYS = ["Save report…", "Open the guide"]
GRANT = change("grants", "Grants 4 permissions", needs_admin=True)
STOPPED = ApplyError(None, Text("Stopped."), (), ())
FAILED = ApplyError(INSTALL[4], Text("The disk is full."), INSTALL[:2], ())
NO_RIGHTS = ApplyError(GRANT, Text("Insufficient rights (50)."), (), ())
USED_UP = ApplyError(INSTALL[5], Text("No start."), tuple(reversed(INSTALL)), ())
STUCK = ApplyError(
    INSTALL[2], Text("No."), (), (Stuck(INSTALL[1], Text("it is locked")),)
)
REFUSED = StepFailed(Text("The plan is outdated."), Text("Look at the plan again."))


def failed(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> WizardWindow:
    """Carry the plan out until it fails."""
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "apply")
    qtbot.waitUntil(lambda: bool(window.page("apply").check_rows.checks))
    return window


def offered_by(window: WizardWindow) -> list[str]:
    return [each.text() for each in window.bar.buttons]


def press(window: WizardWindow, text: str) -> None:
    next(each for each in window.bar.buttons if each.text() == text).click()


@pytest.mark.parametrize(
    "case",
    [
        (FAILED, ["Try again"]),
        (STOPPED, ["Try again"]),
        (NO_RIGHTS, ["Try again", "Use another administrator"]),
        (USED_UP, ["Enter another code", "Try again"]),
        (STUCK, []),
    ],
    ids=["failed", "stopped", "no-rights", "used-up", "stuck"],
)
def test_a_failure_offers_what_can_mend_it(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    case: tuple[ApplyError, list[str]],
) -> None:
    fake.apply_error, steps = case
    window = failed(qtbot, open_window, fake, offered)
    assert window.bar.isVisible()
    state = window.page("apply").state
    # "what remains is below" is said where it is: in the report
    assert state.text().startswith(window.bar.text.text().rstrip("."))
    assert state.isHidden()  # it is said once
    assert offered_by(window) == [*steps, *ALWAYS]


@pytest.mark.parametrize(
    "case", [(STOPPED, "info"), (FAILED, "failed")], ids=["stopped", "failed"]
)
def test_what_a_person_stopped_is_no_failure(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    case: tuple[ApplyError, str],
) -> None:
    fake.apply_error, state = case
    window = failed(qtbot, open_window, fake, offered)
    assert window.bar.notice is not None
    assert window.bar.notice.state == state


def test_a_stop_rolls_back_what_was_made(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.hold = "change"
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: page.changes.rows[2].state == "doing")
    page.stop()
    fake.go.set()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    states = [row.state for row in page.changes.rows]
    assert states == ["undone"] * 3 + ["not done"] * 3
    assert window.bar.text.text() == "3 changes rolled back. This server is as before."


def test_it_is_tried_again_with_the_same_plan(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = FAILED
    window = failed(qtbot, open_window, fake, offered)
    fake.apply_error = None
    press(window, "Try again")
    wait_for(qtbot, window, "complete")
    first, second = fake.named("apply")
    assert first[1] is second[1]
    assert len(fake.named("plan")) == 1
    assert window.bar.isHidden()


def test_another_administrator_is_asked_where_the_first_one_was(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = NO_RIGHTS
    window = failed(qtbot, open_window, fake, offered)
    press(window, "Use another administrator")
    assert window.page_id() == "account"
    boxes = window.page("account").field_boxes
    assert QApplication.focusWidget() is boxes["input.admin_user"].editor.line
    assert boxes["input.admin_password"].value() is None


def test_where_only_the_plan_asks_for_one_it_is_asked_there(
    qtbot: QtBot, open_window: Open
) -> None:
    refuses = StepFailed(Text("The administrator was not let in."), Text("Again."))
    fake = FakeController(found=INSTALLED, planned=(GRANT,), refuses=refuses)
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.set_answers({"input.admin_user": "administrator@corp.test"})
    window.set_answers({"input.admin_password": Secret(CANARY)})
    go(qtbot, window, "apply")
    qtbot.waitUntil(lambda: bool(window.page("apply").check_rows.checks))
    assert offered_by(window)[:2] == [
        "Make the plan again",
        "Use another administrator",
    ]
    press(window, "Use another administrator")
    boxes = window.page("review").field_boxes
    line = boxes["input.admin_user"].editor.line
    qtbot.waitUntil(lambda: QApplication.focusWidget() is line)
    assert boxes["input.admin_password"].value() is None


def test_a_used_code_is_asked_anew(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = USED_UP
    window = failed(qtbot, open_window, fake, offered)
    press(window, "Enter another code")
    assert window.page_id() == "relay"
    line = window.page("relay").field_boxes["input.enrolment_code"].editor.line
    assert QApplication.focusWidget() is line


def test_a_plan_that_was_refused_is_made_again(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.refuses, fake.planned = REFUSED, INSTALL[:2]
    window = failed(qtbot, open_window, fake, offered)
    assert offered_by(window) == ["Make the plan again", *ALWAYS]
    fake.refuses = None
    press(window, "Make the plan again")
    assert window.page_id() == "review"
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")
    assert len(fake.named("plan")) == 2


def test_what_is_stuck_is_rolled_back_again_here(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = STUCK
    window = failed(qtbot, open_window, fake, offered)
    first, remains = window.page("apply").check_rows.checks
    assert first.remedy.startswith("Roll back what remains first")
    assert "roll back again" in remains.remedy
    assert window.button("next").text() == "&Roll back again…"
    assert not window.button("back").isEnabled()
    fake.cut_off = replace(RECOVERY, needs_admin=False)
    window.press_next()
    wait_for(qtbot, window, "recovery")
    assert window.button("next").text() == "&Roll back now"
    go(qtbot, window, "welcome")


def test_what_somebody_else_finished_means_close(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = STUCK
    window = failed(qtbot, open_window, fake, offered)
    window.press_next()
    qtbot.waitUntil(lambda: not window.shown.busy)
    page = window.page("apply")
    assert page.state.text() == "It was rolled back by somebody else meanwhile."
    assert not page.check_rows.checks
    assert not page.changes.rows
    assert window.button("next").text() == "&Close"
    assert window.bar.isHidden()
    window.press_next()
    assert not window.isVisible()


def test_what_nobody_told_is_looked_at(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = StepFailed(Text("The service went away."), Text("Look at it."))
    window = failed(qtbot, open_window, fake, offered)
    assert window.button("next").text() == "&Look at the server"
    assert offered_by(window) == ALWAYS
    fake.found = INSTALLED
    window.press_next()
    wait_for(qtbot, window, "health")


def test_a_look_that_fails_can_be_taken_again(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = STUCK
    window = failed(qtbot, open_window, fake, offered)
    fake.unreadable = StepFailed(Text("No answer."), Text("Wait."))
    window.press_next()
    page = window.page("apply")
    qtbot.waitUntil(lambda: page.check_rows.checks[0].detail == "No answer.")
    assert window.button("next").text() == "&Roll back again…"
    assert window.button("next").isEnabled()


def test_the_report_names_what_failed_and_holds_no_secret(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    tmp_path: Path,
) -> None:
    fake.apply_error = FAILED
    window = failed(qtbot, open_window, fake, offered)
    saver = window.page("apply").report
    saver.save(tmp_path / "failure.txt")
    qtbot.waitUntil(lambda: not saver.worker.busy)
    text = (tmp_path / "failure.txt").read_text()
    for words in (
        "2 changes rolled back. This server is as before.",
        f"{INSTALL[4].summary}: The disk is full.",
        "What to do: Fix the cause and try again; your answers are kept.",
        f"{INSTALL[0].summary}: Rolled back",
        f"{INSTALL[5].summary}: Not done",
    ):
        assert words in text
    assert CANARY not in text
    assert CODE not in text
    assert saver.state.isVisibleTo(window.shown)


def test_the_guide_opens_beside_it(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = FAILED
    window = failed(qtbot, open_window, fake, offered)
    press(window, "Open the guide")
    assert window.help_pane.isVisible()
    focused = QApplication.focusWidget()
    assert focused
    assert window.help_pane.isAncestorOf(focused)


def test_escape_after_a_failure_asks_before_it_leaves(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.apply_error = FAILED
    window = failed(qtbot, open_window, fake, offered)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.question


def test_a_roll_back_that_fails_offers_the_same(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeController(found=INSTALLED, cut_off=RECOVERY)
    window = open_window(fake)
    window.set_answers({"input.admin_user": "administrator@corp.test"})
    window.set_answers({"input.admin_password": Secret(CANARY)})
    recover = fake.recovery.recover
    refuse = StepFailed(Text("The administrator was not let in."), Text("Again."))

    def refused(*_given: object) -> Any:
        raise refuse

    monkeypatch.setattr(fake.recovery, "recover", refused)
    assert window.bar.isHidden()
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.bar.text.text() == "It was not rolled back."
    assert offered_by(window) == ["Try again", "Use another administrator", *ALWAYS]
    press(window, "Use another administrator")
    boxes = window.page("recovery").field_boxes
    assert QApplication.focusWidget() is boxes["input.admin_user"].editor.line
    assert boxes["input.admin_password"].value() is None
    window.set_answers({"input.admin_password": Secret("another")})
    monkeypatch.setattr(fake.recovery, "recover", recover)
    press(window, "Try again")
    wait_for(qtbot, window, "health")
    assert fake.named("recover")[0][1].admin.password == Secret("another")


def test_a_removal_that_fails_again_says_that_it_is_not_finished(
    qtbot: QtBot, open_window: Open
) -> None:
    rest = REMOVAL[5:]
    cut_off = replace(RECOVERY, needs_admin=False, forward=True, removal=True)
    cut_off = replace(cut_off, changes=tuple(each.summary for each in rest))
    error = ApplyError(rest[0], Text("No route to host."), (), (), rest)
    fake = FakeController(cut_off=cut_off, apply_error=error)
    window = open_window(fake)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.bar.text.text() == "It is not finished yet."
    assert offered_by(window) == ["Try again", *ALWAYS]
    fake.apply_error = None
    press(window, "Try again")
    qtbot.waitUntil(lambda: window.shown.ends)
    assert window.bar.isHidden()
