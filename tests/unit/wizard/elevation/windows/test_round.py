"""What the window asks comes back the same over a pipe: as it does over D-Bus."""

import logging
import threading

import pytest

from tests.fixtures.windows.fake_pipes import FOLDER, PROGRAM, FakeMachine
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.bus import until
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.elevation.test_remote import (
    INPUTS,
    test_a_check_comes_back_the_same,
    test_a_failure_comes_with_what_was_taken_back,
    test_a_plan_that_this_machine_does_not_make_is_refused,
    test_a_stop_is_passed_on_and_its_outcome_heard,
    test_a_window_that_dies_stops_what_it_asked_for,
    test_an_answer_comes_back_the_same,
    test_changes_are_made_and_each_is_reported,
    test_everybody_is_judged_and_reported,
    test_nothing_there_comes_back_as_nothing,
)
from tests.unit.wizard.elevation.test_service import (
    test_a_plan_that_cannot_be_made_again_says_why,
    test_an_error_that_nobody_foresaw_quotes_nothing,
)
from tests.unit.wizard.elevation.windows.conftest import Uac
from wizard.controller.controller import Controller
from wizard.elevation.errors import NotReached
from wizard.elevation.windows.client import HelperClient

__all__ = [
    "test_a_check_comes_back_the_same",
    "test_a_failure_comes_with_what_was_taken_back",
    "test_a_plan_that_cannot_be_made_again_says_why",
    "test_a_plan_that_this_machine_does_not_make_is_refused",
    "test_a_stop_is_passed_on_and_its_outcome_heard",
    "test_a_window_that_dies_stops_what_it_asked_for",
    "test_an_answer_comes_back_the_same",
    "test_an_error_that_nobody_foresaw_quotes_nothing",
    "test_changes_are_made_and_each_is_reported",
    "test_everybody_is_judged_and_reported",
    "test_nothing_there_comes_back_as_nothing",
]


def test_a_person_is_asked_once_and_named_to_the_controller(
    remote: Controller, stage: ServiceStage, uac: Uac, machine: FakeMachine
) -> None:
    remote.installation.installed()
    remote.changes.apply(
        remote.changes.plan(SETTINGS, INPUTS), INPUTS, lambda _: None, threading.Event()
    )
    assert uac.asked == 1
    assert set(stage.people) == {r"CORP\ada"}
    (started,) = machine.started
    (name,) = machine.pipes
    assert started.command == (PROGRAM, f"-I -m wizard.elevation {name}", FOLDER)


def test_no_secret_is_in_the_command_or_a_log(
    remote: Controller, machine: FakeMachine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    remote.changes.plan(SETTINGS, INPUTS)
    assert CANARY not in caplog.text
    assert CANARY not in str(machine.started)


def test_calls_at_once_are_told_apart(
    remote: Controller, stage: ServiceStage, uac: Uac
) -> None:
    stage.fake.hold = "find_domain"
    found: list[object] = []
    asking = [
        threading.Thread(target=lambda: found.append(remote.checks.find_domain()))
        for _ in range(3)
    ]
    for each in asking:
        each.start()
    until(lambda: len(stage.fake.named("find_domain")) == 3)
    assert remote.installation.installed() is None
    stage.fake.go.set()
    for each in asking:
        each.join(20)
    assert len(found) == 3
    assert uac.asked == 1


def test_too_much_at_once_is_refused(remote: Controller, stage: ServiceStage) -> None:
    stage.fake.hold = "find_domain"
    asking = [threading.Thread(target=remote.checks.find_domain) for _ in range(4)]
    for each in asking:
        each.start()
    until(lambda: len(stage.fake.named("find_domain")) == 4)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        remote.installation.installed()
    stage.fake.go.set()
    for each in asking:
        each.join(20)
    assert remote.installation.installed() is None


def test_the_helper_ends_with_the_window(
    remote: Controller, client: HelperClient, uac: Uac, machine: FakeMachine
) -> None:
    remote.installation.installed()
    client.close()
    uac.threads[0].join(20)
    (program,) = machine.started
    assert program.ended.is_set()
    assert program.code == 0


def test_a_helper_that_is_gone_is_asked_for_again(
    remote: Controller, client: HelperClient, uac: Uac
) -> None:
    remote.installation.installed()
    client.close()
    assert remote.installation.installed() is None
    assert uac.asked == 2
