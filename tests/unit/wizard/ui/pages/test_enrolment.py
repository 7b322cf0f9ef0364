"""One pasted link fills the page, and says at once whose portal it is for."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, PORTAL_FINGERPRINT
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.enrolment_code import EnrolmentCode
from wire.enrolment_link import EnrolmentLink
from wire.secret import Secret
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.window import WizardWindow

PORTAL = bytes.fromhex(PORTAL_FINGERPRINT)[:16]
CODE = EnrolmentCode(b"s" * 16, PORTAL)
LINK = EnrolmentLink("https://relay.other.test", CODE, "sync-07")


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    opened = open_window(fake)
    go(qtbot, opened, "mode", "relay")
    return opened


def boxes(window: WizardWindow) -> dict[str, FieldBox]:
    found: dict[str, FieldBox] = window.shown.field_boxes
    return found


def paste(window: WizardWindow, text: str) -> FieldBox:
    box = boxes(window)["input.enrolment_code"]
    box.editor.line.clear()
    QApplication.clipboard().setText(text)
    box.editor.line.paste()
    return box


@pytest.mark.parametrize("before", ["", "https://portal.other.test/help#"])
def test_a_link_fills_the_page(
    qtbot: QtBot, window: WizardWindow, fake: FakeController, before: str
) -> None:
    box = paste(window, f"{before}{LINK.text}")

    assert box.value() == Secret(CODE.text)
    assert boxes(window)["relay.url"].value() == LINK.relay
    assert boxes(window)["agent"].value() == "sync-07"
    assert "From the enrolment link" in boxes(window)["relay.url"].help.text()
    go(qtbot, window, "directory")
    ((_, draft, inputs),) = fake.named("check relay")
    assert draft.relay.url == LINK.relay
    assert inputs.enrolment_code == Secret(CODE.text)


def test_a_code_says_how_its_portals_fingerprint_begins(window: WizardWindow) -> None:
    box = paste(window, CODE.text)

    assert box.editor.portal.isVisible()
    assert "2E71 B0C4 98AD 3F16 D25C 6E0B A7F3 1148." in box.editor.portal.text()
    paste(window, CODE.text[:-1])
    assert not box.editor.portal.isVisible()


def test_a_link_that_is_none_is_told_and_stays(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    window.set_answers({"relay.url": "https://relay.corp.test"})
    box = paste(window, "https://portal.other.test/help")
    with qtbot.waitSignal(window.refused):
        window.press_next()

    assert "writeback:enrol" in box.wrong.text
    assert not fake.named("check relay")


def test_new_keys_take_a_link_of_their_own_relay_alone(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(FakeController(found=INSTALLED))
    window.set_answers({"task": "rekey"})
    go(qtbot, window, "rekey")
    box = paste(window, LINK.text)
    assert "relay.other.test" in box.wrong.text
    assert SETTINGS.relay.url in box.wrong.text
    box = paste(window, EnrolmentLink(SETTINGS.relay.url, CODE).text)

    assert box.wrong.text == ""
    assert box.value() == Secret(CODE.text)
