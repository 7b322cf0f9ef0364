"""Trusting a controller's authority: compared first, chosen by a button, undone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import CORP, ONE, answered, unknown_authority
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wizard.ui.pages.directory import DirectoryPage
from wizard.ui.trust.authority_panel import AuthorityPanel
from wizard.ui.window import WizardWindow

PATH = "directory.ca_certificate"
ROOT = CORP.root.pem


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    opened = open_window(fake, **offered)
    go(qtbot, opened, "mode", "relay")
    return opened


@pytest.fixture
def page(qtbot: QtBot, window: WizardWindow, fake: FakeController) -> DirectoryPage:
    """The page, with a controller whose authority is not known here."""
    fake.inspection = unknown_authority()
    go(qtbot, window, "directory")
    shown = window.page("directory")
    assert isinstance(shown, DirectoryPage)
    panel = shown.board.details.authority
    qtbot.waitUntil(lambda: not panel.isHidden())
    return shown


@pytest.fixture
def panel(page: DirectoryPage) -> AuthorityPanel:
    return page.board.details.authority


def asked_with(fake: FakeController) -> list[str | None]:
    drafts = (call[1] for call in fake.named("check controllers"))
    return [draft.directory.ca_certificate for draft in drafts]


def test_the_chain_is_shown_before_its_authority_is_trusted(
    page: DirectoryPage, panel: AuthorityPanel
) -> None:
    sent = [line.split(", good to")[0] for line in panel.chain.text().splitlines()]
    details = page.board.details.check_rows.rows[0].details.toPlainText()

    assert sent[1:] == ["CN=dc1.corp.test", "CN=Corp Issuing CA 1", "CN=Corp Root CA"]
    assert "CN=Corp Root CA\n  issued by itself" in details
    assert details.count("SHA-256") == 3
    assert panel.lines.subject.text() == "CN=Corp Root CA"
    assert panel.button.text() == "Trust this authority"
    below = (panel.lines, panel.chain, panel.compare, panel.button)
    heights = [each.mapTo(panel, each.rect().topLeft()).y() for each in below]
    assert heights == sorted(heights)


def test_next_leads_to_it_and_enter_does_not_trust(
    qtbot: QtBot, window: WizardWindow, page: DirectoryPage, fake: FakeController
) -> None:
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert page.board.table.hasFocus()
    assert not page.more.opened
    QTest.keyClick(page.board.table, Qt.Key.Key_Return)
    assert page.answers[PATH] is None
    assert set(asked_with(fake)) == {None}


def test_the_fingerprint_is_whole_first_and_copied(panel: AuthorityPanel) -> None:
    assert panel.offer
    sha256 = panel.offer.certificate.sha256
    assert panel.lines.fingerprint.text().replace(" ", ":") == sha256
    panel.lines.copy.click()
    assert QGuiApplication.clipboard().text() == sha256
    assert "certutil -v -store Root" in panel.compare.text()
    spoken = panel.button.accessibleDescription()
    assert spoken.index(sha256) < spoken.index("Compare this fingerprint")
    assert panel.button.accessibleName() == "Trust this authority: CN=Corp Root CA"


def test_trusted_it_is_an_answer_and_all_are_asked_anew(
    qtbot: QtBot,
    page: DirectoryPage,
    panel: AuthorityPanel,
    fake: FakeController,
    heard: Heard,
) -> None:
    window = page.window()
    assert isinstance(window, WizardWindow)
    fake.inspection = replace(ONE, controllers=(answered("dc1.corp.test"),))
    panel.button.setFocus()
    QTest.keyClick(panel.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: asked_with(fake) == [None, ROOT])
    qtbot.waitUntil(panel.isHidden)

    assert window.session.answers.get(PATH) == ROOT
    assert heard.any("Trusted: CN=Corp Root CA. The controllers are checked again.")
    assert page.board.table.hasFocus()
    assert page.more.opened
    assert page.field_boxes[PATH].editor.lines.subject.text() == "CN=Corp Root CA"
    go(qtbot, window, "account")


def test_it_is_trusted_no_longer_by_a_button(
    qtbot: QtBot, page: DirectoryPage, panel: AuthorityPanel, fake: FakeController
) -> None:
    panel.button.click()
    qtbot.waitUntil(lambda: asked_with(fake)[-1] == ROOT)
    editor = page.field_boxes[PATH].editor
    editor.remove.click()
    qtbot.waitUntil(lambda: asked_with(fake)[-1] is None)

    assert page.answers[PATH] is None
    assert editor.remove.isHidden()


def test_another_controller_of_another_authority_says_who_gives_way(
    qtbot: QtBot, window: WizardWindow, panel: AuthorityPanel
) -> None:
    window.set_answers({PATH: CORP.issuing.pem})
    qtbot.waitUntil(lambda: "CN=Corp Issuing CA 1" in panel.replaces.text())
    assert not panel.replaces.isHidden()


@pytest.mark.parametrize(
    ("highest", "action", "says", "command"),
    [
        ("root", "Trust this authority", "", "-store Root"),
        ("issuing", "Trust this authority", "did not send the root", "-store CA"),
        ("own", "Trust this certificate", "its own certificate alone", "-store My"),
    ],
)
def test_what_was_not_sent_is_said(
    qtbot: QtBot, highest: str, action: str, says: str, command: str
) -> None:
    panel = AuthorityPanel()
    qtbot.addWidget(panel)
    facts = unknown_authority(highest).controllers[0]
    panel.show_offer(facts.offer, facts.chain)

    assert panel.button.text() == action
    assert says in panel.about.text()
    assert panel.about.isHidden() is (not says)
    assert command in panel.compare.text()
