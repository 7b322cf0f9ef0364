"""Signing in to a portal: what is shown, what comes back, and each way out."""

import pytest
import segno
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CODE, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import (
    ASKED,
    FINGERPRINT,
    INSTALLED,
    PORTAL_FINGERPRINT,
    SIGNED_IN,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret
from wire.text import Text
from wizard.enrolment.portal_client import SignInFailed
from wizard.flow.conversion import inputs_of
from wizard.flow.model import AGENT_KEYS
from wizard.ui.pages.enrolment import EnrolmentPage
from wizard.ui.pages.sign_in_dialog import SignInDialog
from wizard.ui.widgets.qr_code import QrCode
from wizard.ui.window import WizardWindow

PORTAL = "https://portal.corp.test"
_MODULE, _QUIET = 4, 4


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    opened = open_window(fake)
    go(qtbot, opened, "mode", "relay")
    opened.set_answers({"agent": "sync-01"})
    return opened


def shown(window: WizardWindow) -> EnrolmentPage:
    page = window.shown
    assert isinstance(page, EnrolmentPage)
    return page


def opened(window: WizardWindow) -> SignInDialog:
    shown(window).sign_in.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SignInDialog)
    return dialog


def asked(qtbot: QtBot, window: WizardWindow, fake: FakeController) -> SignInDialog:
    """Ask the portal; it waits for approval until `fake.go` is set."""
    fake.hold = "approval"
    dialog = opened(window)
    dialog.address.setText(PORTAL)
    dialog.begin()
    qtbot.waitUntil(lambda: dialog.waiting.code.text() != "")
    return dialog


def test_what_a_portal_gives_fills_the_page_and_says_whose_it_is(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    dialog = asked(qtbot, window, fake)
    fake.go.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    boxes = window.shown.field_boxes
    assert boxes["input.enrolment_code"].value() == Secret(CODE)
    assert boxes["relay.url"].value() == SIGNED_IN.relay
    assert "From your portal" in boxes["relay.url"].help.text()
    told = shown(window).signed_in.text()
    assert "Contoso" in told
    assert PORTAL_FINGERPRINT in told
    inputs = inputs_of(window.session.answers)
    assert inputs.agent_keys == Secret(SIGNED_IN.keys)
    window.session.clear_secrets()
    assert inputs_of(window.session.answers).agent_keys is None
    ((_, portal, agent, _),) = fake.named("sign_in")
    assert (portal.url, agent) == (PORTAL, "sync-01")


def test_what_people_do_and_compare_is_shown_and_read(
    qtbot: QtBot, window: WizardWindow, fake: FakeController, heard: Heard
) -> None:
    steps = asked(qtbot, window, fake).waiting
    assert steps.address.text() == ASKED.address
    assert steps.code.text() == "BCDF-GHJK"
    assert steps.code.accessibleName() == "B C D F - G H J K"
    assert steps.fingerprint.text().split() == FINGERPRINT.split()
    assert steps.fingerprint.accessibleName() == FINGERPRINT
    assert steps.agent.text() == "sync-01"
    assert ASKED.address in steps.qr.accessibleName()
    assert "BCDF-GHJK" in steps.qr.accessibleName()
    interface = QAccessible.queryAccessibleInterface(steps.qr)
    assert interface.role() == QAccessible.Role.Graphic
    assert heard.any("Waiting for approval", "B C D F - G H J K")
    steps.copy.click()
    assert QApplication.clipboard().text() == "BCDF-GHJK"
    fake.go.set()


def test_a_refusal_is_told_with_what_to_do_and_can_be_tried_again(
    qtbot: QtBot, window: WizardWindow, fake: FakeController, heard: Heard
) -> None:
    dialog = asked(qtbot, window, fake)
    fake.no_code = SignInFailed(Text("It was refused."), Text("Ask them why."))
    fake.go.set()
    qtbot.waitUntil(dialog.failure.isVisible)
    assert dialog.failure.text == "It was refused. Ask them why."
    assert heard.any("It was refused. Ask them why.")
    assert dialog.go_on.text() == "T&ry again"
    fake.no_code, fake.hold = None, ""
    dialog.go_on.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert window.session.answers.get(AGENT_KEYS) == Secret(SIGNED_IN.keys)


def test_cancelling_ends_the_waiting_and_changes_nothing(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    before = window.session.answers
    dialog = asked(qtbot, window, fake)
    assert dialog.worker.busy
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.worker.busy
    fake.go.set()
    assert not dialog.isVisible()
    assert window.session.answers == before


def test_a_code_can_be_typed_instead(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    dialog = asked(qtbot, window, fake)
    dialog.other.click()
    fake.go.set()
    line = window.shown.field_boxes["input.enrolment_code"].editor.line
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: window.focusWidget() is line)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("http://a.test", "Must start with https:// (the link is always encrypted) "),
        ("https://a.test/x", "Must not have a path after the host (it is 'https://a."),
        ("a b", "Must be https://host or https://host:port and no more (it is 'http"),
        ("", "This is needed"),
        ("  ", "This is needed"),
        ("por\u202etal.test", "Must be https://host or https://host:port and no more"),
        ("https://a..b", "Must be https://host or https://host:port and no more"),
        ("a" * 10_000, "Must be https://host or https://host:port and no more (it i"),
        ("a.test:99999", "Has a port that is not a number from 1 to 65535 (it is 'ht"),
        ("https://u:Never-shown-9@a.test", "Must be https://host or https://host:po"),
    ],
)
def test_an_address_that_is_none_is_told_beside_it(
    window: WizardWindow, fake: FakeController, wrong: str, says: str
) -> None:
    dialog = opened(window)
    dialog.address.setText(wrong)
    dialog.begin()
    told = dialog.problem.text
    assert told.startswith(says)
    assert told.endswith(". Type it as https://portal.contoso.com.")
    assert len(told) < 300
    assert all(sign.isprintable() for sign in told)
    assert "Never-shown" not in told
    assert dialog.address.text() == wrong
    assert dialog.address.accessibleDescription() == told
    assert not fake.named("sign_in")


