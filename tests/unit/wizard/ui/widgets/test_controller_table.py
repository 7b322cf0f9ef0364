"""Connect directories: a row a controller, filled as they answer, and what to do."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import ONE, SEVERAL, UNTRUSTED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wizard.ui.pages.directory import DirectoryPage
from wizard.ui.widgets.controller_table import ControllerTable
from wizard.ui.window import WizardWindow

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
DONE = replace(SEVERAL, step="")


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    opened = open_window(fake, **offered)
    go(qtbot, opened, "mode", "relay", "directory")
    return opened


@pytest.fixture
def page(window: WizardWindow) -> DirectoryPage:
    found = window.page("directory")
    assert isinstance(found, DirectoryPage)
    return found


@pytest.fixture
def table(page: DirectoryPage) -> ControllerTable:
    return page.controllers


def words(table: ControllerTable, row: int) -> list[str]:
    found = (table.table.item(row, at) for at in range(table.table.columnCount()))
    return [item.text() if item else "" for item in found]


def spoken(table: ControllerTable, row: int, at: int) -> str:
    item = table.table.item(row, at)
    return str(item.data(SPOKEN)) if item else ""


def text_of(table: ControllerTable) -> str:
    return " ".join(
        f"{c.title}: {c.detail} {c.remedy}" for c in table.check_rows.checks
    )


def test_the_table_fills_while_controllers_still_answer(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection, fake.hold = SEVERAL, "check directory"
    window.press_next()
    qtbot.waitUntil(lambda: page.controllers.table.rowCount() == 4)

    assert page.busy
    assert words(page.controllers, 0)[:4] == ["dc1", "to 2027-03-01", "1.3", "22 ms"]
    assert words(page.controllers, 2)[1] == "…"
    assert spoken(page.controllers, 2, 0).endswith("Being asked")


def test_stop_leaves_what_is_known_and_the_page_can_be_used(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection, fake.hold = SEVERAL, "check directory"
    window.press_next()
    qtbot.waitUntil(lambda: bool(page.controllers.facts))
    assert page.check_panel
    page.check_panel.stop.click()

    assert not page.busy
    assert page.controllers.facts == SEVERAL.controllers
    assert "Stopped" in page.check_panel.empty.text()


def test_nothing_says_stopped_once_another_check_has_ended(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection, fake.hold = SEVERAL, "check directory"
    window.press_next()
    qtbot.waitUntil(lambda: bool(page.controllers.facts))
    assert page.check_panel
    page.check_panel.stop.click()
    fake.hold, fake.inspection = "", UNTRUSTED
    with qtbot.waitSignal(window.refused):
        window.press_next()

    assert page.check_panel.empty.isHidden()
    assert not page.check_panel.copy.isHidden()
    assert "Corp Root CA" in page.check_panel.copy.text_to_copy


def test_an_answer_that_changes_clears_the_table(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection = UNTRUSTED
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert page.controllers.isVisibleTo(page)
    ca = page.field_boxes["directory.ca"]
    QTest.keyClicks(ca.editor.focusWidget() or ca.editor.line, "/x")

    assert not page.controllers.isVisibleTo(page)


def test_at_the_end_the_first_with_something_to_do_is_chosen(
    table: ControllerTable,
) -> None:
    table.show_inspection(DONE)

    assert table.who.text() == "dc2.corp.test"
    assert text_of(table).startswith("Policy hints: Not offered")
    assert "accept it" in text_of(table)


def test_arrow_keys_go_from_row_to_row(table: ControllerTable) -> None:
    table.show_inspection(DONE)
    QTest.keyClick(table.table, Qt.Key.Key_Down)
    QTest.keyClick(table.table, Qt.Key.Key_Down)

    assert table.who.text() == "dc4.corp.test"
    assert "the settings do not" in text_of(table)


def test_tab_leaves_the_table(window: WizardWindow, page: DirectoryPage) -> None:
    page.controllers.show_inspection(ONE)
    page.controllers.table.setFocus()
    QTest.keyClick(page.controllers.table, Qt.Key.Key_Tab)

    assert window.focusWidget() is not page.controllers.table


def test_what_is_chosen_stays_while_others_answer(table: ControllerTable) -> None:
    table.show_inspection(SEVERAL)
    table.choose(0)
    table.show_inspection(DONE)

    assert table.who.text() == "dc1.corp.test"


def test_each_cell_is_read_with_its_column_and_state(table: ControllerTable) -> None:
    table.show_inspection(DONE)

    assert table.table.accessibleName() == "Domain controllers"
    assert spoken(table, 1, 0) == "dc2.corp.test: Warning"
    assert spoken(table, 1, 5) == "Policy hints: No, Warning"


def test_one_that_dns_alone_names_shows_its_certificate(table: ControllerTable) -> None:
    table.show_inspection(DONE)

    shown = ["dc4", "to 2027-03-01", "1.3", "Found by DNS, not in the settings"]
    assert words(table, 3)[:4] == shown


def test_a_sound_certificate_shows_its_chain(table: ControllerTable) -> None:
    table.show_inspection(DONE)
    table.choose(0)

    (row,) = table.check_rows.rows
    assert row.check.detail == (
        "For dc1.corp.test, by CN=Corp Issuing CA 1,O=Corp,C=CH, to 2027-03-01; "
        "TLSv1.3."
    )
    row.opener.click()
    assert "CN=Corp Root CA" in row.details.toPlainText()
