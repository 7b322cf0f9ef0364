"""Recovery: what was cut off comes first, each time it happens."""

from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, RECOVERY, REMOVAL
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.text import Text
from wizard.plan.change import ApplyError

ADMIN = {path: EXPRESS[path] for path in ("input.admin_user", "input.admin_password")}


def test_a_second_run_that_is_cut_off_in_the_same_window_is_finished_too(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(found=INSTALLED, cut_off=RECOVERY)
    window = open_window(fake)
    window.set_answers(ADMIN)
    go(qtbot, window, "health")
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.set_answers({**ADMIN, "input.accept_final": True})
    rest = REMOVAL[5:]
    fake.apply_error = ApplyError(rest[0], Text("No route to host."), (), (), rest)
    fake.fails_at = 5
    go(qtbot, window, "apply")
    qtbot.waitUntil(lambda: bool(window.page("apply").check_rows.checks))
    fake.apply_error = None
    go(qtbot, window, "recovery")
    page = window.page("recovery")
    assert [row.summary for row in page.changes.rows] == [c.summary for c in rest]
    assert page.next_text == "&Finish the removal"
    assert not page.field_boxes["input.admin_user"].isHidden()
    window.set_answers(ADMIN)
    window.press_next()
    qtbot.waitUntil(lambda: page.ends)
    assert len(fake.named("recover")) == 2
    assert page.title_label.text() == "Writeback is removed"


def test_a_roll_back_under_way_is_seen_and_asks_nothing_more(
    qtbot: QtBot, open_window: Open
) -> None:
    fake = FakeController(cut_off=RECOVERY, hold="recover")
    window = open_window(fake)
    page = window.page("recovery")
    assert page.bar.isHidden()
    window.set_answers(ADMIN)
    window.press_next()
    assert not page.bar.isHidden()
    assert page.state.text() == "Rolling back what was done…"
    assert not page.field_boxes["input.admin_user"].isEnabled()
    fake.go.set()
    qtbot.waitUntil(lambda: window.page_id() != "recovery" or not page.busy)
    assert page.bar.isHidden()
