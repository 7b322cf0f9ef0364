"""Both journeys, walked by keys and by answers, with a fake controller."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY, CODE, EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import (
    INSTALL,
    INSTALLED,
    RECOVERY,
    change,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go, press_enter, wait_for
from wire.secret import Secret
from wire.text import Text
from wizard.enrolment.used_code import code_after
from wizard.plan.change import ApplyError, StepFailed, Stuck


def test_express_is_installed_by_pressing_enter(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    window = open_window(fake, **offered)
    shown = ["welcome"]
    window.page_shown.connect(shown.append)
    for page in ("mode", "relay", "directory", "account", "review"):
        press_enter(qtbot, window)
        wait_for(qtbot, window, page)
    qtbot.waitUntil(lambda: bool(window.session.changes))
    with qtbot.waitSignal(window.applied):
        press_enter(qtbot, window)
    wait_for(qtbot, window, "complete")
    route = "welcome mode relay directory account review apply complete"
    assert shown == route.split()
    settings = fake.named("apply")[0][1].settings
    assert settings.scope.containers == ("DC=corp,DC=test",)


def test_a_person_types_the_answers(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    qtbot.waitUntil(lambda: "directory.domain" in window.session.answers.values)
    go(qtbot, window, "mode", "relay")
    field_boxes = window.page("relay").field_boxes
    QTest.keyClicks(field_boxes["relay.url"].editor.line, "https://relay.corp.test")
    QTest.keyClicks(field_boxes["input.enrolment_code"].editor.line, CODE)
    go(qtbot, window, "directory")
    field_boxes = window.page("directory").field_boxes
    assert field_boxes["directory.domain"].value() == "corp.test"
    assert "DNS" in field_boxes["directory.domain"].help.text()
    go(qtbot, window, "account")
    field_boxes = window.page("account").field_boxes
    user, password = (
        field_boxes["input.admin_user"],
        field_boxes["input.admin_password"],
    )
    QTest.keyClicks(user.editor.line, "administrator@corp.test")
    QTest.keyClicks(password.editor.line, CANARY)
    go(qtbot, window, "review")
    inputs = fake.named("check account")[0][2]
    assert inputs.admin.password == Secret(CANARY)


def test_customize_asks_every_page_and_its_answers_count(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    window = open_window(fake, **offered)
    go(qtbot, window, "mode")
    window.set_answers({"mode": "custom"})
    go(qtbot, window, "relay", "directory", "account", "scope")
    window.set_answers({"scope.containers": ("OU=People,DC=corp,DC=test",)})
    go(qtbot, window, "identify")
    window.set_answers({"identify_by": "mail"})
    go(qtbot, window, "pilot")
    window.set_answers({"pilot": "group", "scope.pilot_group": "Pilot"})
    go(qtbot, window, "features")
    window.set_answers({"features.unlock": False, "limits.proofs": 2})
    go(qtbot, window, "self_service", "permissions", "review")
    settings = window.session.settings
    assert settings.scope.pilot_group == fake.group.values["scope.pilot_group"]
    assert settings.identify_by == "mail"
    assert not settings.features.unlock
    assert settings.limits.proofs == 2


def test_an_installation_opens_with_the_agents_state(open_window: Open) -> None:
    window = open_window(FakeController(found=INSTALLED))
    assert window.page_id() == "health"
    assert window.shown.ends  # until a task is chosen
    assert window.button("next").text() == "&Close"


def test_turning_writeback_off_shows_the_difference_first(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    fake.planned = (change("settings", "Turns writeback off", {"on": 1}),)
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert window.page("review").next_text == "&Apply 1 change"
    assert not fake.named("apply")
    go(qtbot, window, "complete")
    applied = fake.named("apply")[0][1].settings
    features = SETTINGS.features.model_copy(update={"password_writeback": False})
    assert applied == SETTINGS.model_copy(update={"features": features})
    assert "off" in window.page("complete").title_label.text()


def test_what_was_shown_is_what_is_applied(qtbot: QtBot, open_window: Open) -> None:
    fake = FakeController(found=INSTALLED)
    fake.planned = (change("settings", "Turns writeback off", {"on": 1}),)
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    shown = window.session.plan
    # an answer that came after it, as from a slow look at the domain, is in no plan
    window.session.take({"features.password_writeback": True})
    go(qtbot, window, "complete")
    assert fake.named("apply")[0][1] is shown
    assert shown is not None
    assert shown.settings == fake.named("plan")[0][1]


def test_nothing_to_do_says_so_and_applies_nothing(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, planned=())
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: not window.page("review").busy)
    window.press_next()
    assert window.page_id() == "review"
    assert not fake.named("apply")


def test_options_are_walked_without_code_or_administrator(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "options"})
    go(qtbot, window, "relay", "directory", "account", "scope", "pilot", "features")
    go(qtbot, window, "self_service", "permissions", "review")
    assert window.session.settings == SETTINGS


def test_credentials_are_asked_where_the_plan_needs_them(
    qtbot: QtBot, open_window: Open
) -> None:
    grants = change("grants", "Grants 4 permissions", needs_admin=True)
    fake = FakeController(found=INSTALLED, planned=(grants,))
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.press_next()
    assert window.page_id() == "review"
    window.set_answers({"input.admin_user": "administrator@corp.test"})
    window.set_answers({"input.admin_password": Secret(CANARY)})
    go(qtbot, window, "complete")
    assert fake.named("apply")[0][2].admin.password == Secret(CANARY)


def test_a_recovery_is_offered_first_and_leads_to_the_journey(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(cut_off=RECOVERY)
    window = open_window(fake)
    assert window.page_id() == "recovery"
    window.press_next()
    assert not fake.named("recover")
    window.set_answers({"input.admin_user": "administrator@corp.test"})
    window.set_answers({"input.admin_password": Secret(CANARY)})
    go(qtbot, window, "welcome")
    assert fake.named("recover")[0][1].admin.password == Secret(CANARY)


def test_a_recovery_stays_to_say_that_a_code_is_used_up(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(cut_off=replace(RECOVERY, needs_admin=False))
    fake.undone = tuple(reversed(INSTALL))
    window = open_window(fake)
    page = window.page("recovery")
    window.press_next()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert window.page_id() == "recovery"
    (row,) = page.check_rows.checks
    assert row.detail == code_after(fake.undone)
    assert page.next_text == "&Next"
    go(qtbot, window, "welcome")


def test_a_recovery_that_needs_nobody_asks_for_nobody(
    qtbot: QtBot, open_window: Open
) -> None:
    recovery = replace(RECOVERY, needs_admin=False)
    fake = FakeController(cut_off=recovery, found=INSTALLED)
    window = open_window(fake)
    go(qtbot, window, "health")


def test_a_failure_says_what_was_taken_back_and_can_be_tried_again(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    fake.apply_error = ApplyError(
        INSTALL[2], Text("Insufficient rights (50)."), INSTALL[:2], ()
    )
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    page = window.page("apply")
    window.press_next()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.check_rows.checks[0].title == INSTALL[2].summary
    assert "Insufficient rights" in page.check_rows.checks[0].detail
    states = [row.state for row in page.changes.rows]
    assert states == ["undone", "undone", "failed", "not done", "not done", "not done"]
    assert "2 changes rolled back" in page.state.text()
    fake.apply_error = None
    window.back()
    wait_for(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")


def test_a_failure_past_the_enrolment_asks_for_a_new_code(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    undone = tuple(reversed(INSTALL))
    fake.apply_error = ApplyError(INSTALL[-1], Text("It does not start."), undone, ())
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    page = window.page("apply")
    window.press_next()
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.check_rows.checks[0].remedy.endswith(code_after(undone))


def test_a_plan_whose_end_nobody_told_is_not_called_nothing(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    fake.apply_error = StepFailed(
        Text("The service went away."), Text("Start the wizard again.")
    )
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.press_next()
    page = window.page("apply")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.state.text() == "It is not known what was changed."
    assert page.check_rows.checks[0].detail == "The service went away."
    assert page.check_rows.checks[0].remedy == "Start the wizard again."


def test_a_plan_that_was_refused_changed_nothing(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    fake.refuses = StepFailed(
        Text("The administrator was not let in."), Text("Type it again.")
    )
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.press_next()
    page = window.page("apply")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))
    assert page.state.text() == "Nothing was changed."
    assert page.check_rows.checks[0].remedy == "Type it again."


def test_what_remains_is_told(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    stuck = Stuck(INSTALL[1], Text("somebody renamed it"))
    fake.apply_error = ApplyError(INSTALL[2], Text("No."), INSTALL[:1], (stuck,))
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.press_next()
    rows = window.page("apply").check_rows
    qtbot.waitUntil(lambda: len(rows.checks) == 2)
    assert "somebody renamed it" in rows.checks[1].detail


def test_a_test_reset_is_run_and_its_hops_told(qtbot: QtBot, open_window: Open) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "test"})
    go(qtbot, window, "test")
    window.set_answers({"test.value": "anna@corp.test", "test.check_only": False})
    window.set_answers({"test.password": Secret(CANARY)})
    panel = window.page("test").test
    with qtbot.waitSignal(panel.tested):
        QTest.keyClick(panel.run, Qt.Key.Key_Space)
    call = fake.named("test_reset")[0]
    assert call[1:] == ("userPrincipalName", "anna@corp.test", Secret(CANARY))
    assert "the password is set" in panel.check_rows.checks[0].more
    assert panel.field_boxes["test.password"].value() is None


def test_a_check_only_test_sends_no_password(qtbot: QtBot, open_window: Open) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "test"})
    go(qtbot, window, "test")
    window.set_answers({"test.value": "anna@corp.test"})
    panel = window.page("test").test
    with qtbot.waitSignal(panel.tested):
        panel.test()
    assert fake.named("test_reset")[0][3] is None
    (row,) = panel.check_rows.checks
    assert row.detail == "Would work. Nothing was changed."
    assert "changed" not in f"{row.title} {row.remedy}"


def test_the_portal_gets_what_it_needs(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
) -> None:
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")
    page = window.page("complete")
    grid = page.panel.grid
    qtbot.waitUntil(lambda: grid.count() > 0)
    texts = [grid.itemAt(at).widget().text() for at in range(1, grid.count(), 3)]
    assert texts[0].startswith("7C1F 09AE")
    assert texts[1] == "https://relay.corp.test/sync-01"
    compared = page.comparison.grid.itemAt(1).widget().text()
    assert compared.startswith("2E71 B0C4")  # the portal's


def test_the_configuration_can_be_viewed_and_saved(
    qtbot: QtBot, open_window: Open, tmp_path: Any
) -> None:
    window = open_window(FakeController(found=INSTALLED))
    window.set_answers({"task": "view"})
    go(qtbot, window, "view")
    view = window.page("view").view
    qtbot.waitUntil(lambda: "url: https://relay.corp" in view.text.toPlainText())
    view.save(str(tmp_path / "settings.yaml"))
    assert (tmp_path / "settings.yaml").read_text() == view.text.toPlainText()
    view.save(str(tmp_path / "missing" / "settings.yaml"))
    assert "No such file" in view.state.text()


@pytest.mark.parametrize("path", ["mode", "nothing.here"])
def test_answers_that_a_page_does_not_ask_are_refused(
    open_window: Open, path: str
) -> None:
    window = open_window()
    with pytest.raises(KeyError):
        window.set_answers({path: EXPRESS.get(path)})
