"""A removal: what goes is shown, what can't be taken back is agreed to, all is told."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import (
    FORGET,
    FORWARD,
    INSTALLED,
    PORTAL_DETAILS,
    RECOVERY,
    REMOVAL,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go, press_enter, wait_for
from wire.secret import Secret
from wire.text import Text
from wizard.flow.command_line import command
from wizard.flow.pages.remove import AUDIT_STAYS
from wizard.plan.change import ApplyError, Plan, StepFailed, Stuck
from wizard.ui.pages import remove
from wizard.ui.window import WizardWindow

ADMIN = {
    "input.admin_user": "administrator@corp.test",
    "input.admin_password": Secret(CANARY),
}
UNREACHED = ApplyError(REMOVAL[5], Text("No route to host."), (), (), REMOVAL[5:])


def texts(widget: QWidget) -> str:
    shown = [each for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]
    return "\n".join(each.text() for each in shown)


def wait_for_text(
    qtbot: QtBot, widget: QWidget, text: str, milliseconds: int = 30_000
) -> None:
    """Waits for a text: what is put on a page is shown in the next turn."""
    qtbot.waitUntil(lambda: text in texts(widget), timeout=milliseconds)


def at_review(
    qtbot: QtBot, open_window: Open, fake: FakeController, **answers: object
) -> WizardWindow:
    window = open_window(fake)
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove")
    window.set_answers(answers)
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: not window.page("review").busy)
    return window


def accept(window: WizardWindow) -> None:
    window.set_answers({**ADMIN, "input.accept_final": True})


def test_a_removal_is_walked_to_its_end_with_what_others_must_forget(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, details={"enrolment": FORGET})
    window = at_review(qtbot, open_window, fake)
    accept(window)
    with qtbot.waitSignal(window.applied):
        window.press_next()
    wait_for(qtbot, window, "removed")
    _, plan, inputs = fake.named("apply")[0]
    assert plan == Plan(None, REMOVAL)
    assert inputs.admin.password == Secret(CANARY)
    assert not inputs.keep_account
    assert len(fake.named("apply")) == 1
    page = window.page("removed")
    for change in REMOVAL:
        wait_for_text(qtbot, page, change.summary)
    wait_for_text(qtbot, page, FORGET)
    wait_for_text(qtbot, page, PORTAL_DETAILS.fingerprint)
    assert window.button("next").isEnabled()
    assert not window.button("back").isEnabled()


@pytest.mark.parametrize(
    ("system", "folder"),
    [("linux", "/var/log/writeback"), ("win32", r"%ProgramData%\Writeback\log")],
)
def test_what_stays_is_named_as_the_system_has_it(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, system: str, folder: str
) -> None:
    session = open_window(FakeController(INSTALLED)).session
    monkeypatch.setattr(remove, "sys", SimpleNamespace(platform=system))
    program, audit, *_ = remove.kept(session)
    assert folder in audit
    assert ("msiexec" in program) is (system == "win32")
    assert folder in AUDIT_STAYS[system]


def test_what_went_stands_below_its_title_in_a_low_window(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, details={"enrolment": FORGET})
    window = at_review(qtbot, open_window, fake)
    accept(window)
    go(qtbot, window, "apply")
    wait_for(qtbot, window, "removed")
    window.resize(960, 500)
    page = window.page("removed")

    def left(widget: QWidget) -> int:
        return widget.mapTo(window, widget.contentsRect().topLeft()).x()

    words = page.lines.findChildren(QLabel)
    title = next(each for each in words if each.text() == "Removed (8)")
    qtbot.waitUntil(lambda: left(title) == left(page.title_label))


def test_what_goes_for_good_is_told_apart_and_agreed_to_first(
    qtbot: QtBot, open_window: Open
) -> None:
    window = at_review(qtbot, open_window, FakeController(found=INSTALLED))
    wait_for_text(qtbot, window.page("review"), REMOVAL[7].summary)
    shown = texts(window.page("review"))
    before, _, after = shown.partition("Will be removed for good (4)")
    assert "Will be removed (4)" in before
    assert "can't be rolled back" in after
    assert REMOVAL[3].summary in before
    assert REMOVAL[7].summary in after
    window.set_answers(ADMIN)
    assert not window.button("next").isEnabled()
    accept(window)
    assert window.button("next").isEnabled()
    assert window.button("next").text() == "&Remove Writeback"


def test_the_agreement_is_asked_anew_for_each_plan(
    qtbot: QtBot, open_window: Open
) -> None:
    window = at_review(qtbot, open_window, FakeController(found=INSTALLED))
    accept(window)
    window.back()
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert not window.button("next").isEnabled()
    assert not window.page("review").field_boxes["input.accept_final"].value()


def test_enter_alone_removes_nothing(qtbot: QtBot, open_window: Open) -> None:
    fake = FakeController(found=INSTALLED)
    window = at_review(qtbot, open_window, fake, **{"input.delete_account": False})
    for _ in range(3):
        press_enter(qtbot, window)
    assert window.page_id() == "review"
    assert not fake.named("apply")


def test_a_removal_is_walked_by_keys_alone(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(FakeController(found=INSTALLED))
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    wait_for(qtbot, window, "remove")
    press_enter(qtbot, window)
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    field_boxes = window.page("review").field_boxes
    for path, text in (
        ("input.admin_user", "administrator@corp.test"),
        ("input.admin_password", CANARY),
    ):
        field_boxes[path].editor.line.setFocus()
        QTest.keyClicks(field_boxes[path].editor.line, text)
    tab_to(field_boxes["input.accept_final"].editor.check_box)
    QTest.keyClick(field_boxes["input.accept_final"].editor.check_box, Qt.Key.Key_Space)
    tab_to(window.button("next"))
    press_enter(qtbot, window)
    wait_for(qtbot, window, "removed")
    press_enter(qtbot, window)
    assert not window.isVisible()


def tab_to(wanted: QWidget) -> None:
    for _ in range(20):
        here = QApplication.focusWidget()
        if here is wanted:
            return
        assert here
        QTest.keyClick(here, Qt.Key.Key_Tab)
    pytest.fail("Tab does not lead there")


def test_the_directory_is_left_alone_where_that_is_wanted(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    window = at_review(qtbot, open_window, fake, **{"input.delete_account": False})
    assert fake.named("plan_removal")[0][1].keep_account
    kept = "The account svc-writeback and its permissions"
    wait_for_text(qtbot, window.page("review"), kept)
    assert window.page("review").field_boxes["input.admin_user"].isHidden()
    assert command(window.session.answers) == "writeback remove --keep-account"
    window.set_answers({"input.accept_final": True})
    go(qtbot, window, "removed")
    wait_for_text(qtbot, window.page("removed"), kept)


def test_of_an_account_that_was_there_only_the_permissions_are_asked_about(
    qtbot: QtBot, open_window: Open
) -> None:
    account = SETTINGS.directory.account.model_copy(
        update={"kind": "existing", "name": "svc@corp.test", "container": None}
    )
    directory = SETTINGS.directory.model_copy(update={"account": account})
    settings = SETTINGS.model_copy(update={"directory": directory})
    fake = FakeController(found=replace(INSTALLED, settings=settings))
    window = open_window(fake)
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove")
    field_boxes = window.page("remove").field_boxes
    assert field_boxes["input.delete_account"].isHidden()
    assert field_boxes["input.take_back_grants"].value()
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert not fake.named("plan_removal")[0][1].keep_account
    kept = "svc@corp.test, which was there before"
    wait_for_text(qtbot, window.page("review"), kept)


def test_a_plan_that_needs_a_sign_in_is_made_again_with_an_administrator(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    fake.unplannable = StepFailed(
        Text("The password is not stored here."), Text("Give one.")
    )
    window = at_review(qtbot, open_window, fake)
    page = window.page("review")
    assert page.check_rows.checks[0].detail == "The password is not stored here."
    assert not window.button("next").isEnabled()
    window.set_answers(ADMIN)
    page.again.click()
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert not page.check_rows.checks
    assert page.again.isHidden()
    accept(window)
    go(qtbot, window, "removed")


def test_an_administrator_who_was_refused_can_be_corrected(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    fake.refuses = StepFailed(
        Text("The administrator was not let in."), Text("Type it again.")
    )
    window = at_review(qtbot, open_window, fake)
    accept(window)
    window.press_next()
    qtbot.waitUntil(lambda: bool(window.page("apply").check_rows.checks))
    window.back()
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert not window.page("review").field_boxes["input.admin_password"].isHidden()
    fake.refuses = None
    window.set_answers({"input.admin_password": Secret("another")})
    window.set_answers({"input.accept_final": True})
    go(qtbot, window, "removed")
    assert fake.named("apply")[1][2].admin.password == Secret("another")


def test_it_can_be_stopped_before_what_goes_for_good(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, hold="change", fails_at=2)
    window = at_review(qtbot, open_window, fake)
    accept(window)
    go(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: page.changes.rows[2].state == "doing")
    QTest.mouseClick(page.stop_button, Qt.MouseButton.LeftButton)
    fake.go.set()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.check_rows.checks[0].detail == "Stopped."
    assert window.button("back").isEnabled()


def test_from_there_on_it_is_not_offered_to_stop(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, hold="change", fails_at=6)
    window = at_review(qtbot, open_window, fake)
    accept(window)
    go(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: page.changes.rows[6].state == "doing")
    assert page.stop_button.isHidden()
    assert not window.button("cancel").isEnabled()
    window.close()
    assert window.question
    assert [each.text() for each in window.question.buttons()] == ["Go on"]
    window.question.buttons()[0].click()
    fake.go.set()
    wait_for(qtbot, window, "removed")
    assert window.button("cancel").isEnabled()


def test_a_failure_that_can_only_go_forward_says_what_is_left_and_finishes_it(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, apply_error=UNREACHED, fails_at=5)
    window = at_review(qtbot, open_window, fake)
    accept(window)
    go(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.state.text().startswith("3 changes still to be done")
    assert "writeback rollback" in page.check_rows.checks[0].remedy
    states = [row.state for row in page.changes.rows]
    assert states == [*["done"] * 5, "failed", "to do", "to do"]
    assert not window.button("back").isEnabled()
    fake.apply_error = None
    go(qtbot, window, "recovery")
    window.set_answers(ADMIN)
    window.press_next()
    qtbot.waitUntil(lambda: window.page("recovery").ends)


def test_a_removal_that_was_cut_off_is_finished_and_told(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(cut_off=FORWARD, details={"enrolment": FORGET})
    window = open_window(fake)
    page = window.page("recovery")
    assert "was removing" in page.why_label.text()
    assert "only be finished" in page.why_label.text()
    assert window.button("next").text() == "&Finish the removal"
    assert [row.state for row in page.changes.rows] == ["to do"] * 3
    window.set_answers(ADMIN)
    window.press_next()
    qtbot.waitUntil(lambda: page.ends)
    assert [row.summary for row in page.changes.rows] == (
        [change.summary for change in REMOVAL[5:]]
    )
    for text in (FORGET, PORTAL_DETAILS.url, "3 changes made."):
        wait_for_text(qtbot, page, text)
    assert QApplication.focusWidget() is window.button("next")  # Close
    held = [line.text() for line in window.findChildren(QLineEdit)]
    assert CANARY not in " ".join(held) + repr(window.session.answers.values)
    window.press_next()
    assert not window.isVisible()


def test_a_move_that_was_cut_off_at_its_end_is_finished_and_no_removal(
    qtbot: QtBot, open_window: Open
) -> None:
    cut_off = replace(FORWARD, removal=False, needs_admin=False)
    fake = FakeController(cut_off=cut_off, found=INSTALLED, stays=True)
    window = open_window(fake)
    page = window.page("recovery")
    assert "remov" not in page.title_label.text() + page.why_label.text()
    assert "only be finished" in page.why_label.text()
    assert window.button("next").text() == "&Finish the changes"
    press_enter(qtbot, window)
    wait_for(qtbot, window, "health")
    assert window.session.answers.recovery is False


def test_a_recovery_under_way_is_not_left(qtbot: QtBot, open_window: Open) -> None:
    fake = FakeController(cut_off=FORWARD, hold="recover")
    window = open_window(fake)
    window.set_answers(ADMIN)
    window.press_next()
    qtbot.waitUntil(lambda: bool(fake.named("recover")))
    assert not window.button("cancel").isEnabled()
    window.close()
    assert window.isVisible()
    assert window.question
    assert [each.text() for each in window.question.buttons()] == ["Go on"]
    window.question.close()
    fake.go.set()
    qtbot.waitUntil(lambda: window.page("recovery").ends)


def test_a_removal_that_fails_again_can_be_tried_again(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(cut_off=FORWARD, apply_error=UNREACHED)
    window = open_window(fake)
    window.set_answers(ADMIN)
    window.press_next()
    page = window.page("recovery")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.check_rows.checks[0].title == REMOVAL[5].summary
    assert [row.state for row in page.changes.rows] == ["failed", "to do", "to do"]
    assert window.button("next").isEnabled()
    fake.apply_error = None
    window.press_next()
    qtbot.waitUntil(lambda: page.ends)


def test_what_could_not_be_taken_back_is_not_called_taken_back(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeController(cut_off=replace(RECOVERY, needs_admin=False))
    window = open_window(fake)
    recover = fake.recovery.recover

    def stuck(inputs: Any, report: Any) -> Any:
        rolled = recover(inputs, report)
        change = rolled.undone[1]
        fake.cut_off = RECOVERY
        left = (Stuck(change, Text("somebody renamed it")),)
        return replace(rolled, undone=rolled.undone[:1], stuck=left)

    monkeypatch.setattr(fake.recovery, "recover", stuck)
    with qtbot.waitSignal(window.refused):
        window.press_next()
    rows = window.page("recovery").changes.rows
    assert [row.state for row in rows][1] == "stuck"


@pytest.mark.parametrize("kind", ["new", "existing"])
def test_each_choice_stands_under_where_it_removes(
    open_window: Open, qtbot: QtBot, kind: str
) -> None:
    window = open_window(FakeController(found=INSTALLED))
    window.set_answers({"task": "remove"})
    window.session.take({"directory.account.kind": kind})
    go(qtbot, window, "remove")
    page = window.page("remove")
    tops = {
        text: label.mapTo(window, label.rect().topLeft()).y()
        for label in page.findChildren(QLabel)
        if label.isVisible() and (text := label.text()).startswith(("On ", "In "))
    }
    boxes = {
        name: each.mapTo(window, each.rect().topLeft()).y()
        for name, each in page.field_boxes.items()
        if each.isVisible()
    }
    audit = boxes.pop("input.delete_audit")
    assert tops["On this server"] < audit < tops["In Active Directory"]
    assert all(place >= tops["In Active Directory"] - 16 for place in boxes.values())