def test_what_was_wrong_with_an_address_is_not_read_beside_another(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    dialog = opened(window)
    dialog.address.setText("a b")
    dialog.begin()
    dialog.address.setText(PORTAL)
    dialog.begin()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.address.accessibleDescription() == ""


def test_the_address_is_there_the_next_time_and_its_scheme_can_be_left_out(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    dialog = opened(window)
    dialog.address.setText("portal.corp.test")
    dialog.begin()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert opened(window).address.text() == PORTAL


def test_an_agent_without_a_name_asks_nobody(
    window: WizardWindow, fake: FakeController
) -> None:
    window.set_answers({"agent": "Sync 1"})
    shown(window).sign_in.click()
    assert QApplication.activeModalWidget() is None
    assert "Must be 1 to 63" in window.shown.field_boxes["agent"].wrong.text
    assert not fake.named("sign_in")


def test_the_way_to_the_portal_is_by_the_proxy_that_is_answered(
    qtbot: QtBot, window: WizardWindow, fake: FakeController
) -> None:
    window.set_answers({"relay.proxy": "http://proxy.corp.test:3128"})
    dialog = asked(qtbot, window, fake)
    fake.go.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    ((_, portal, _, _),) = fake.named("sign_in")
    assert portal.proxy == "http://proxy.corp.test:3128"


def test_new_keys_take_a_code_of_their_own_relay_alone(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED)
    fake.signed_in = SIGNED_IN.__class__(
        **{**vars(SIGNED_IN), "relay": "https://relay.other.test"}
    )
    window = open_window(fake)
    window.set_answers({"task": "rekey"})
    go(qtbot, window, "rekey")
    dialog = opened(window)
    dialog.address.setText(PORTAL)
    dialog.begin()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    ((_, _, _, inputs),) = fake.named("sign_in")
    assert inputs.new_keys
    box = window.shown.field_boxes["input.enrolment_code"]
    assert SETTINGS.relay.url in box.wrong.text


def test_the_picture_is_the_code_dark_on_light(qtbot: QtBot) -> None:
    qr = QrCode()
    qtbot.addWidget(qr)
    qr.show_text(ASKED.complete, "x")
    qr.resize(qr.sizeHint())
    image = qr.grab().toImage()
    matrix = segno.make(ASKED.complete, error="m", micro=False).matrix
    for row, modules in enumerate(matrix):
        for at, module in enumerate(modules):
            middle = [(_QUIET + each) * _MODULE + 1 for each in (at, row)]
            dark = QColor(image.pixel(QPoint(*middle))).lightness() < 128
            assert dark is bool(module), (at, row)
    assert QColor(image.pixel(QPoint(2, 2))).lightness() > 250
