"""Welcome: answers that are there already, what is shipped, and the language."""

from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from agent.config.settings_file import dump
from tests.unit.wizard.answered import CANARY, CODE, SETTINGS, express
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.flow.defaults import Offers
from wizard.flow.kept_answers import KeptAnswers
from wizard.ui.application import application
from wizard.ui.pages.welcome import WelcomePage
from wizard.ui.start import shipped_texts
from wizard.ui.window import WizardWindow

ADMIN = {"input.admin_user": "administrator@corp.test"}


@pytest.fixture
def kept(tmp_path: Path) -> KeptAnswers:
    return KeptAnswers(tmp_path / "writeback/answers.json")


@pytest.fixture
def window(
    qtbot: QtBot, fake: FakeController, kept: KeptAnswers
) -> Iterator[WizardWindow]:
    application()
    opened = WizardWindow(cast("Controller", fake), Offers(), kept)
    qtbot.addWidget(opened)
    opened.show()
    qtbot.waitUntil(lambda: opened.page_id() != "reading")
    yield opened
    fake.go.set()
    opened.done(0)


@pytest.fixture
def page(window: WizardWindow) -> WelcomePage:
    shown = window.page("welcome")
    assert isinstance(shown, WelcomePage)
    return shown


def leave(window: WizardWindow) -> str:
    """Press Cancel, and give what is asked then."""
    window.reject()
    assert window.question
    return window.question.informativeText()


def test_nothing_is_offered_where_nothing_was_left(page: WelcomePage) -> None:
    assert page.left_panel.isHidden()


def test_leaving_says_that_answers_are_kept_without_secrets(
    qtbot: QtBot, window: WizardWindow, kept: KeptAnswers
) -> None:
    go(qtbot, window, "mode", "relay")
    window.set_answers({"relay.url": "https://relay.corp.test"})
    window.set_answers({"input.enrolment_code": Secret(CODE)})
    text = leave(window)

    assert "kept for you on this machine" in text
    assert "passwords and the code are not" in text
    left = kept.read()
    assert left is not None
    assert (left.page, left.values["relay.url"]) == ("relay", "https://relay.corp.test")
    assert CODE not in kept.path.read_text()


def test_what_can_not_be_kept_is_said(
    qtbot: QtBot, window: WizardWindow, kept: KeptAnswers
) -> None:
    kept.path.parent.write_text("a file where the folder would be")
    go(qtbot, window, "mode")

    assert leave(window).startswith("Your answers can't be kept: ")


def test_an_installation_that_is_there_keeps_no_answers(
    qtbot: QtBot, kept: KeptAnswers
) -> None:
    controller = cast("Controller", FakeController(found=INSTALLED))
    window = WizardWindow(controller, Offers(), kept)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.page_id() != "reading")

    window.reject()
    assert kept.read() is None
    window.done(0)


def test_one_goes_on_where_a_secret_is_missing(
    qtbot: QtBot, window: WizardWindow, page: WelcomePage, kept: KeptAnswers
) -> None:
    kept.keep("features", express(mode="custom", relay__url="https://other.corp.test"))
    page.entered()
    qtbot.waitUntil(page.left_panel.isVisible)
    assert "Optional features" in page.left_panel.where.text()
    page.left_panel.go_on.click()

    assert window.page_id() == "relay"
    boxes = window.page("relay").field_boxes
    assert boxes["relay.url"].value() == "https://other.corp.test"
    assert window.session.answers.get("mode") == "custom"
    window.back()
    assert window.page_id() == "mode"
    assert page.left_panel.isHidden()


def test_answers_that_are_not_wanted_are_deleted(
    qtbot: QtBot, page: WelcomePage, kept: KeptAnswers
) -> None:
    kept.keep("relay", express())
    page.entered()
    qtbot.waitUntil(page.left_panel.isVisible)
    page.left_panel.anew.click()

    assert kept.read() is None
    assert page.left_panel.isHidden()


