"""New keys: on one page with the code, and on a copy its own names first."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import BEHIND, CODE
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.copied import ADMIN, COPY, KEYS
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret
from wizard.flow.command_line import command
from wizard.flow.validation import ANOTHER, NEEDED
from wizard.inputs import Inputs
from wizard.ui.window import WizardWindow

NAMES = {"agent": "sync-02", "directory.account.name": "svc-writeback-2"}


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=INSTALLED, planned=KEYS)


def at_page(qtbot: QtBot, window: WizardWindow) -> WizardWindow:
    window.set_answers({"task": "rekey"})
    go(qtbot, window, "rekey")
    return window


def asked(window: WizardWindow) -> set[str]:
    field_boxes = window.page("rekey").field_boxes
    return {path for path, box in field_boxes.items() if not box.isHidden()}


def planned(fake: FakeController) -> tuple[object, Inputs]:
    (_, settings, inputs) = fake.named("plan")[-1]
    return settings, inputs


def problems_beside(window: WizardWindow) -> dict[str, str]:
    found = window.page("rekey").problems()
    return {problem.path: problem.message for problem in found}


def test_the_code_is_all_that_is_asked(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window(fake))
    assert asked(window) == {"input.enrolment_code"}
    assert problems_beside(window) == {"input.enrolment_code": NEEDED}
    window.set_answers({"input.enrolment_code": Secret(CODE)})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    settings, inputs = planned(fake)
    assert settings == INSTALLED.settings
    assert (inputs.new_keys, inputs.original_is_gone) == (True, False)
    assert command(window.session.answers) == "writeback rekey"
    go(qtbot, window, "complete")
    assert fake.named("apply")[0][2].new_keys


def test_one_behind_a_proxy_may_be_given_its_password(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    """What the original of a copy sealed may not open here."""
    relay = INSTALLED.settings.relay.model_copy(update={"proxy": BEHIND})
    settings = INSTALLED.settings.model_copy(update={"relay": relay})
    fake.found = replace(INSTALLED, settings=settings)
    window = at_page(qtbot, open_window(fake))
    assert asked(window) == {"input.enrolment_code", "input.proxy_password"}
    assert problems_beside(window) == {"input.enrolment_code": NEEDED}
    window.set_answers({"input.proxy_password": Secret("x")})
    window.set_answers({"input.enrolment_code": Secret(CODE)})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    assert planned(fake)[1].proxy_password == Secret("x")


def test_a_copy_begins_there_and_takes_names_of_its_own(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = COPY
    window = open_window(fake)
    page = window.page("health")
    qtbot.waitUntil(lambda: bool(page.concerns.panels))
    assert page.concerns.panels[0].concern.way_out == "rekey"
    window.set_answers({"task": "rekey"})
    go(qtbot, window, "rekey")
    assert asked(window) == {"input.original", "input.enrolment_code", *NAMES, *ADMIN}
    assert problems_beside(window)["agent"] == NEEDED
    window.set_answers(dict.fromkeys(NAMES, "sync-01"))
    assert problems_beside(window)["agent"] == ANOTHER
    window.set_answers({**NAMES, **ADMIN, "directory.account.name": "SVC-Writeback"})
    assert problems_beside(window)["directory.account.name"] == ANOTHER
    window.set_answers({**NAMES, "input.enrolment_code": Secret(CODE)})
    assert problems_beside(window) == {}
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    settings, inputs = planned(fake)
    assert settings == INSTALLED.settings.model_copy(
        update={
            "agent": NAMES["agent"],
            "directory": INSTALLED.settings.directory.model_copy(
                update={
                    "account": INSTALLED.settings.directory.account.model_copy(
                        update={"name": NAMES["directory.account.name"]}
                    )
                }
            ),
        }
    )
    assert (inputs.new_keys, inputs.original_is_gone) == (True, False)
    detail = command(window.session.answers)
    assert detail == "writeback rekey --settings settings.yaml"


def test_a_copy_takes_over_what_an_original_that_is_gone_had(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.found = COPY
    window = at_page(qtbot, open_window(fake))
    window.set_answers({"input.original": "gone"})
    assert asked(window) == {"input.original", "input.enrolment_code", *ADMIN}
    window.set_answers({**ADMIN, "input.enrolment_code": Secret(CODE)})
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    settings, inputs = planned(fake)
    assert settings == INSTALLED.settings
    assert (inputs.new_keys, inputs.original_is_gone) == (True, True)
    assert command(window.session.answers) == "writeback rekey --original-is-gone"


def test_other_tasks_of_a_copy_keep_the_settings_in_force(
    open_window: Open, fake: FakeController
) -> None:
    fake.found = COPY
    window = open_window(fake)
    window.set_answers({"task": "repair"})
    assert window.session.settings == INSTALLED.settings
