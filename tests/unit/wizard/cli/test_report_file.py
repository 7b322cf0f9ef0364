"""`writeback plan --report FILE`: the plan as text for a change board."""

import stat
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.unit.wizard.answered import CANARY, CODE, SETTINGS
from tests.unit.wizard.ui.fake import INSTALLED, PORTAL_FINGERPRINT
from tests.unit.wizard.ui.fake_controller import FakeController
from wire.secret import Secret
from wire.text import Text
from wizard.cli.commands.apply import show_plan
from wizard.cli.errors import BadUsage
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import StepFailed
from wizard.results import EnrolledPortal

GIVEN = CommandSecrets(
    {
        "admin_user": Secret("ada@corp.test"),
        "admin_password": Secret(CANARY),
        "enrolment_code": Secret(CODE),
    }
)


def written(fake: FakeController, place: Path) -> str:
    controller = cast("Controller", fake)
    result = show_plan(controller, SETTINGS, GIVEN, place)
    assert (result.code, result.data["report"]) == (0, str(place))
    assert str(place) in result.text
    return place.read_text()


def test_the_report_tells_of_people_choices_and_changes(tmp_path: Path) -> None:
    text = written(FakeController(), tmp_path / "plan.txt")

    assert "1\u202f204 of 1\u202f250 people in the scope will be able to reset." in text
    assert "Relay address: https://relay.corp.test" in text
    assert "Creates the account svc-writeback in CN=Users,DC=corp,DC=test" in text
    assert "Compare with your portal" in text
    assert CANARY not in text
    assert CODE not in text


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    written(FakeController(), place := tmp_path / "plan.txt")

    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_who_reaches_nobody_is_told_with_the_reason(tmp_path: Path) -> None:
    fake = FakeController()
    fake.permissions.error = StepFailed(Text("No password is known."), Text("Give it."))

    text = written(fake, tmp_path / "plan.txt")

    assert "Not known: No password is known. Give it." in text


def test_another_configuration_compares_with_the_portal_in_force(
    tmp_path: Path,
) -> None:
    portal = EnrolledPortal("https://portal.corp.test", PORTAL_FINGERPRINT)
    fake = FakeController(found=replace(INSTALLED, portal=portal))
    controller, place = cast("Controller", fake), tmp_path / "plan.txt"

    show_plan(controller, SETTINGS, CommandSecrets(), place)

    assert PORTAL_FINGERPRINT in place.read_text()
    assert "[as it is now]" in place.read_text()


def test_a_pdf_is_the_windows_to_write(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="writes the report as text"):
        written(FakeController(), tmp_path / "plan.pdf")
    assert not list(tmp_path.iterdir())


def test_the_administrator_is_used_and_not_written() -> None:
    assert GIVEN.inputs() == Inputs(
        admin=AdminCredentials("ada@corp.test", Secret(CANARY)),
        enrolment_code=Secret(CODE),
    )
