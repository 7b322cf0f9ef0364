"""Ready to configure: everything chosen, who is reached, what is undone, the report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import BEGINS, CANARY, CODE
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALL, INSTALLED, PORTAL_FINGERPRINT, change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.text import Text
from wizard.plan.change import StepFailed
from wizard.results import EnrolledPortal
from wizard.ui.pages.review import ReviewPage
from wizard.ui.review.plan_view import ChangeLine
from wizard.ui.window import WizardWindow

PAGES = ("mode", "relay", "directory", "account", "review")


def texts(part: QWidget) -> list[str]:
    """What a part of a page shows."""
    shown = part.findChildren(QLabel)
    return [each.text() for each in shown if each.isVisibleTo(part)]


def at_review(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> tuple[WizardWindow, ReviewPage]:
    window = open_window(fake, **offered)
    go(qtbot, window, *PAGES)
    page = window.page("review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    qtbot.waitUntil(lambda: page.reach.found is not None)
    return window, page


def test_everything_chosen_stands_there_page_by_page(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)

    shown = texts(page.chosen)
    for text in (
        "Connect to the cloud",
        "Relay address",
        "https://relay.corp.test",
        "found: a test",
        "Optional features",
        "chosen by Express",
        "Given, never shown",
    ):
        assert text in shown
    assert not any(CANARY in text or CODE in text for text in texts(page))


def test_change_goes_to_the_page_and_next_comes_back(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window, page = at_review(qtbot, open_window, fake, offered)
    named = {b.accessibleName(): b for b in page.chosen.findChildren(QPushButton)}

    named["Change: Connect to the cloud"].click()

    assert window.page_id() == "relay"
    window.set_answers({"agent": "another"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: "another" in texts(page.chosen))
    assert fake.named("plan")[-1][1].agent == "another"
    # it was gone back to once; by itself the journey is as long as before
    window.back()
    assert window.page_id() == "relay"
    go(qtbot, window, "directory")


def test_an_answer_that_asks_for_more_pages_leads_through_them(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    window, page = at_review(qtbot, open_window, fake, offered)
    page.chosen.change.emit("mode")
    assert window.page_id() == "mode"

    window.set_answers({"mode": "custom"})

    go(qtbot, window, "relay")


def test_who_will_be_able_to_reset_is_counted_for_the_settings_shown(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)

    whole = "1\u202f204 of 1\u202f250 people in the scope will be able to reset."
    assert page.reach.sum_up.text() == whole
    assert {"31", "Protected by AdminSDHolder"} <= set(texts(page.reach.causes))
    call, planned = fake.permissions.calls[-1], fake.named("plan")[-1]
    assert call[:2] == ("foresee", planned[1])


def test_counting_does_not_keep_one_from_going_on_or_back(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.permissions.hold = True
    window = open_window(fake, **offered)
    go(qtbot, window, *PAGES)
    page = window.page("review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert page.reach.progress.worker.busy
    assert page.can_go_on

    window.back()

    assert not page.reach.progress.worker.busy


def test_what_can_not_be_counted_is_said_with_the_reason(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    fake.permissions.error = StepFailed(Text("No password is known."), Text("Give it."))
    _, page = at_review(qtbot, open_window, fake, offered)

    assert page.reach.sum_up.text().startswith("Not known: No password is known.")
    assert page.can_go_on
    fake.permissions.error = None
    page.reach.again.click()
    qtbot.waitUntil(lambda: page.reach.sum_up.text().startswith("1\u202f204 of"))


def test_a_change_opens_to_its_entries_and_to_what_rolls_it_back(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)
    grant = page.view.findChildren(ChangeLine)[2]

    grant.opener.click()

    assert grant.details is not None
    shown = texts(grant.details)
    assert any("00299570-246d-11d0-a768-00aa006e0529" in text for text in shown)
    undone = "If it is rolled back: Removes these entries one by one, and no other."
    assert undone in shown
    grant.opener.click()
    assert grant.details.isHidden()


def test_the_portal_is_compared_before_anything_is_changed(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)

    assert "Its fingerprint begins with" in texts(page.portal)
    assert BEGINS in texts(page.portal)


def test_another_configuration_shows_the_portal_in_force_whole(
    qtbot: QtBot, open_window: Open
) -> None:
    portal = EnrolledPortal("https://portal.corp.test", PORTAL_FINGERPRINT)
    planned = (change("settings", "Turns password writeback off", {"on": True}),)
    fake = FakeController(found=replace(INSTALLED, portal=portal), planned=planned)
    window = open_window(fake)
    window.set_answers({"task": "writeback"})
    go(qtbot, window, "review")
    page = window.page("review")
    qtbot.waitUntil(lambda: bool(window.session.changes))

    assert PORTAL_FINGERPRINT in texts(page.portal)
    assert "as it is now" in texts(page.chosen)


def test_many_changes_are_drawn_some_at_a_time(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, Any]
) -> None:
    many = tuple(change("settings", f"Writes file {number}") for number in range(20))
    fake.planned = many
    _, page = at_review(qtbot, open_window, fake, offered)

    assert len(page.view.findChildren(ChangeLine)) == 12
    more = [b for b in page.view.findChildren(QPushButton) if "8 more" in b.text()]
    more[0].click()
    assert len(page.view.findChildren(ChangeLine)) == 20
    assert more[0].isHidden()


def saved(qtbot: QtBot, page: ReviewPage, place: Path) -> None:
    page.report.save(place)
    qtbot.waitUntil(lambda: not page.report.worker.busy)
    assert page.report.state.text() == f"Saved as {place}"


def test_the_report_is_text_or_pdf_and_holds_no_secret(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    tmp_path: Path,
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)
    text, pdf = tmp_path / "plan.txt", tmp_path / "plan.pdf"

    saved(qtbot, page, text)
    saved(qtbot, page, pdf)

    with pypdfium2.PdfDocument(pdf) as document:
        about = document.get_metadata_dict()
        pages = [page.get_textpage().get_text_bounded() for page in document]
    printed = " ".join(" ".join(pages).split())
    assert about["Title"] == "Plan of changes for password writeback"
    for shown in (
        "https://relay.corp.test",
        "people in the scope will be able to reset",
        "Deletes the account, by the mark of this run in its info.",
        "2E71 B0C4 98AD 3F16",
        str(INSTALL[1].summary),
    ):
        assert shown in printed
        assert shown in text.read_text()
    for secret in (CANARY, CODE):
        assert secret not in printed + text.read_text()
        assert secret.encode() not in pdf.read_bytes()


def test_a_report_that_can_not_be_written_says_why(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, Any],
    tmp_path: Path,
) -> None:
    _, page = at_review(qtbot, open_window, fake, offered)

    page.report.save(tmp_path / "nowhere" / "plan.txt")

    qtbot.waitUntil(lambda: not page.report.worker.busy)
    assert "nowhere" in page.report.state.text()
    assert page.report.button.isEnabled()
