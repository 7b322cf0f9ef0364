"""The health page: what is so, live; what needs attention; what can be done."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from agent.config.errors import Problem, SettingsError
from agent.config.settings import DomainController
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.health.staged import answered, certificate
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.copied import COPY
from tests.unit.wizard.ui.fake import INSTALLED, VERIFIED, change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.pages.test_remove import texts, wait_for_text
from tests.unit.wizard.ui.walk import go, wait_for
from wire.outcomes import OUTCOMES, Code
from wire.text import Text, verbatim
from wizard.controller import breaker
from wizard.elevation.errors import NotAllowed
from wizard.flow.command_line import command
from wizard.plan.change import StepFailed
from wizard.results import Check
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


def at_health(
    qtbot: QtBot, open_window: Open, fake: FakeController, *, known: bool = True
) -> Any:
    """Open the page, and wait until all that it reads is there."""
    page = open_window(fake).page("health")
    qtbot.waitUntil(lambda: page.health is not None)
    if known:
        live = page.live
        qtbot.waitUntil(lambda: live.people is not None and bool(live.certificates))
    return page


def test_the_state_is_one_line_with_the_number_who_can_be_reset(
    qtbot: QtBot, open_window: Open
) -> None:
    page = at_health(qtbot, open_window, FakeController(found=INSTALLED))
    line = "Password writeback is on. 1\u202f204 of 1\u202f250 people can reset."
    assert page.headline.text() == line
    assert page.concerns.isHidden()
    wait_for_text(qtbot, page, "Relay https://relay.corp.test")
    wait_for_text(qtbot, page, "Certificate until 2027-03-01 (97 days)")
    assert "p50" in page.week.times.text()


def test_the_bars_are_read_in_words_and_shown_as_a_table_on_demand(
    qtbot: QtBot, open_window: Open
) -> None:
    week = at_health(qtbot, open_window, FakeController(found=INSTALLED)).week
    spoken = week.bars.accessibleDescription().splitlines()
    assert len(spoken) == 7
    assert spoken[-1] == "2026-11-24: 20 done, 1 refused, 0 failed"
    assert week.table.isHidden()
    QTest.keyClick(week.as_table, Qt.Key.Key_Return)
    assert not week.table.isHidden()
    assert week.bars.isHidden()
    cells = [week.table.item(6, at).text() for at in range(4)]
    assert cells == ["2026-11-24", "20", "1", "0"]


@pytest.mark.parametrize("points", [10, 15])
def test_all_days_and_numbers_are_in_sight(
    qtbot: QtBot, open_window: Open, lettered: Callable[[float], None], points: float
) -> None:
    lettered(points)
    week = at_health(qtbot, open_window, FakeController(found=INSTALLED)).week
    QTest.keyClick(week.as_table, Qt.Key.Key_Return)
    table = week.table
    places = range(table.columnCount())
    qtbot.waitUntil(
        lambda: sum(map(table.columnWidth, places)) <= table.viewport().width()
    )
    assert table.horizontalScrollBar().maximum() == 0
    assert table.verticalScrollBar().maximum() == 0
    assert all(table.columnWidth(at) >= table.sizeHintForColumn(at) for at in places)


def test_before_anything_was_answered_it_says_what_will_be_here(
    qtbot: QtBot, open_window: Open
) -> None:
    page = at_health(qtbot, open_window, FakeController(INSTALLED, records=()))
    assert "Resets from the portal show up here." in texts(page.week)
    assert page.week.bars.isHidden()
    assert "Each answer of the agent is listed here." in texts(page.answers_panel)


def test_before_it_was_read_the_page_says_nothing_of_answers(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(INSTALLED, hold="read")
    page = open_window(fake).page("health")
    qtbot.waitUntil(lambda: bool(fake.held))
    for words in ("Nothing was answered", "Connections", "Last answers"):
        assert words not in texts(page)
    fake.go.set()
    for words in ("Connections", "Last answers"):
        wait_for_text(qtbot, page, words)


def test_the_keyboard_does_not_begin_at_the_end_of_the_page(
    qtbot: QtBot, open_window: Open
) -> None:
    page = at_health(qtbot, open_window, FakeController(INSTALLED))
    here = QApplication.focusWidget()
    assert here is not None
    assert not page.own.isAncestorOf(here)


def test_an_answer_is_opened_as_its_audit_record(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(INSTALLED, records=(answered(code="in_history"),))
    panel = at_health(qtbot, open_window, fake).answers_panel
    assert not panel.open.isEnabled()
    assert OUTCOMES[Code.IN_HISTORY].admin in panel.table.item(0, 2).text()
    panel.table.selectRow(0)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert '"code": "in_history"' in panel.dialog.view.text.toPlainText()
    panel.dialog.accept()


def test_what_an_answer_says_steers_nothing(qtbot: QtBot, open_window: Open) -> None:
    hostile = answered(person="<b>\x1b[31m\u202e", detail="<img src=x>")
    fake = FakeController(INSTALLED, records=(hostile,))
    panel = at_health(qtbot, open_window, fake).answers_panel
    assert panel.table.item(0, 1).text() == "<b>\\x1b[31m\\u202e"
    assert panel.table.item(0, 1).toolTip().startswith("<qt>&lt;b&gt;")


def test_the_page_is_read_again_while_it_is_seen_and_not_after(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(INSTALLED)
    page = at_health(qtbot, open_window, fake)
    live, window = page.live, page.window()
    before = len(fake.named("read"))
    live._timer.timeout.emit()
    qtbot.waitUntil(lambda: len(fake.named("read")) == before + 1)
    assert len(fake.named("count_people")) == len(fake.named("certificates")) == 1
    page.begin("view")
    wait_for(qtbot, window, "view")
    assert not live.live
    window.back()
    assert live.live
    window.done(0)
    assert not live.live


def test_a_reading_that_hangs_is_not_followed_by_others(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(INSTALLED, hold="read")
    live = open_window(fake).page("health").live
    qtbot.waitUntil(lambda: len(fake.named("read")) == 1)
    for _ in range(5):
        live.look()
    assert len(fake.named("read")) == 1
    fake.go.set()
    qtbot.waitUntil(lambda: live.reading is not None)


def test_the_last_good_reading_stays_with_its_age_and_why(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(INSTALLED)
    page = at_health(qtbot, open_window, fake)
    headline = page.headline.text()
    fake.unwatchable = NotAllowed(Text("The time is over."))
    page.live.look()
    qtbot.waitUntil(page.again.isVisible)
    assert "Read at 2026-11-24 10:42. The time is over." in page.age.text()
    assert page.headline.text() == headline
    fake.unwatchable = None
    asked = len(fake.named("installed"))
    QTest.keyClick(page.again, Qt.Key.Key_Space)
    qtbot.waitUntil(page.again.isHidden)
    assert len(fake.named("installed")) == asked + 1  # where a password may be asked


def test_who_can_not_be_counted_leaves_the_number_out(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeController(INSTALLED)

    def broken(**_given: object) -> None:
        raise StepFailed(Text("The password is not stored here."), Text("Give it."))

    monkeypatch.setattr(fake.health, "count_people", broken)
    page = at_health(qtbot, open_window, fake)
    assert page.headline.text().startswith("Password writeback is on: the relay link")
    wait_for_text(qtbot, page, "The password is not stored here.")


def test_a_count_that_fails_later_leaves_the_last_number(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeController(INSTALLED)
    page = at_health(qtbot, open_window, fake)
    tried: list[bool] = []

    def broken(**_given: object) -> None:
        tried.append(True)
        raise StepFailed(Text("No controller answers."), Text("Look."))

    monkeypatch.setattr(fake.health, "count_people", broken)
    page.live._due.clear()
    page.live.look()
    qtbot.waitUntil(lambda: bool(tried) and not page.live._counter.busy)
    assert page.headline.text().startswith("Password writeback is on. 1")


def test_a_button_begins_its_task_by_enter_too(qtbot: QtBot, open_window: Open) -> None:
    page = at_health(qtbot, open_window, FakeController(INSTALLED))
    button = page.tasks.buttons["permissions"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    wait_for(qtbot, page.window(), "permissions")


def test_the_switch_is_named_for_what_it_does(qtbot: QtBot, open_window: Open) -> None:
    off = replace(INSTALLED.status, writeback=False)
    features = SETTINGS.features.model_copy(update={"password_writeback": False})
    settings = SETTINGS.model_copy(update={"features": features})
    found = replace(INSTALLED, settings=settings, status=off)
    page = at_health(qtbot, open_window, FakeController(found))
    switch = page.tasks.buttons["writeback"]
    assert switch.accessibleName() == "Turn password writeback on"
    (panel,) = page.concerns.panels
    assert panel.way_out.accessibleName() == "Turn it on: Password writeback is off"


def test_many_controllers_are_a_table_and_the_worst_are_in_sight(
    qtbot: QtBot, open_window: Open
) -> None:
    hosts = [f"dc{number}.corp.test" for number in range(100)]
    directory = SETTINGS.directory.model_copy(
        update={"controllers": tuple(DomainController(host=host) for host in hosts)}
    )
    settings = SETTINGS.model_copy(update={"directory": directory})
    days = {"dc77.corp.test": 3}
    shown = tuple(certificate(host, days.get(host, 200)) for host in hosts)
    fake = FakeController(replace(INSTALLED, settings=settings), certificates=shown)
    parts = at_health(qtbot, open_window, fake).parts
    wait_for_text(qtbot, parts, "Controller dc77.corp.test")
    assert parts.all.text() == "All 100 controllers"
    parts.all.click()
    assert parts.table.isVisible()
    assert parts.table.rowCount() == 100
    assert "dc77" in parts.table.item(0, 0).text()


def test_the_keyboard_stays_where_it_is_when_something_new_is_read(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(replace(INSTALLED, drift=EDITS))
    page = at_health(qtbot, open_window, fake)
    before = page.concerns.panels[0]
    before.way_out.setFocus()
    fake.found = replace(INSTALLED, drift=EDITS[:1])
    page.live.look()
    qtbot.waitUntil(lambda: page.concerns.panels[0] is not before)
    (panel,) = page.concerns.panels
    qtbot.waitUntil(panel.way_out.hasFocus)


def test_a_hand_edit_is_shown_and_applied_on_demand(
    qtbot: QtBot, open_window: Open
) -> None:
    found = replace(INSTALLED, settings=EDITED, drift=EDITS)
    fake = FakeController(found=found, planned=MENDS)
    page = at_health(qtbot, open_window, fake)
    window = page.window()
    (panel,) = page.concerns.panels
    assert all(line in texts(panel) for line in EDITS)
    assert panel.way_out.accessibleName().startswith("Apply the edit: The settings")
    QTest.keyClick(panel.way_out, Qt.Key.Key_Space)
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert fake.named("plan")[0][1] == EDITED


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
    page = window.page("health")
    qtbot.waitUntil(lambda: bool(page.concerns.panels))
    window.set_answers({"task": "options"})
    settings = window.session.settings
    assert not settings.features.unlock
    assert settings.agent == "other-01"


def test_a_file_that_can_no_longer_be_read_is_told(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    page = at_health(qtbot, open_window, fake)
    wrong = Problem("limits.per_minute", Text("must be a number"))
    fake.unwatchable = SettingsError("settings.yaml", (wrong,))
    page.live.look()
    qtbot.waitUntil(lambda: "limits.per_minute" in page.age.text())


def test_a_copied_machine_is_told_before_anything(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(FakeController(COPY))
    wait_for_text(qtbot, window.page("health"), "This server is a copy")


def test_a_twin_is_told_before_anything(qtbot: QtBot, open_window: Open) -> None:
    warning = "another agent uses these keys since 2026-11-02"
    status = replace(INSTALLED.status, attention=verbatim(warning))
    window = open_window(FakeController(replace(INSTALLED, status=status)))
    wait_for_text(qtbot, window.page("health"), f"{warning.capitalize()}.")


def test_an_open_breaker_is_shown_and_closed_by_its_button(
    qtbot: QtBot, open_window: Open
) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True, attention=breaker.OPEN)
    fake = FakeController(found=replace(INSTALLED, status=status))
    page = at_health(qtbot, open_window, fake)
    (panel,) = page.concerns.panels
    assert "Writes are stopped: the breaker is open" in texts(panel)
    assert breaker.OPEN not in texts(page)  # it is told once
    QTest.keyClick(panel.way_out, Qt.Key.Key_Space)

    qtbot.waitUntil(page.concerns.isHidden)
    assert fake.named("close_breaker")
    assert "the breaker is open" not in texts(page)


def test_a_breaker_that_can_not_be_closed_says_why(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True)
    fake = FakeController(found=replace(INSTALLED, status=status))
    page = at_health(qtbot, open_window, fake)

    def broken() -> bool:
        raise StepFailed(Text("It can't be removed."), Text("Do it as root."))

    monkeypatch.setattr(fake.installation, "close_breaker", broken)
    (panel,) = page.concerns.panels
    panel.way_out.click()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert panel.isVisible()
    assert panel.way_out.isEnabled()


def test_no_two_controls_answer_to_the_same_letter(
    qtbot: QtBot, open_window: Open
) -> None:
    status = replace(INSTALLED.status, breaker_is_open=True)
    found = replace(INSTALLED, settings=EDITED, drift=EDITS, status=status)
    window = at_health(qtbot, open_window, FakeController(found=found)).window()
    shown = [b for b in window.findChildren(QAbstractButton) if b.isVisibleTo(window)]
    keys = [b.shortcut().toString() for b in shown if not b.shortcut().isEmpty()]
    letters = [Counter(keys)[key] for key in keys]
    assert len(keys) > 12
    assert set(letters) == {1}, sorted(keys)
