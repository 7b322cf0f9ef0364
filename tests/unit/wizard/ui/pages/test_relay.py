"""A proxy that asks for credentials, on the page that connects to the cloud."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from agent.config.settings_file import dump
from tests.unit.wizard.answered import BEHIND, CANARY, EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.test_window import at_relay
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret


def test_a_proxy_that_asks_has_its_password_asked_below_it(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_relay(qtbot, open_window, fake)
    field_boxes = window.page("relay").field_boxes
    assert [*field_boxes][-2:] == ["relay.proxy", "input.proxy_password"]
    assert field_boxes["input.proxy_password"].isHidden()
    window.set_answers({"relay.proxy": "http://proxy.corp.test:3128"})
    assert field_boxes["input.proxy_password"].isHidden()
    window.set_answers({"relay.proxy": BEHIND})
    assert not field_boxes["input.proxy_password"].isHidden()
    with qtbot.waitSignal(window.refused) as refused:
        window.press_next()
    assert refused.args[0] == "input.proxy_password: This is needed."
    window.set_answers({"input.proxy_password": Secret(CANARY)})
    go(qtbot, window, "directory")
    ((_, draft, inputs),) = fake.named("check relay")
    assert (draft.relay.proxy, inputs.proxy_password) == (BEHIND, Secret(CANARY))
    go(qtbot, window, "account", "review")
    assert CANARY not in dump(window.session.settings)


def test_a_proxy_that_was_found_is_seen_with_its_source_and_can_be_taken_out(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    found = "http://proxy.corp.test:3128"
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **{**offered, "relay.proxy": found})
    go(qtbot, window, "mode", "relay")
    box = window.page("relay").field_boxes["relay.proxy"]
    assert box.isVisible()
    assert box.value() == found
    assert box.help.text().endswith("A test.")
    window.set_answers({"relay.proxy": ""})
    go(qtbot, window, "directory")
    ((_, draft, _),) = fake.named("check relay")
    assert draft.relay.proxy is None


def test_the_password_of_the_proxy_in_force_need_not_be_given_again(
    qtbot: QtBot, open_window: Open
) -> None:
    relay = SETTINGS.relay.model_copy(update={"proxy": BEHIND})
    behind = SETTINGS.model_copy(update={"relay": relay})
    fake = FakeController(replace(INSTALLED, settings=behind))
    window = open_window(fake)
    window.set_answers({"task": "options"})
    go(qtbot, window, "relay")
    box = window.page("relay").field_boxes["input.proxy_password"]
    assert not box.isHidden()
    assert "(optional)" in box.label.text()
    go(qtbot, window, "directory")
    window.back()
    window.set_answers({"relay.proxy": BEHIND.replace("svc", "other")})
    assert "(optional)" not in box.label.text()
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.page_id() == "relay"
