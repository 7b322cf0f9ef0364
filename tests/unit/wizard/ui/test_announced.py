"""What happens by itself is announced: checks, refusals, changes, roll-back, ends."""

from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALL
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.text import Text
from wizard.plan.change import ApplyError
from wizard.results import Check
from wizard.ui.window import WizardWindow

EXPRESS_PAGES = ("mode", "relay", "directory", "account", "review")


def at_review(qtbot: QtBot, window: WizardWindow) -> WizardWindow:
    go(qtbot, window, *EXPRESS_PAGES)
    qtbot.waitUntil(lambda: bool(window.session.changes))
    return window


def test_check_is_heard_to_begin_and_to_end(
    qtbot: QtBot, open_window: Open, offered: dict[str, object], heard: Heard
) -> None:
    window = open_window(**offered)
    go(qtbot, window, "mode", "relay")
    heard.all.clear()

    go(qtbot, window, "directory")

    begun, ended, page, *_ = heard.all
    assert begun == str(window.page("relay").page.check.doing)
    assert ended == "The check ended: all is well"
    assert page == "Connect directories"


def test_refused_answer_is_heard_with_its_field(
    qtbot: QtBot, open_window: Open, offered: dict[str, object], heard: Heard
) -> None:
    window = open_window(**offered)
    go(qtbot, window, "mode", "relay")
    window.set_answers({"relay.url": "http://relay.corp.test"})

    window.press_next()

    assert [text for text in heard.urgent if "Relay address: " in text]
    assert not heard.any("relay.url")


def test_failed_check_is_heard_with_its_remedy(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, object],
    heard: Heard,
) -> None:
    what, remedy = Text("No answer within 5 s."), Text("Open port 443.")
    fake.rows["relay"] = (Check("tcp", Text("Connection"), "failed", what, remedy),)
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay")

    with qtbot.waitSignal(window.refused):
        window.press_next()

    assert "The check ended: 1 failure" in heard.polite
    assert "Connection: Failed. No answer within 5 s. Open port 443." in heard.urgent


def test_stopped_check_is_heard(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, object],
    heard: Heard,
) -> None:
    fake.hold = "check relay"
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay")
    window.press_next()

    window.page("relay").check_panel.stop_check()

    assert heard.polite[-1] == "Stopped. Nothing was changed."


def test_each_change_and_the_end_are_heard(
    qtbot: QtBot, open_window: Open, offered: dict[str, object], heard: Heard
) -> None:
    window = at_review(qtbot, open_window(**offered))
    heard.all.clear()

    go(qtbot, window, "complete")

    making, *rest = [text for text in heard.all if text != "Configuring"]
    made = rest[: len(INSTALL)]
    assert making == "Making 6 changes…"
    for change, text in zip(INSTALL, made, strict=True):
        assert text.startswith(f"{change.summary}: Done.")
    assert rest[len(INSTALL)] == "6 changes made."
    assert "Password writeback is on" in rest


def test_failure_and_roll_back_are_heard_at_once(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    offered: dict[str, object],
    heard: Heard,
) -> None:
    why = Text("The directory refused the permission.")
    fake.apply_error = ApplyError(INSTALL[2], why, INSTALL[:2], ())
    window = at_review(qtbot, open_window(fake, **offered))

    with qtbot.waitSignal(window.refused):
        window.press_next()

    assert heard.urgent.count("Rolling back what was done…") == 1
    undone = [text for text in heard.polite if "Rolled back" in text]
    assert len(undone) == 2
    assert any("The directory refused the permission." in t for t in heard.urgent)
