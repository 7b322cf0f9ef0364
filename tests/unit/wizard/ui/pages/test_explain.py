"""Troubleshoot: one person, by any name."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent.config.self_service import SelfService
from agent.verdict.causes import Cause
from agent.verdict.membership import Membership
from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.health.staged import GOOD, NOW, answered
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_people import NIKO, person_of
from tests.unit.wizard.ui.fake_permissions import (
    UNGRANTED,
    FakePermissions,
    verdict_of,
)
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.operation import Operation
from wire.secret import Secret
from wizard.permissions import people_search
from wizard.ui.formatting import say
from wizard.ui.presenters.verdict import WORDS, checks_of
from wizard.ui.widgets.grant_panel import PASSWORD, USER


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=INSTALLED)


def troubleshoot(qtbot: QtBot, open_window: Open, fake: FakeController) -> Any:
    window = open_window(fake)
    window.set_answers({"task": "explain"})
    go(qtbot, window, "explain")
    return window.page("explain")


def test_one_person_is_explained_by_pressing_enter(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    QTest.keyClicks(page.field_box.editor.line, "niko@corp.test")
    QTest.keyClick(page.field_box.editor.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))

    find, explain = fake.permissions.calls[-2:]
    assert (find[0], find[3]) == ("find_people", "niko@corp.test")
    guid = str(person_of(NIKO).guid)
    assert (explain[0], explain[3:]) == ("explain", ("objectGUID", guid))
    rows = page.check_panel.check_rows.checks
    assert [row.state for row in rows] == ["failed"]
    assert rows[0].title.startswith("Reset, change, unlock")
    assert page.who.text().startswith("CN=Niko Keller,")
    assert page.name.text() == "Niko Keller (niko.keller@corp.test)"
    assert not page.found.isVisible()


@pytest.mark.parametrize("by_hand", [True, False])
def test_another_name_ends_the_question_about_the_first(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_hand: bool,
) -> None:
    page, go_on = troubleshoot(qtbot, open_window, fake), threading.Event()
    explain = fake.permissions.explain

    def held(*arguments: Any) -> Any:
        explained = explain(*arguments)
        go_on.wait(30)
        return explained

    monkeypatch.setattr(fake.permissions, "explain", held)
    page.set_answers({"explain.user": "niko@corp.test"})
    page.ask()
    qtbot.waitUntil(lambda: bool(fake.permissions.calls))
    if by_hand:
        QTest.keyClicks(page.field_box.editor.line, "x")
    else:
        page.set_answers({"explain.user": "anna@corp.test"})
    assert not page.busy
    go_on.set()
    page.check_panel.worker.close()
    QApplication.processEvents()
    # what was asked about the first is not shown beside the second
    assert not page.check_panel.check_rows.checks
    assert page.whom.isHidden()


def test_what_was_told_of_one_person_is_not_shown_beside_another(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    page.set_answers({"explain.user": "niko@corp.test"})
    page.ask()
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))
    page.set_answers({"explain.user": ""})
    assert not page.check_panel.check_rows.checks
    for part in (page.whom, page.history, page.entries, page.codes):
        assert part.isHidden()


def test_two_entries_that_deny_are_two_rows() -> None:
    others = {Operation.UNLOCK: Cause.DENIED}
    rows = checks_of(verdict_of(1, Cause.DENIED, others))

    assert [row.title for row in rows] == ["Reset, change, must change", "Unlock"]
    assert "lockoutTime" not in rows[0].detail
    assert "lockoutTime" in rows[1].detail


def test_nobody_by_that_name_is_told(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    page.set_answers({"explain.user": "nobody"})
    page.ask()
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))

    rows = page.check_panel.check_rows.checks
    assert rows[0].detail == "Nobody is so named in the domain: nobody."
    assert say(WORDS[rows[0].state]) == "Not known"  # nothing was asked that would fail
    assert "beginning of a first or last name" in rows[0].remedy
    page.set_answers({"explain.user": ""})
    page.ask()
    assert page.field_box.wrong.text == "This is needed."


def asked(qtbot: QtBot, page: Any, words: str) -> Any:
    page.set_answers({"explain.user": words})
    page.ask()
    qtbot.waitUntil(lambda: not page.busy)
    return page


def test_of_several_of_that_name_one_is_chosen(
    qtbot: QtBot, open_window: Open, fake: FakeController, heard: Heard
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "anna")
    found, table = page.found, page.found.table
    assert found.note.text() == "8 people are so named. Choose one."
    assert table.rowCount() == 8
    cells = [table.item(0, column).text() for column in range(3)]
    assert cells == ["Anna Keller", "anna.keller@corp.test", "corp.test/People/Zurich"]
    assert heard.any("8 people are so named")
    assert not heard.any("all is well")
    assert not page.check_panel.check_rows.checks

    table.setFocus()
    table.setCurrentCell(2, 0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))
    assert page.person == found.people[2]
    assert fake.permissions.calls[-1][4] == str(found.people[2].guid)
    assert table.rowCount() == 8, "another of them can be chosen"


def test_who_has_the_very_name_is_asked_about_among_the_others(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    asked(qtbot, page, "niko.keller@corp.test")
    assert page.person == person_of(NIKO)


def test_more_than_are_listed_is_said(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people_search, "MOST_FOUND", 5)
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "anna")
    text = "More than 5 people are so named. Type more of the name."
    assert page.found.note.text() == text
    assert page.found.table.rowCount() == 5


def test_who_went_meanwhile_is_told(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.gone = frozenset({NIKO})
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    (row,) = page.check_panel.check_rows.checks
    assert row.state == "failed"
    assert "objectGUID" in row.detail


def test_what_no_name_is_made_of_is_told_beside_what_to_type(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "x" * 2000)
    (row,) = page.check_panel.check_rows.checks
    assert "printable characters" in row.detail
    assert "beginning of a first or last name" in row.remedy


def test_the_last_answers_about_the_person_stand_in_time(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    sign_in = person_of(NIKO).sign_in_name
    fake.records = (
        *GOOD,
        answered(NOW, "permission_denied", person=sign_in),
        answered(NOW.replace(hour=8), "too_short", person=sign_in.upper()),
        answered(NOW.replace(hour=9), person="somebody.else@corp.test"),
    )
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    table = page.history.table
    assert table.rowCount() == 2
    assert [table.item(at, 2).text() for at in range(2)] == ["Failed", "Refused"]
    assert [table.item(at, 3).text() for at in range(2)] == [
        *("permission_denied", "too_short")
    ]
    assert table.item(0, 1).text() == "Reset"
    assert "What to do: " in page.history.reason.text()
    assert list(page.history.codes.links) == ["permission_denied"]

    table.selectRow(1)
    page.history.open.click()
    assert '"too_short"' in page.history.dialog.view.text.toPlainText()
    page.history.dialog.accept()
    with qtbot.waitSignal(page.code_wanted) as wanted:
        page.history.codes.links["too_short"].click()
    assert wanted.args == ["too_short"]


def test_nothing_answered_says_since_when(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    assert page.history.note.text().startswith("This agent has answered nothing")
    assert not page.history.table.isVisible()


def test_the_entry_that_decides_is_marked_in_its_list(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "anna.keller@corp.test")
    table, panel = page.entries.table, page.entries
    marked = [at for at in range(table.rowCount()) if table.item(at, 2).text()]
    assert [table.item(at, 2).text() for at in marked] == [
        *("Allows: Reset", "Allows: Unlock")
    ]
    assert "reset the password" in table.item(marked[0], 1).text()
    assert table.currentRow() == marked[0]
    assert not table.item(marked[0], 2).icon().isNull()
    assert panel.note.isHidden()

    panel.own.click()
    assert 0 < len(panel.shown) < len(panel._listed.entries)
    assert all(entry.applies for entry in panel.shown)
    assert table.item(0, 0).text() == str(panel.shown[0].place)


def test_where_no_entry_decides_that_is_said(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    assert page.entries.note.text().startswith("None of them decides")


def test_the_code_leads_to_its_place_in_the_guide(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    with qtbot.waitSignal(page.code_wanted) as wanted:
        page.codes.links["permission_denied"].click()
    assert wanted.args == ["permission_denied"]


def test_what_came_back_is_copied_for_the_help_desk(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    page.check_panel.copy.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[:2] == [
        "Person: Niko Keller (niko.keller@corp.test)",
        "OU: corp.test/People/Bern",
    ]
    assert "Cause: Inheritance is off" in lines
    assert (
        "What to do: Turn inheritance on there, or grant the right below it." in lines
    )
    assert lines[-1] == "Code: permission_denied"


def test_grant_is_offered_only_where_it_would_help(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = asked(qtbot, troubleshoot(qtbot, open_window, fake), "niko")
    assert not page.grant_button.isVisible()


def test_what_the_person_lacks_is_granted_by_a_plan_and_asked_again(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.everybody = dict(UNGRANTED)
    page = troubleshoot(qtbot, open_window, fake)
    asked(qtbot, page, "anna.keller@corp.test")
    page.grant_button.click()
    qtbot.waitUntil(page.granting.plan.isVisible)
    assert not fake.named("apply")
    page.set_answers({USER: "administrator@corp.test", PASSWORD: Secret(CANARY)})
    fake.permissions.everybody = {Cause.NONE: 1}
    page.granting.act.click()
    qtbot.waitUntil(
        lambda: [c.state for c in page.check_panel.check_rows.checks] == ["ok"]
    )
    ((_, plan, inputs),) = fake.named("apply")
    assert plan == fake.permissions.granted
    assert inputs.admin.password == Secret(CANARY)
    assert not page.grant_button.isVisible()


def test_the_links_of_self_service_stand_below_the_answers(
    qtbot: QtBot, open_window: Open
) -> None:
    wished = SelfService(who="groups", groups=("CN=Staff,DC=corp,DC=test",))
    settings = INSTALLED.settings.model_copy(update={"self_service": wished})
    member = Membership(group=wished.groups[0], exception="CN=Kiosk,DC=corp,DC=test")
    fake = FakeController(
        found=replace(INSTALLED, settings=settings),
        permissions=FakePermissions(membership=member),
    )
    page = troubleshoot(qtbot, open_window, fake)
    page.set_answers({"explain.user": "niko"})
    page.ask()
    qtbot.waitUntil(page.self_service.isVisible)
    links = page.self_service.rows.checks
    assert [link.state for link in links] == ["ok", "failed", "info", "ok"]
    assert "CN=Kiosk" in page.self_service.text
    copied = page.check_panel.copy.text_to_copy
    assert copied.startswith("Person: Niko Keller")
    assert copied.endswith(page.self_service.text)
    # what was told of one person is not shown beside another
    page.set_answers({"explain.user": "anna"})
    page.field_box.changed.emit()
    assert not page.self_service.isVisible()
