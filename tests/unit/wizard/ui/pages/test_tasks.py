"""Repair and hand edits: the plan of the settings in force, as any other."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from agent.config.errors import Problem, SettingsError
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.copied import COPY
from tests.unit.wizard.ui.fake import INSTALLED, VERIFIED, change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.pages.test_remove import texts, wait_for_text
from tests.unit.wizard.ui.walk import go, wait_for
from wire.text import Text, verbatim
from wizard.controller import breaker
from wizard.plan.change import StepFailed
from wizard.results import Check
from wizard.ui.pages.review import command
from wizard.ui.window import WizardWindow

MENDS = (change("files", "Protects /etc/writeback: 0755 becomes 0750", {"mode": 1}),)
EDITS = (
    verbatim("features.unlock: yes becomes no"),
    verbatim("limits.per_minute: 120 becomes 60"),
)
EDITED = SETTINGS.model_copy(
    update={"features": SETTINGS.features.model_copy(update={"unlock": False})}
)


def at_review(
    qtbot: QtBot, open_window: Open, controller: FakeController
) -> WizardWindow:
    window = open_window(controller)
    window.set_answers({"task": "repair"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: not window.page("review").busy)
    return window


def test_a_repair_is_the_plan_of_the_settings_in_force(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, planned=MENDS)
    window = at_review(qtbot, open_window, fake)
    assert fake.named("plan")[0][1] == SETTINGS
    wait_for_text(qtbot, window.page("review"), MENDS[0].summary)
    assert command(window.session.answers) == "writeback repair"
    go(qtbot, window, "complete")
    assert fake.named("apply")[0][1].settings == SETTINGS


def test_a_repair_with_nothing_to_mend_says_so(qtbot: QtBot, open_window: Open) -> None:
    window = at_review(qtbot, open_window, FakeController(INSTALLED, planned=()))
    wait_for_text(qtbot, window.page("review"), "Nothing to do: files, service,")
    assert not window.page("review").can_go_on


def test_what_a_repair_can_not_mend_is_told_with_what_to_do(
    qtbot: QtBot, open_window: Open
) -> None:
    row = Check("files", "Program", "failed", "Not as it was.", "Install it again.")
    fake = FakeController(INSTALLED, planned=(), verified=(*VERIFIED, row))
    window = at_review(qtbot, open_window, fake)
    page = window.page("review")
    assert page.check_rows.checks == (row,)
    wait_for_text(qtbot, page, "not everything is in order")
    assert "Nothing to do" not in texts(page)
    fake.verified = VERIFIED
    page.again.click()
    wait_for_text(qtbot, page, "Nothing to do")
    assert "not everything is in order" not in texts(page)


def test_a_hand_edit_is_shown_and_applied_on_demand(
    qtbot: QtBot, open_window: Open
) -> None:
    found = replace(INSTALLED, settings=EDITED, drift=EDITS)
    fake = FakeController(found=found, planned=MENDS)
    window = open_window(fake)
    page = window.page("tasks")
    assert page.drift.isVisible()
    assert all(line in page.edits.text() for line in EDITS)
    page.apply_edit.setFocus()
    QTest.keyClick(page.apply_edit, Qt.Key.Key_Space)
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert fake.named("plan")[0][1] == EDITED


def test_without_a_hand_edit_nothing_is_said(open_window: Open) -> None:
    assert not open_window(FakeController(INSTALLED)).page("tasks").drift.isVisible()


def test_an_edit_while_the_window_is_open_is_taken_and_answers_are_kept(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, planned=MENDS)
    window = open_window(fake)
    window.set_answers({"task": "options"})
    go(qtbot, window, "relay")
    window.set_answers({"agent": "other-01"})
    fake.found = replace(INSTALLED, settings=EDITED, drift=EDITS)
    window.back()
    page = window.page("tasks")
    qtbot.waitUntil(page.drift.isVisible)
    settings = window.session.settings
    assert not settings.features.unlock
    assert settings.agent == "other-01"


def test_a_file_that_can_no_longer_be_read_is_told(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "view"})
    go(qtbot, window, "view")

    def broken() -> None:
        wrong = Problem("limits.per_minute", Text("must be a number"))
        raise SettingsError("settings.yaml", (wrong,))

    monkeypatch.setattr(fake.installation, "installed", broken)
    window.back()
    rows = window.page("tasks").check_rows
    qtbot.waitUntil(lambda: bool(rows.checks))
    assert "limits.per_minute" in rows.checks[0].detail


def test_a_copied_machine_is_told_before_anything(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(FakeController(COPY))
    wait_for_text(
        qtbot, window.page("tasks"), "This server is a copy of the one that was"
    )


def test_a_twin_is_told_before_anything(qtbot: QtBot, open_window: Open) -> None:
    warning = "another agent uses these keys since 2026-11-02"
    status = replace(INSTALLED.status, attention=verbatim(warning))
    window = open_window(FakeController(replace(INSTALLED, status=status)))
    wait_for_text(qtbot, window.page("tasks"), warning)


def test_an_open_breaker_is_shown_and_closed_by_its_button(
    qtbot: QtBot, open_window: Open
) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True, attention=breaker.OPEN)
    fake = FakeController(found=replace(INSTALLED, status=status))
    page = open_window(fake).page("tasks")
    assert page.breaker.isVisible()
    assert "Writes are stopped: the breaker is open" in texts(page)
    assert breaker.OPEN not in texts(page)  # it is told once
    page.close_breaker.setFocus()
    QTest.keyClick(page.close_breaker, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: not page.breaker.isVisible())
    assert fake.named("close_breaker")
    assert "the breaker is open" not in texts(page)


def test_a_breaker_that_can_not_be_closed_says_why(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True)
    fake = FakeController(found=replace(INSTALLED, status=status))
    page = open_window(fake).page("tasks")

    def broken() -> bool:
        raise StepFailed(Text("It can't be removed."), Text("Do it as root."))

    monkeypatch.setattr(fake.installation, "close_breaker", broken)
    page.close_breaker.click()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.breaker.isVisible()
    assert page.close_breaker.isEnabled()


def test_no_two_controls_answer_to_the_same_letter(open_window: Open) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True)
    found = replace(INSTALLED, settings=EDITED, drift=EDITS, status=status)
    window = open_window(FakeController(found=found))
    shown = [b for b in window.findChildren(QAbstractButton) if b.isVisibleTo(window)]
    keys = [b.shortcut().toString() for b in shown if not b.shortcut().isEmpty()]
    letters = [Counter(keys)[key] for key in keys]
    assert len(keys) > 12
    assert set(letters) == {1}, sorted(keys)
