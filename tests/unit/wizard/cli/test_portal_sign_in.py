"""`--sign-in`: the code is on the terminal, and what came back goes into the plan."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.settings import Relay, Settings
from tests.fixtures.scripted_portal import (
    RELAY,
    USER_CODE,
    ScriptedPortal,
    pending,
    scripted_portal,
)
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wire.enrolment_code import parse
from wizard.cli.errors import BadUsage
from wizard.cli.portal_sign_in import sign_in
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller
from wizard.enrolment.portal_client import SignInFailed
from wizard.plan.change import StepFailed, allow_all


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[ScriptedPortal]:
    with scripted_portal(tmp_path) as made:
        yield made


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(FakeHost(tmp_path / "machine"), allow_all)


def settings(scripted: ScriptedPortal, relay: str = RELAY) -> Settings:
    return SETTINGS.model_copy(update={"relay": Relay(url=relay, ca=str(scripted.ca))})


def test_what_to_do_is_shown_and_the_code_goes_into_the_plan(
    scripted: ScriptedPortal, controller: Controller, capsys: pytest.CaptureFixture[str]
) -> None:
    given = sign_in(controller, scripted.url, settings(scripted), CommandSecrets())
    shown = capsys.readouterr()
    assert shown.out == ""
    for words in (f"{scripted.url}/device", USER_CODE, "sync-01", "15 min"):
        assert words in shown.err
    inputs = given.inputs()
    assert inputs.enrolment_code is not None
    assert parse(inputs.enrolment_code.reveal()).secret == scripted.half.secret
    assert inputs.agent_keys is not None
    assert scripted.asked is not None
    assert scripted.asked.keys.fingerprint in shown.err
    assert scripted.keys.public.fingerprint in shown.err
    for secret in (inputs.enrolment_code, inputs.agent_keys):
        assert secret.reveal() not in shown.err


def test_a_portal_of_another_relay_is_told(
    scripted: ScriptedPortal, controller: Controller
) -> None:
    wanted = settings(scripted, "https://other.corp.test")
    with pytest.raises(StepFailed, match="Put that relay into the settings"):
        sign_in(controller, scripted.url, wanted, CommandSecrets())


def test_an_address_may_come_without_its_scheme(
    scripted: ScriptedPortal, controller: Controller
) -> None:
    bare = scripted.url.removeprefix("https://")
    assert sign_in(controller, bare, settings(scripted), CommandSecrets()).inputs()
    for wrong in ("http://portal.test", "https://portal.test/page", "https://a@b"):
        with pytest.raises(BadUsage, match="takes the address of a portal"):
            sign_in(controller, wrong, settings(scripted), CommandSecrets())


def test_a_refusal_ends_the_command(
    scripted: ScriptedPortal, controller: Controller
) -> None:
    scripted.polls = [pending("access_denied")]
    with pytest.raises(SignInFailed, match="refused"):
        sign_in(controller, scripted.url, settings(scripted), CommandSecrets())
