"""Complete: what was made is checked, a test is timed, the portal has a text."""

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import FINGERPRINT, PORTAL_DETAILS, VERIFIED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import EXCESS, IN_ORDER
from tests.unit.wizard.ui.walk import go, wait_for
from wizard.permissions.findings import Finding, Level
from wizard.results import Check
from wizard.ui.pages.complete import CompletePage
from wizard.ui.window import WizardWindow

WAITS = Finding(
    "protected/waiting",
    Level.INFO,
    "SDProp has yet to take the right from 1 protected person",
    "CN=Eve",
    "Nothing is to be done.",
)


def at_complete(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> tuple[WizardWindow, CompletePage]:
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "complete")
    page = window.page("complete")
    qtbot.waitUntil(lambda: page.made.whole is not None)
    return window, page


def test_what_was_made_is_checked_by_the_finder_of_the_permissions_page(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_complete(qtbot, open_window, fake, offered)

    asked = [call[0] for call in fake.permissions.calls]
    assert asked[-2:] == ["coverage", "about_account"]
    whole = "1\u202f204 of 1\u202f250 people in the scope can be reset."
    assert page.made.sum_up.text() == whole
    (row,) = page.made.account_rows.checks
    assert (row.state, row.detail) == ("ok", "Nothing wrong in 22 findings.")


def test_what_is_wrong_with_the_account_is_said(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.permissions.findings = EXCESS
    _, page = at_complete(qtbot, open_window, fake, offered)

    (row,) = page.made.account_rows.checks
    assert (row.id, row.state) == ("outside/reset_password", "warning")


def test_who_waits_for_sdprop_is_told_and_is_not_called_wrong(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.permissions.findings = (*IN_ORDER, WAITS)
    _, page = at_complete(qtbot, open_window, fake, offered)

    fine, waits = page.made.account_rows.checks
    assert (fine.state, waits.state) == ("ok", "info")
    assert "SDProp has yet to" in waits.title


def test_the_portals_team_gets_one_text(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_complete(qtbot, open_window, fake, offered)
    qtbot.waitUntil(page.panel.isVisible)

    page.panel.all.click()

    copied = QGuiApplication.clipboard().text()
    for text in (FINGERPRINT, PORTAL_DETAILS.url, PORTAL_DETAILS.issuer):
        assert text in copied
    assert len(copied.splitlines()) == 4


def test_a_test_is_shown_hop_by_hop(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_complete(qtbot, open_window, fake, offered)
    assert page.test.timeline.isHidden()
    page.set_answers({"test.value": "anna@corp.test"})

    with qtbot.waitSignal(page.test.tested):
        page.test.test()

    assert page.test.timeline.isVisibleTo(page)
    spoken = page.test.timeline.accessibleDescription()
    assert spoken.startswith("Portal, relay, agent, and back: 12 ms; ")


def test_its_details_name_the_hops_as_the_timeline_does(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_complete(qtbot, open_window, fake, offered)
    page.set_answers({"test.value": "anna@corp.test"})
    with qtbot.waitSignal(page.test.tested):
        page.test.test()
    (row,) = page.test.check_rows.checks
    assert row.more.splitlines()[0] == "Portal, relay, agent, and back: 12 ms"
    assert "judge" not in page.test.check_rows.text


def test_the_title_does_not_say_that_all_is_well_where_a_check_failed(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.verified = (Check("relay", "Relay", "failed", "No answer.", "Look there."),)
    _, page = at_complete(qtbot, open_window, fake, offered)
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))
    assert page.title_label.text().endswith("but not all checks passed")

    fake.verified = VERIFIED
    page.verify()
    qtbot.waitUntil(lambda: page.title_label.text() == "Password writeback is on")


@pytest.mark.parametrize(
    "step",
    [
        ("See who can be reset", "permissions"),
        ("Troubleshoot one person", "explain"),
        ("Save the settings", "view"),
        ("Watch how it is", "health"),
    ],
)
def test_each_next_step_leads_there(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    step: tuple[str, str],
) -> None:
    name, leads = step
    window, page = at_complete(qtbot, open_window, fake, offered)
    links = {b.accessibleName(): b for b in page.steps.findChildren(QPushButton)}

    links[name].click()

    wait_for(qtbot, window, leads)
