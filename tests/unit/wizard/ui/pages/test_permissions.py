"""The Permissions page and Troubleshoot, on a domain that is a fake."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent.ldap.errors import Unreachable
from agent.verdict.causes import Cause
from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import (
    ENTRIES,
    EVERYBODY,
    EXCESS,
    GRANT,
    UNGRANTED,
)
from tests.unit.wizard.ui.walk import go
from wire.operation import Operation
from wire.secret import Secret
from wire.text import Text
from wizard.plan.change import ApplyError
from wizard.ui.widgets.cause_table import MOST_SHOWN
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
    top = [page.table.topLevelItem(at) for at in range(page.table.topLevelItemCount())]
    assert top[0].text(0) == "Reset would work"
    assert {row.text(1) for row in top} >= {"1\u202f204", "31"}
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
    row = page.table.open_cause(Cause.NOT_GRANTED, Operation.UNLOCK)
    assert (row.text(0), row.text(1)) == ("Unlock: Not granted", "20")
    assert row.childCount() == 20
    page.table.setCurrentItem(row)
    assert "Grant the right" in page.remedy.text()
    page.table.setCurrentItem(row.child(3))
    assert [check.state for check in page.answer_rows.checks] == [
        *("ok", "failed", "failed")
    ]


def test_what_stops_the_reset_too_is_counted_once(
    qtbot: QtBot, open_window: Open, ungranted: FakeController
) -> None:
    page = judged(qtbot, open_window, ungranted)

    assert page.table.topLevelItemCount() == len(UNGRANTED)
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


def test_a_cause_opens_to_the_people_and_a_person_to_the_why(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)
    row = page.table.open_cause(Cause.INHERITANCE_OFF)
    assert row.childCount() == 9
    page.table.setCurrentItem(row)
    assert "Turn inheritance on" in page.remedy.text()
    page.table.setCurrentItem(row.child(2))

    assert page.who.text() == row.child(2).text(0)
    reset = page.answer_rows.checks[0]
    assert reset.state == "failed"
    assert "inheritance is off at OU=Executives" in reset.detail
    assert reset.remedy.startswith("Turn inheritance on")


def test_many_people_of_a_cause_are_shown_in_part(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = judged(qtbot, open_window, fake)
    row = page.table.open_cause(Cause.NONE)

    assert row.childCount() == MOST_SHOWN + 1
    assert "Export" in row.child(MOST_SHOWN).text(0)


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_everybody_can_be_exported(
    qtbot: QtBot, open_window: Open, fake: FakeController, tmp_path: Path, name: str
) -> None:
    page = judged(qtbot, open_window, fake)
    page.export_to(tmp_path / name)
    qtbot.waitUntil((tmp_path / name).exists)
    qtbot.waitUntil(lambda: "Saved as" in page.state.text())
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
    go(qtbot, window, "identify", "pilot", "features", "permissions")
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
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)  # nothing is cut
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
