"""What checks came to stays in sight, and is told again on Ready to configure."""

from pathlib import Path
from typing import Any

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.accessible_tree import Node
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import ONE, RELAY_ROWS, ROWS
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go, wait_for
from wizard.results import Check
from wizard.ui.pages.review import ReviewPage
from wizard.ui.presenters.verified import summed_up
from wizard.ui.widgets.check_rows import MOST
from wizard.ui.widgets.rows_dialog import RowsDialog
from wizard.ui.window import WizardWindow

ENDS_SOON = Check("tls", "Certificate", "warning", "Ends in 3 days", "Renew it.")
RELAY = (*RELAY_ROWS[:3], ENDS_SOON)
WALKED = ("relay", "directory", "account")


def at_relay(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> WizardWindow:
    fake.rows["relay"] = RELAY
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay")
    return window


def past_the_relay(qtbot: QtBot, window: WizardWindow) -> None:
    """Its warning is seen, and gone on from."""
    with qtbot.waitSignal(window.refused):
        window.press_next()
    go(qtbot, window, "directory")


def at_review(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> tuple[WizardWindow, ReviewPage]:
    window = at_relay(qtbot, open_window, fake, offered)
    past_the_relay(qtbot, window)
    go(qtbot, window, "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    return window, window.page("review")


def read(page: ReviewPage) -> list[str]:
    """What a screen reader is told under Verified."""
    rows = Node.of(page.verified_part).all(QAccessible.Role.ListItem)
    return [row.name for row in rows]


def test_each_outcome_is_told_on_the_page_that_follows(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window = at_relay(qtbot, open_window, fake, offered)
    past_the_relay(qtbot, window)
    told = [window.bar.text.text()]
    go(qtbot, window, "account")
    told.append(window.bar.text.text())
    go(qtbot, window, "review")
    told.append(window.bar.text.text())
    assert told == [
        "Connect to the cloud: 1 of 4 checks has a warning",
        f"Directories: {len(ONE.checks)} checks passed",
        f"Service account: {len(ROWS['account'])} checks passed",
    ]
    assert window.bar.isVisible()


def test_it_is_kept_on_the_way_back_with_its_details(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window, _ = at_review(qtbot, open_window, fake, offered)
    window.go_back_to("relay")
    assert window.bar.text.text() == "1 of 4 checks has a warning"
    assert window.page("relay").check_panel.check_rows.checks == RELAY
    assert len(fake.named("check relay")) == 1
    past = [each for each in window.bar.buttons if each.text() == "Details"]
    assert len(past) == 1
    window.back()
    assert window.bar.isHidden()  # nothing is checked before it


def test_all_are_told_again_under_verified(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window, page = at_review(qtbot, open_window, fake, offered)
    assert page.verified_part.isVisible()
    (title,) = Node.of(page.verified_part).all(QAccessible.Role.Heading)
    assert title.name == "Verified"
    told = summed_up((*RELAY, *ONE.checks, *ROWS["account"]))
    assert page.verified.checks == told
    shown = read(page)
    assert len(shown) == len(told) < MOST  # all are read: a controller is one row
    warned = "Certificate: Warning. Ends in 3 days. Renew it."
    assert warned in shown
    next(each for each in window.bar.buttons if each.text() == "Details").click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RowsDialog)
    assert dialog.check_rows.checks == ROWS["account"]
    dialog.close()


def test_what_another_answer_took_back_is_verified_no_more(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window, page = at_review(qtbot, open_window, fake, offered)
    page.chosen.change.emit("account")
    wait_for(qtbot, window, "account")
    mended = (Check("sign-in", "Sign-in", "ok", "To 1 of 1 controllers"),)
    fake.rows["account"] = mended
    window.set_answers({"directory.account.name": "svc-other"})
    assert window.bar.text.text() == f"Directories: {len(ONE.checks)} checks passed"
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert page.verified.checks == summed_up((*RELAY, *ONE.checks, *mended))


def test_the_report_has_them_too(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    tmp_path: Path,
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)
    page.report.save(tmp_path / "plan.txt")
    qtbot.waitUntil(lambda: not page.report.worker.busy)
    _, _, verified = (tmp_path / "plan.txt").read_text().rpartition("\nVerified\n")
    assert "Certificate: Ends in 3 days" in verified
    for check in ROWS["account"]:
        assert f"{check.title}: {check.detail}" in verified