def test_answers_that_were_applied_are_kept_no_more(
    qtbot: QtBot, window: WizardWindow, kept: KeptAnswers
) -> None:
    kept.keep("relay", express())
    window.session.put(dict(express().values))
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    with qtbot.waitSignal(window.applied):
        window.press_next()

    assert kept.read() is None


def drop(page: WelcomePage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))


def test_a_settings_file_that_is_dropped_fills_the_answers(
    qtbot: QtBot, window: WizardWindow, page: WelcomePage, tmp_path: Path
) -> None:
    file = tmp_path / "corp.yaml"
    file.write_text(dump(SETTINGS))
    with qtbot.waitSignal(page.file.taken):
        drop(page, file)
    (row,) = page.file.check_rows.checks
    assert row.state == "ok"
    assert "Relay, " in row.detail
    window.session.put({"input.enrolment_code": Secret(CODE), **ADMIN})
    window.session.put({"input.admin_password": Secret(CANARY)})
    go(qtbot, window, "mode", "relay")
    assert "From corp.yaml" in window.page("relay").field_boxes["relay.url"].help.text()

    assert window.session.settings == SETTINGS


def test_what_is_wrong_in_a_file_is_named_by_its_field(
    qtbot: QtBot, window: WizardWindow, page: WelcomePage, tmp_path: Path
) -> None:
    file = tmp_path / "corp.yaml"
    wrong = dump(SETTINGS).replace("https://relay", "http://relay")
    file.write_text(f"{wrong}admin_password: {CANARY}\n")
    # found on the machine, whenever it is
    qtbot.waitUntil(lambda: "directory.domain" in window.session.answers.values)
    before = window.session.answers
    page.file.read(str(file))
    qtbot.waitUntil(lambda: bool(page.file.check_rows.checks))

    rows = {str(row.title): row.detail for row in page.file.check_rows.checks}
    assert "https://" in rows["relay.url"]
    assert "admin_password" in rows
    assert CANARY not in page.file.check_rows.text
    assert window.session.answers == before


def test_a_file_that_is_not_there_is_told(
    qtbot: QtBot, page: WelcomePage, tmp_path: Path
) -> None:
    page.file.read(str(tmp_path / "nothing.yaml"))
    qtbot.waitUntil(lambda: bool(page.file.check_rows.checks))

    assert page.file.check_rows.checks[0].state == "failed"


def test_what_came_of_a_file_is_seen_in_a_low_window(
    qtbot: QtBot, page: WelcomePage, tmp_path: Path
) -> None:
    page.window().resize(640, 400)
    page.file.read(str(tmp_path / "nothing.yaml"))
    qtbot.waitUntil(lambda: bool(page.file.check_rows.checks))

    rows, seen = page.file.check_rows, page.area.viewport()
    qtbot.waitUntil(
        lambda: seen.rect().contains(rows.mapTo(seen, rows.rect().center()))
    )


def test_what_is_new_and_on_what_terms_is_shown(
    qtbot: QtBot, page: WelcomePage
) -> None:
    page.about.new.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.about.dialog is not None)

    assert page.about.dialog
    assert "Changelog" in page.about.dialog.view.text.toPlainText()
    page.about.dialog.close()


def test_on_windows_the_terms_are_those_beside_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipped_texts, "_DOC", PureWindowsPath("/usr/share/doc/x"))
    monkeypatch.setattr(shipped_texts, "_SOURCES", tmp_path / "lib")
    (tmp_path / "NOTICE.txt").write_text("terms of the MSI", "utf-8")
    assert shipped_texts.licences() == "terms of the MSI"
    assert shipped_texts.changelog() == ""


def test_the_terms_name_what_is_shipped() -> None:
    text = shipped_texts.licences()

    assert "Lucide" in text
    assert "Apache" in text
    assert "PySide6" in text
    assert "LGPL" in text
