"""Connect directories: each controller in the list says what it is, by itself."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent.config.settings import DomainController
from tests.unit.wizard.answered import EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import (
    DOWN,
    EXPIRES,
    HUNDRED,
    ONE,
    SEVERAL,
    UNTRUSTED,
    answered,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wizard.checks.controller_facts import Inspection
from wizard.checks.controllers import outcome_of, rows_of
from wizard.directory.discovery import Answer
from wizard.flow.pages.order import FIELDS
from wizard.translation import PSEUDO
from wizard.ui.board.controller_row import Column
from wizard.ui.board.controllers_editor import Controllers
from wizard.ui.pages.directory import DirectoryPage
from wizard.ui.window import WizardWindow

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
DONE = replace(SEVERAL, step="")
DC1, DC2, BRANCH = "dc1.corp.test", "dc2.corp.test", "branch-dc-07.corp.test"


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    opened = open_window(fake, **offered)
    go(qtbot, opened, "mode", "relay")
    return opened


@pytest.fixture
def page(qtbot: QtBot, window: WizardWindow) -> DirectoryPage:
    go(qtbot, window, "directory")
    shown = window.page("directory")
    assert isinstance(shown, DirectoryPage)
    return shown


@pytest.fixture
def board(qtbot: QtBot) -> Controllers:
    made = Controllers(FIELDS["directory.controllers"])
    qtbot.addWidget(made)
    made.model.domain = "corp.test"
    made.set_value([DC1, DC2, BRANCH])
    made.model.begin(made.model.controllers)
    return made


@pytest.mark.parametrize("language", ["de", "es", "fr", "ja"])
def test_every_column_is_in_sight_in_each_language(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    board = Controllers(FIELDS["directory.controllers"])
    qtbot.addWidget(board)
    board.model.domain = "corp.test"
    board.set_value([DC1, DC2])
    board.table.setFixedWidth(680)
    board.show()
    bar = board.table.horizontalScrollBar()
    for facts in ((), EXPIRES.controllers, ONE.controllers):
        board.model.take(facts)
        qtbot.waitUntil(lambda: bar.maximum() == 0)


def words(board: Controllers, row: int) -> list[str]:
    model = board.model
    return [str(model.data(model.index(row, at)) or "") for at in Column]


def spoken(board: Controllers, row: int, column: Column) -> str:
    return str(board.model.data(board.model.index(row, column), SPOKEN))


def text_of(board: Controllers) -> str:
    rows = board.details.check_rows.checks
    return " ".join(f"{c.title}: {c.detail} {c.remedy}" for c in rows)


def asked(fake: FakeController) -> list[list[str]]:
    drafts = (call[1] for call in fake.named("check controllers"))
    return [[each.host for each in draft.directory.controllers] for draft in drafts]


def test_each_row_checks_itself_once_the_page_is_shown(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.inspection = replace(ONE, controllers=(answered(DC1), answered(DC2)))
    go(qtbot, window, "directory")
    board = window.page("directory").board
    qtbot.waitUntil(lambda: len(board.model.facts) == 2)

    assert asked(fake) == [[DC1, DC2]]
    assert fake.named("check controllers")[0][2].admin is not None  # offered; unused
    assert words(board, 0)[:4] == ["dc1", "In order", "300 days", "1.3"]
    assert board.summary.text() == "2 in order"


def test_next_asks_nobody_again(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.inspection = replace(ONE, controllers=(answered(DC1), answered(DC2)))
    go(qtbot, window, "directory")
    board = window.page("directory").board
    qtbot.waitUntil(lambda: len(board.model.facts) == 2)
    go(qtbot, window, "account")

    assert len(asked(fake)) == 1


def test_next_waits_for_those_that_are_still_asked(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    fake.hold = "check controllers"
    go(qtbot, window, "directory")
    window.press_next()
    shown = window.page("directory")
    assert shown.busy
    fake.go.set()
    qtbot.waitUntil(lambda: window.page_id() == "account")


def test_a_controller_that_is_added_is_asked_alone(
    qtbot: QtBot, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection = replace(ONE, controllers=(answered(DC1), answered(DC2)))
    page.check_now()
    qtbot.waitUntil(lambda: not page.busy)
    before = len(asked(fake))
    page.board.set_value([*page.board.value(), DomainController(host=BRANCH)])
    page.board.changed.emit()
    qtbot.waitUntil(lambda: len(asked(fake)) > before)

    assert asked(fake)[-1] == [BRANCH]


def test_another_authority_has_all_asked_anew(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    qtbot.waitUntil(lambda: len(asked(fake)) == 1)
    window.set_answers({"directory.ca": "/etc/corp-ca.pem"})
    qtbot.waitUntil(lambda: len(asked(fake)) == 2)

    assert fake.named("check controllers")[1][1].directory.ca == "/etc/corp-ca.pem"
    assert page.more.opened


def test_what_is_no_host_name_is_not_asked_and_says_so(
    qtbot: QtBot, page: DirectoryPage, fake: FakeController
) -> None:
    qtbot.waitUntil(lambda: len(asked(fake)) == 1)
    page.board.set_value([page.board.value()[0], "dc 2"])

    assert words(page.board, 1)[1] == "No DNS name"
    assert [each.host for each in page.board.model.pending] == []


def test_stop_leaves_what_is_known_and_the_rest_waits(
    qtbot: QtBot, page: DirectoryPage, fake: FakeController
) -> None:
    qtbot.waitUntil(lambda: not page.board.model.pending)
    fake.inspection, fake.hold = SEVERAL, "check controllers"
    page.check_now()
    qtbot.waitUntil(lambda: len(page.board.model.facts) >= 2)
    assert page.check_panel
    page.check_panel.stop_check()

    assert not page.busy
    assert words(page.board, 0)[1] == "In order"


def test_an_untrusted_one_stays_here_and_asks_for_its_authority(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    fake.inspection = UNTRUSTED
    page.board.model.forget()
    with qtbot.waitSignal(window.refused):
        window.press_next()

    assert window.page_id() == "directory"
    assert page.more.opened
    assert not page.field_boxes["directory.ca"].wrong.isHidden()
    assert page.board.details.who.text() == DC1
    assert "Give the PEM file" in text_of(page.board)


def test_one_that_is_down_beside_a_sound_one_is_a_warning() -> None:
    rows = {row.id: row.state for row in rows_of(DOWN.controllers)}

    assert rows[f"{DC2}/certificate"] == "warning"
    alone = rows_of(DOWN.controllers[1:2])
    assert [row.state for row in alone] == ["failed"]


def test_the_only_one_of_several_is_warned_of() -> None:
    controllers = (DomainController(host=DC1),)
    settings = SETTINGS.directory.model_copy(update={"controllers": controllers})
    named = Answer((*controllers, DomainController(host=DC2)))
    outcome = outcome_of(replace(ONE, answer=named), settings)

    assert [row.id for row in outcome.warnings] == ["controllers/single"]


def test_a_row_tells_state_days_and_time(board: Controllers) -> None:
    board.model.take(EXPIRES.controllers)

    assert words(board, 0) == [
        "dc1",
        "In order",
        "300 days",
        "1.3",
        "Yes",
        "0 s",
        "22 ms",
    ]
    assert words(board, 1)[1:3] == ["5 d left", "5 days"]
    assert spoken(board, 1, Column.HOST) == "dc2.corp.test: 5 d left"
    assert spoken(board, 1, Column.HINTS) == "Policy hints: Yes"
    assert board.summary.text() == "2 of 3 checked"


def test_one_that_dns_alone_names_can_be_used(board: Controllers) -> None:
    board.model.take(DONE.controllers)
    assert words(board, 3)[:3] == ["dc4", "Not used", "300 days"]
    board.choose(3)
    assert "the settings do not" in text_of(board)
    assert board.remove_button.isHidden()
    board.use_button.click()

    assert [each.host for each in board.value()] == [DC1, DC2, BRANCH, "dc4.corp.test"]
    assert [each.host for each in board.model.pending] == ["dc4.corp.test"]


def test_the_order_is_changed_by_a_button(board: Controllers) -> None:
    board.choose(1)
    board.up_button.click()

    assert [each.host for each in board.value()] == [DC2, DC1, BRANCH]
    assert board.table.currentIndex().row() == 0
    assert not board.up_button.isEnabled()


def test_an_address_is_typed_beside_its_controller(
    qtbot: QtBot, board: Controllers
) -> None:
    board.choose(1)
    with qtbot.waitSignal(board.changed):
        board.details.address.setText("10.0.0.5")
        board.details.address.editingFinished.emit()

    assert board.value()[1] == DomainController(host=DC2, address="10.0.0.5")
    assert board.model.rows[1].asked is False


def test_a_name_is_typed_into_a_new_row(qtbot: QtBot, board: Controllers) -> None:
    board.show()
    board.add()
    editor = board.table.findChild(type(board.details.address))
    assert editor is not None
    QTest.keyClicks(editor, "dc9.corp.test")
    with qtbot.waitSignal(board.changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)

    assert board.value()[-1].host == "dc9.corp.test"


def test_tab_leaves_the_table(window: WizardWindow, page: DirectoryPage) -> None:
    page.board.table.setFocus()
    QTest.keyClick(page.board.table, Qt.Key.Key_Tab)

    assert window.focusWidget() is not page.board.table


def test_a_sound_certificate_shows_its_chain(board: Controllers) -> None:
    board.model.take(DONE.controllers)
    board.choose(0)

    row = board.details.check_rows.rows[0]
    assert row.check.detail.startswith(
        "For dc1.corp.test, by CN=Corp Issuing CA 1,O=Corp,C=CH, to "
    )
    row.opener.click()
    assert "CN=Corp Root CA" in row.details.toPlainText()


def test_a_hundred_controllers_are_no_widgets(board: Controllers) -> None:
    board.set_value([each.host for each in HUNDRED.controllers])
    before = len(board.findChildren(object))  # type: ignore[type-var]
    board.model.begin(board.model.controllers)
    board.model.take(HUNDRED.controllers)

    assert board.summary.text() == "100 in order"
    assert len(board.findChildren(object)) == before  # type: ignore[type-var]


def test_what_is_said_of_a_controller_has_its_place(
    qtbot: QtBot, board: Controllers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", PSEUDO)
    board.resize(480, 400)
    board.show()
    board.model.take(DONE.controllers)
    table, last = board.table, board.model.index(board.model.rowCount() - 1, 0)

    def fits(at: Column) -> bool:
        return table.columnWidth(at) >= table.sizeHintForColumn(at)

    qtbot.waitUntil(lambda: fits(Column.STATE) and fits(Column.CERTIFICATE))
    # the bar covers no row
    seen = table.viewport().height
    qtbot.waitUntil(lambda: table.visualRect(last).bottom() <= seen())


@pytest.mark.parametrize("found", [DONE, UNTRUSTED, DOWN, EXPIRES])
def test_all_columns_are_in_sight_in_a_narrow_window(
    qtbot: QtBot, board: Controllers, found: Inspection
) -> None:
    board.resize(584, 400)  # of a window of 640 pixels
    board.model.take(found.controllers)
    board.show()
    table = board.table

    qtbot.waitUntil(
        lambda: all(
            table.columnWidth(at) >= table.sizeHintForColumn(at) for at in Column
        )
    )
    assert table.horizontalScrollBar().maximum() == 0


def test_a_narrow_window_leaves_out_what_the_details_tell(
    qtbot: QtBot, board: Controllers
) -> None:
    board.resize(420, 400)
    board.model.take(DOWN.controllers)
    board.show()
    table = board.table

    qtbot.waitUntil(lambda: table.isColumnHidden(Column.TLS))
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    for at in (Column.HOST, Column.STATE, Column.CERTIFICATE, Column.ANSWER):
        assert not table.isColumnHidden(at)


def test_words_that_are_gone_leave_their_place_to_others(
    qtbot: QtBot, board: Controllers
) -> None:
    board.resize(584, 400)
    board.show()
    board.model.take(UNTRUSTED.controllers)
    table = board.table
    qtbot.waitUntil(lambda: table.columnWidth(Column.CERTIFICATE) > 110)

    board.model.take([answered(DC1)])

    qtbot.waitUntil(lambda: table.columnWidth(Column.CERTIFICATE) < 110)
    assert table.horizontalScrollBar().maximum() == 0


def test_what_came_back_is_copied_beside_what_asks_again(
    qtbot: QtBot, page: DirectoryPage
) -> None:
    panel = page.check_panel
    assert panel is not None
    page.check_now()
    qtbot.waitUntil(panel.copy.isVisible)

    again, copy = panel.now, panel.copy
    qtbot.waitUntil(
        lambda: copy.geometry().center().y() == again.geometry().center().y()
    )
    assert copy.parentWidget() is page.board
    assert copy.x() > again.x()


def test_the_sum_stands_in_the_middle_of_its_row(
    qtbot: QtBot, board: Controllers
) -> None:
    board.model.take(DONE.controllers)
    board.resize(680, 400)
    board.show()

    def middle(widget: QWidget) -> int:
        return widget.geometry().center().y()

    qtbot.waitUntil(lambda: abs(middle(board.summary) - middle(board.add_button)) <= 1)


def test_a_look_at_many_is_told_once_in_numbers(
    qtbot: QtBot, board: Controllers, heard: Heard
) -> None:
    board.set_value([each.host for each in HUNDRED.controllers])
    board.model.begin(board.model.controllers)
    board.model.take(HUNDRED.controllers)

    board.announce_outcome([each.host for each in HUNDRED.controllers])

    assert heard.all == ["100 in order"]


def test_a_look_at_one_is_told_by_its_name(
    qtbot: QtBot, page: DirectoryPage, fake: FakeController, heard: Heard
) -> None:
    added = DomainController(host="dc9.corp.test")
    fake.inspection = replace(ONE, controllers=(answered("dc9.corp.test"),))
    heard.all.clear()

    page.set_answers({"directory.controllers": [*page.board.value(), added]})

    qtbot.waitUntil(lambda: "dc9.corp.test: In order" in heard.all)


def test_a_report_redraws_what_is_another_alone(board: Controllers) -> None:
    board.model.take(DONE.controllers)
    drawn: list[tuple[int, int]] = []
    board.model.dataChanged.connect(lambda a, b: drawn.append((a.row(), b.row())))

    board.model.take(DONE.controllers)
    assert drawn == []

    board.model.take((answered(DC2, 4), *DONE.controllers[2:]))
    assert drawn == [(1, 1)]
