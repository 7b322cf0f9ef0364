"""The Permissions page and Troubleshoot, on a domain that is a fake."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent.ldap.errors import Unreachable
from agent.verdict.causes import CAUSES, Cause
from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import (
    ENTRIES,
    EVERYBODY,
    EXCESS,
    GRANT,
    SHOWN_BY,
    UNGRANTED,
)
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.operation import Operation
from wire.secret import Secret
from wire.text import Text
from wizard.plan.change import ApplyError
from wizard.ui.people.people_model import Column
from wizard.ui.widgets.grant_panel import PASSWORD, USER
from wizard.ui.widgets.text_viewer import TextDialog
from wizard.ui.window import WizardWindow


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=INSTALLED)


def opened(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    window = open_window(fake)
    window.set_answers({"task": "permissions"})
    go(qtbot, window, "permissions")
    return window


def judged(qtbot: QtBot, open_window: Open, fake: FakeController) -> Any:
    window = opened(qtbot, open_window, fake)
    page = window.page("permissions")
    qtbot.waitUntil(lambda: page.whole is not None)
    return page


def test_everybody_is_counted_by_cause(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)

    assert page.sum_up.text() == "1\u202f204 of 1\u202f250 people can be reset"
    assert dict(page.table.counts) == EVERYBODY
    rows = page.table.texts()
    assert rows[:3] == [
        ("Reset would work", "1\u202f204"),
        ("Can't be reset", "46"),
        ("Protected by AdminSDHolder", "31"),
    ]
    assert page.account_rows.checks[0].state == "ok"
    assert "22" in page.account_rows.checks[0].detail
    assert fake.permissions.calls[0][1] == INSTALLED.settings


def test_another_operation_that_falls_short_is_told_and_opens_to_the_people(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.everybody = {Cause.NONE: 20}
    fake.permissions.others = {
        Operation.UNLOCK: Cause.NOT_GRANTED,
        Operation.MUST_CHANGE: Cause.NOT_GRANTED,
    }
    page = judged(qtbot, open_window, fake)

    assert page.sum_up.text() == "20 of 20 people can be reset"
    assert page.short.text().splitlines() == [
        "Unlocking would fail for 20 people.",
        "Requiring a new password would fail for 20 people.",
    ]
    assert page.grant_button.isEnabled()
    assert ("Unlock: Not granted", "20") in page.table.texts()
    assert page.people.listed.count == 0, "everybody can be reset"
    page.table.choose((Operation.UNLOCK, Cause.NOT_GRANTED))
    assert page.people.listed.count == 20
    assert "Grant the right" in page.why.remedy.text()
    page.people.table.selectRow(3)
    states = [check.state for check in page.why.answer_rows.checks]
    assert states == ["ok", "failed", "failed"]
    index = page.people.listed.index(3, Column.CAUSE)
    assert index.data() == "Unlock: Not granted; Must change: Not granted"


def test_what_stops_the_reset_too_is_counted_once(
    qtbot: QtBot, open_window: Open, ungranted: FakeController
) -> None:
    page = judged(qtbot, open_window, ungranted)

    assert page.table.topLevelItemCount() == len(UNGRANTED) + 1  # and the sum
    assert not page.short.isVisible()


def test_whether_another_operation_works_may_be_not_known(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.everybody = {Cause.NONE: 2}
    fake.permissions.others = {Operation.CHANGE: Cause.POLICY_HIDDEN}
    page = judged(qtbot, open_window, fake)

    text = "Whether changing works is not known for 2 people."
    assert page.short.text() == text


def test_counts_move_while_it_judges(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.hold = True
    window = opened(qtbot, open_window, fake)
    page = window.page("permissions")
    qtbot.waitUntil(lambda: page.table.counts.total() > 0)

    assert page.progress.isVisible()
    qtbot.waitUntil(lambda: page.table.counts.total() == 625)
    assert page.progress.text.text() == "Checking: 625 people so far"
    assert page.sum_up.text().endswith(" of 625 people can be reset")
    assert not page.again.isEnabled()
    fake.permissions.go.set()
    qtbot.waitUntil(lambda: page.whole is not None)
    assert not page.progress.isVisible()
    assert page.again.isEnabled()


def test_stop_keeps_what_was_judged_and_says_so(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.hold = True
    page = opened(qtbot, open_window, fake).page("permissions")
    qtbot.waitUntil(lambda: page.table.counts.total() > 0)
    page.progress.stop.click()
    fake.permissions.go.set()
    qtbot.waitUntil(lambda: page.whole is not None)

    text = "Stopped: 625 people were checked, not everybody."
    assert page.hint.text() == text
    assert not page.account.isVisible()


def test_a_cause_lists_its_people_and_a_person_says_why(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)
    assert page.people.listed.count == 46, "all who can't be reset"
    assert page.why.remedy.text().startswith("Choose a person")
    page.table.choose((Operation.RESET, Cause.INHERITANCE_OFF))
    assert page.people.listed.count == 9
    assert page.people.number.text() == "9 people"
    assert "Turn inheritance on" in page.why.remedy.text()
    page.people.table.selectRow(2)

    case = page.people.listed.row_at(2).case
    assert page.why.title.text() == case.name
    assert page.why.who.text() == case.verdict.dn
    reset = page.why.answer_rows.checks[0]
    assert reset.state == "failed"
    assert "inheritance is off at OU=Executives" in reset.detail
    assert reset.remedy.startswith("Turn inheritance on")
    page.table.choose(None)
    assert page.people.listed.count == 46
    page.table.choose((Operation.RESET, Cause.NONE))
    assert page.people.listed.count == 1204


def test_the_code_of_a_person_leads_to_its_place_in_the_guide(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)
    page.table.choose((Operation.RESET, Cause.INHERITANCE_OFF))
    page.people.table.selectRow(0)
    with qtbot.waitSignal(page.code_wanted) as wanted:
        page.why.codes.links["permission_denied"].click()
    assert wanted.args == ["permission_denied"]


def test_the_chosen_are_copied_for_the_help_desk(
    qtbot: QtBot, open_window: Open, fake: FakeController, heard: Heard
) -> None:
    page = judged(qtbot, open_window, fake)
    assert not page.why.copy.isVisible()
    page.table.choose((Operation.RESET, Cause.TOO_YOUNG))
    page.people.table.setFocus()
    page.people.table.selectAll()
    page.why.copy.click()
    text = QApplication.clipboard().text()
    assert text.splitlines() == [
        *("Person: {} ({})".format(*page.people.listed.row_at(0).cells[:2]),),
        f"OU: {page.people.listed.row_at(0).cells[2]}",
        f"DN: {page.why.who.text()}",
        *("Reset, change: Would fail", "Cause: Password too young"),
        f"Shown by: {SHOWN_BY[Cause.TOO_YOUNG]}.",
        "It works from 2026-11-24 08:12 UTC.",
        f"What to do: {CAUSES[Cause.TOO_YOUNG].remedy}",
        *("Code: too_young", "Unlock, must change: Would work"),
    ]
    assert heard.any("Copied")

    page.table.choose((Operation.RESET, Cause.DENIED))
    page.people.table.selectAll()
    assert page.why.title.text() == "3 people chosen"
    QTest.keySequence(page.people.table, QKeySequence.StandardKey.Copy)
    text = QApplication.clipboard().text()
    assert text.count("Person: ") == text.count("Cause: An entry denies it") == 3
    assert "\n\n" in text


def test_the_why_stands_beside_the_list_where_there_is_place_for_it(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)

    def is_beside() -> bool:
        top: int = page.why.mapTo(page, QPoint(0, 0)).y()
        bottom: int = page.people.mapTo(page, page.people.rect().bottomLeft()).y()
        return top < bottom

    page.window().resize(1400, 800)
    qtbot.waitUntil(is_beside)
    page.window().resize(700, 680)
    qtbot.waitUntil(lambda: not is_beside())


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_everybody_can_be_exported(
    qtbot: QtBot, open_window: Open, fake: FakeController, tmp_path: Path, name: str
) -> None:
    page = judged(qtbot, open_window, fake)
    assert page.state.isHidden()  # what says nothing takes no place
    page.export_to(tmp_path / name)
    qtbot.waitUntil((tmp_path / name).exists)
    qtbot.waitUntil(lambda: "Saved as" in page.state.text())
    assert page.state.isVisible()
    assert "account" not in page.exporter.text.text()

    text = (tmp_path / name).read_text("utf-8-sig")
    rows: list[Any] = (
        list(csv.DictReader(text.splitlines()))
        if name.endswith("csv")
        else [json.loads(line) for line in text.splitlines()]
    )
    assert len(rows) == 1250


def test_an_export_that_fails_says_why(
    qtbot: QtBot, open_window: Open, fake: FakeController, tmp_path: Path
) -> None:
    page = judged(qtbot, open_window, fake)
    page.export_to(tmp_path / "none" / "all.csv")
    qtbot.waitUntil(lambda: bool(page.state.text()))

    assert "can't be written" in page.state.text()


def test_what_is_wrong_with_the_account_is_a_row(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.findings = EXCESS
    page = judged(qtbot, open_window, fake)

    (row,) = page.account_rows.checks
    assert row.state == "warning"
    assert "outside the scope" in row.title


def test_a_directory_that_does_not_answer_is_told_with_its_remedy(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.error = Unreachable(
        "dc1", Text("no answer"), Text("look at port 636")
    )
    page = opened(qtbot, open_window, fake).page("permissions")
    qtbot.waitUntil(lambda: bool(page.check_rows.checks))

    assert "port 636" in page.check_rows.checks[0].remedy
    assert page.again.isEnabled()
    fake.permissions.error = None
    page.again.click()
    qtbot.waitUntil(lambda: page.whole is not None)
    assert not page.check_rows.checks


def test_nobody_in_the_scope_is_said(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.everybody = {}
    page = judged(qtbot, open_window, fake)

    assert page.sum_up.text() == "Nobody is in the scope"
    assert not page.table.isVisible()


def test_an_account_to_be_is_foreseen_when_installing(
    qtbot: QtBot, open_window: Open, offered: dict[str, Any]
) -> None:
    fake = FakeController()
    fake.permissions.foreseen = True
    page = installing(qtbot, open_window, fake, offered, kind="new")
    window = page.window()

    assert "not made yet" in page.hint.text()
    coverage = next(c for c in fake.permissions.calls if c[0] == "coverage")
    settings = coverage[1]
    assert settings.scope.containers == ("OU=People,DC=corp,DC=test",)
    go(qtbot, window, "review")
    window.back()
    count = len(fake.permissions.calls)
    assert page.whole is not None, "the same answers are not judged twice"
    assert len(fake.permissions.calls) == count


def test_a_check_that_ends_once_an_answer_is_wrong_is_told_as_it_was_begun(
    qtbot: QtBot, open_window: Open, offered: dict[str, Any]
) -> None:
    fake = FakeController()
    fake.permissions.foreseen = True
    page = installing(qtbot, open_window, fake, offered, kind="new")
    page.judge()
    page.window().back()
    page.session.take({"directory.domain": "no domain"})

    qtbot.waitUntil(lambda: page.whole is not None)
    assert "corp.test" in page.account_name.text()


def test_an_existing_accounts_entries_are_handed_over_when_installing(
    qtbot: QtBot, open_window: Open, offered: dict[str, Any]
) -> None:
    fake = FakeController()
    fake.permissions.everybody = dict(UNGRANTED)
    page = installing(qtbot, open_window, fake, offered, kind="existing")

    assert not page.grant_button.isVisible()
    qtbot.waitUntil(page.hand_over.isEnabled)
    page.hand_over.click()
    qtbot.waitUntil(page.granting.plan.isVisible)
    assert page.granting.table.rowCount() == 3
    assert not page.granting.act.isVisible()
    assert not page.granting.administrator.isVisible()
    page.granting.other.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TextDialog)
    assert all(entry.dsacls in dialog.view.text.toPlainText() for entry in ENTRIES)
    dialog.accept()


def test_what_an_account_to_be_lacks_is_not_handed_over(
    qtbot: QtBot, open_window: Open, offered: dict[str, Any]
) -> None:
    fake = FakeController()
    fake.permissions.foreseen = True
    page = installing(qtbot, open_window, fake, offered, kind="new")

    assert not page.grant_button.isVisible()
    assert not page.hand_over.isVisible()


def installing(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    *,
    kind: str,
) -> Any:
    window = open_window(fake, **offered)
    go(qtbot, window, "mode")
    window.set_answers({"mode": "custom"})
    go(qtbot, window, "relay", "directory", "account")
    if kind == "existing":
        password = {"input.account_password": Secret(CANARY)}
        name = {"directory.account.name": "svc-writeback@corp.test"}
        window.set_answers({"directory.account.kind": kind})
        window.set_answers(name | password)
    go(qtbot, window, "scope")
    window.set_answers({"scope.containers": ("OU=People,DC=corp,DC=test",)})
    go(qtbot, window, "identify", "pilot", "features", "self_service", "permissions")
    page = window.page("permissions")
    qtbot.waitUntil(lambda: page.whole is not None)
    return page


@pytest.fixture
def ungranted(fake: FakeController) -> FakeController:
    fake.permissions.everybody = dict(UNGRANTED)
    return fake


def planned(qtbot: QtBot, open_window: Open, fake: FakeController) -> Any:
    page = judged(qtbot, open_window, fake)
    page.grant_button.click()
    qtbot.waitUntil(page.granting.plan.isVisible)
    return page


def test_what_is_missing_is_granted_and_judged_again(
    qtbot: QtBot, open_window: Open, ungranted: FakeController
) -> None:
    page = planned(qtbot, open_window, ungranted)
    table = page.granting.table
    assert table.rowCount() == 3
    # the permission is whole in a narrow window; of the container at least half of it
    qtbot.waitUntil(lambda: table.columnWidth(1) >= table.sizeHintForColumn(1))
    assert table.columnWidth(0) >= table.viewport().width() // 2
    assert all(table.item(row, 0).toolTip() for row in range(3))
    assert page.granting.act.text() == "&Grant 3 permissions"
    assert not ungranted.named("apply")
    page.granting.act.click()
    assert page.granting.field_boxes[USER].wrong.text == "This is needed."
    page.set_answers({USER: "administrator@corp.test", PASSWORD: Secret(CANARY)})
    ungranted.permissions.everybody = dict(EVERYBODY)
    page.granting.act.click()
    qtbot.waitUntil(lambda: page.table.counts == EVERYBODY)

    inputs = ungranted.named("apply")[0][2]
    assert inputs.admin.password == Secret(CANARY)
    assert page.granting.field_boxes[PASSWORD].value() is None
    qtbot.waitUntil(lambda: page.whole is not None)
    assert not page.grant_button.isEnabled()


def test_a_grant_that_fails_says_what_was_taken_back(
    qtbot: QtBot, open_window: Open, ungranted: FakeController
) -> None:
    page = planned(qtbot, open_window, ungranted)
    ungranted.refuses = ApplyError(GRANT, Text("The directory refused it."), (), ())
    page.set_answers({USER: "administrator@corp.test", PASSWORD: Secret(CANARY)})
    page.granting.act.click()
    qtbot.waitUntil(lambda: bool(page.granting.check_rows.checks))

    assert "refused" in page.granting.check_rows.checks[0].detail
    assert page.granting.plan.isVisible()
    assert page.granting.field_boxes[PASSWORD].value() is None


def test_the_entries_can_be_handed_to_another_team(
    qtbot: QtBot, open_window: Open, ungranted: FakeController
) -> None:
    page = planned(qtbot, open_window, ungranted)
    page.granting.other.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TextDialog)
    text = dialog.view.text.toPlainText()
    assert all(entry.sddl in text and entry.take_back in text for entry in ENTRIES)
    dialog.accept()


def test_where_nothing_is_missing_grant_is_not_offered(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)

    assert page.grant_button.isVisible()
    assert not page.grant_button.isEnabled()
