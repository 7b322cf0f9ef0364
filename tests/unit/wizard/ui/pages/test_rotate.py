"""Replace keys or password: ages, what is due, the plan, and what it leaves out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret
from wizard.flow.command_line import command
from wizard.flow.pages.rotate import SEALING, SHARED, SIGN_IN
from wizard.inputs import Rotation
from wizard.results import KeyAge
from wizard.ui.window import WizardWindow

NOW = datetime.now(UTC)
LONG_AGO, LATER = NOW - timedelta(days=200), NOW + timedelta(days=10)
KEYS = (
    KeyAge("signing_key", "Signing key", LONG_AGO),
    KeyAge("sealing_key", "Sealing key", NOW - timedelta(days=20), LATER),
    KeyAge("shared_keys", "Keys shared with the relay", NOW, LATER),
    KeyAge(
        "directory_password", "Directory password", LONG_AGO, NOW - timedelta(days=20)
    ),
)
PLANNED = (change("directory_password", "Replaces the password of svc", {"a": 1}),)
ADMIN = ("input.admin_user", "input.admin_password")


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=replace(INSTALLED, keys=KEYS), planned=PLANNED)


def at_page(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    window = open_window(fake)
    window.set_answers({"task": "rotate"})
    go(qtbot, window, "rotate")
    return window


def ticked(window: WizardWindow) -> set[str]:
    boxes = window.page("rotate").field_boxes
    return {path for path in (SEALING, SHARED, SIGN_IN) if boxes[path].value()}


def asks_for_admin(window: WizardWindow) -> bool:
    return not window.page("rotate").field_boxes[ADMIN[0]].isHidden()


def test_each_says_its_age_to_eye_and_ear_and_what_is_due_is_ticked(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    page = window.page("rotate")
    assert ticked(window) == {SIGN_IN}
    assert "the next was due on" in page.ages[SIGN_IN].text()
    assert "the next is due on" in page.ages[SEALING].text()
    for path, age in page.ages.items():
        spoken = page.field_boxes[path].editor.check_box.accessibleDescription()
        assert spoken.endswith(age.text())
        assert page.field_boxes[path].field.help in spoken
        assert age.isVisibleTo(page)


def test_an_age_that_is_not_known_is_said_so(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = INSTALLED
    window = at_page(qtbot, open_window, fake)
    assert ticked(window) == set()
    assert window.page("rotate").ages[SHARED].text() == "Its age is not known."


def test_nothing_chosen_is_told_beside_the_first(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.set_answers({SIGN_IN: False})
    with qtbot.waitSignal(window.refused):
        window.press_next()
    assert window.page_id() == "rotate"
    assert "Choose what" in window.page("rotate").field_boxes[SEALING].wrong.text


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        ({SEALING}, "writeback rotate-keys --sealing"),
        ({SHARED}, "writeback rotate-keys --shared"),
        ({SEALING, SHARED}, "writeback rotate-keys"),
        ({SIGN_IN}, "writeback rotate-password"),
        (
            {SHARED, SIGN_IN},
            "writeback rotate-keys --shared && writeback rotate-password",
        ),
    ],
)
def test_what_is_chosen_is_planned_for_the_settings_in_force(
    qtbot: QtBot, open_window: Open, fake: FakeController, chosen: set[str], line: str
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.set_answers({path: path in chosen for path in (SEALING, SHARED, SIGN_IN)})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    _, settings, inputs = fake.named("plan")[-1]
    assert settings == INSTALLED.settings
    assert inputs.rotation == Rotation(
        SEALING in chosen, SHARED in chosen, SIGN_IN in chosen
    )
    assert (inputs.new_keys, inputs.admin) == (False, None)
    assert command(window.session.answers) == line
    go(qtbot, window, "complete")
    assert fake.named("apply")[0][2].rotation == inputs.rotation


def test_an_administrator_may_be_given_for_the_password_alone(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    assert asks_for_admin(window)
    window.set_answers({SHARED: True, SIGN_IN: False})
    assert not asks_for_admin(window)
    window.set_answers({SIGN_IN: True, ADMIN[0]: "administrator@corp.test"})
    with qtbot.waitSignal(window.refused):  # half of it is none
        window.press_next()
    window.set_answers({ADMIN[1]: Secret(CANARY)})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert fake.named("plan")[-1][2].admin.password == Secret(CANARY)


def test_another_task_replaces_nothing(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.back()
    window.set_answers({"task": "repair"})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert fake.named("plan")[-1][2].rotation == Rotation()


def test_a_password_that_is_due_leads_there(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    page = window.page("health")
    qtbot.waitUntil(lambda: bool(page.concerns.panels))
    panel = next(
        each for each in page.concerns.panels if each.concern.id.startswith("due_")
    )
    assert panel.way_out.accessibleName().startswith("Replace now: Directory password")
    panel.way_out.click()
    qtbot.waitUntil(lambda: window.page_id() == "rotate")
    assert ticked(window) == {SIGN_IN}
