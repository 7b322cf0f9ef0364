"""What the window asks comes back the same through the service."""

import inspect
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.config.settings import Settings
from agent.verdict.causes import Cause
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.ui.fake import (
    CHAIN,
    HAND_OVER,
    INSTALLED,
    RECOVERY,
    SEVERAL,
    FakeController,
)
from wire.outcomes import Code, Refused
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.controller.permissions import Permissions
from wizard.elevation.methods import NAMES, method
from wizard.elevation.remote_controller import RemoteController
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import ApplyError, Progress, StepFailed, Stuck
from wizard.ui.door import Door

ADMIN = AdminCredentials("administrator@corp.test", Secret(CANARY))
INPUTS = Inputs(
    ADMIN, Secret("account"), Secret("code"), Secret("proxy"), keep_account=True
)
NEVER = threading.Event()
DIRECTORY = SETTINGS.directory
IN = ("OU=People,DC=corp,DC=test",)


def test_it_is_what_the_window_needs(remote: RemoteController) -> None:
    door: Door = remote  # mypy proves it
    assert door.permissions is not None


def test_every_public_method_of_the_controller_has_a_row() -> None:
    public = {
        name if owner is Controller else f"permissions.{name}"
        for owner in (Controller, Permissions)
        for name, _ in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_")
    }
    assert set(NAMES) == public


def test_no_value_that_crosses_is_bytes() -> None:
    for name in NAMES:
        asked = method(name)
        for adapter in (asked.result, *asked.reports.values()):
            assert "binary" not in str(adapter.json_schema(mode="serialization"))


ASKED: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("installed", ()),
    ("recovery", ()),
    ("find_domain", ()),
    ("check_relay", (SETTINGS.relay, INPUTS, NEVER)),
    ("containers", (DIRECTORY, INPUTS, IN[0])),
    ("check_scope", (DIRECTORY, INPUTS, IN)),
    ("check_group", (DIRECTORY, INPUTS, "Pilot")),
    ("check_identifier", (DIRECTORY, INPUTS, IN, "mail")),
    ("plan", (SETTINGS, INPUTS)),
    ("verify", (SETTINGS,)),
    ("hand_over", ()),
    ("test_reset", ("mail", "ada@corp.test", Secret(CANARY))),
    ("test_reset", ("mail", "ada@corp.test", None)),
)


@pytest.mark.parametrize(("name", "given"), ASKED)
def test_an_answer_comes_back_the_same(
    remote: RemoteController, stage: ServiceStage, name: str, given: tuple[Any, ...]
) -> None:
    stage.fake.found, stage.fake.cut_off = INSTALLED, RECOVERY
    direct = FakeController(INSTALLED, RECOVERY)
    assert getattr(remote, name)(*given) == getattr(direct, name)(*given)
    # what was given has arrived the same, secrets too
    arrived = [_plain(call) for call in stage.fake.calls]
    assert arrived == [_plain(call) for call in direct.calls]


def _plain(call: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(part) if isinstance(part, list) else part for part in call)


def test_nothing_there_comes_back_as_nothing(remote: RemoteController) -> None:
    assert remote.installed() is None
    assert remote.recovery() is None


def test_the_checks_of_controllers_are_reported(
    remote: RemoteController, stage: ServiceStage
) -> None:
    stage.fake.inspection = SEVERAL
    told: list[Any] = []
    found = remote.inspect_directory(DIRECTORY, INPUTS, NEVER, told.append)
    assert told == [SEVERAL]
    assert found.controllers == SEVERAL.controllers
    assert CHAIN not in repr(INPUTS)


def test_changes_are_made_and_each_is_reported(
    remote: RemoteController, stage: ServiceStage
) -> None:
    told: list[Progress] = []
    changes = remote.plan(SETTINGS, INPUTS)
    remote.apply(SETTINGS, changes, INPUTS, told.append, NEVER)
    assert [(each.index, each.state) for each in told] == [
        (index, state) for index in range(6) for state in ("doing", "done")
    ]
    assert [each.change for each in told[::2]] == list(changes)
    assert stage.fake.named("apply") == [("apply", SETTINGS, INPUTS)]


def test_a_failure_comes_with_what_was_taken_back(
    remote: RemoteController, stage: ServiceStage
) -> None:
    changes = remote.plan(SETTINGS, INPUTS)
    stuck = (Stuck(changes[0], "Somebody changed it."),)
    error = ApplyError(changes[2], "No.", changes[1:2], stuck, changes[3:])
    stage.fake.apply_error = error
    told: list[Progress] = []
    with pytest.raises(ApplyError, match=r"^No\.$") as caught:
        remote.apply(SETTINGS, changes, INPUTS, told.append, NEVER)
    assert vars(caught.value) == vars(error)
    assert told[-1].state == "undone"


def test_a_plan_that_this_machine_does_not_make_is_refused(
    remote: RemoteController, stage: ServiceStage
) -> None:
    changes = remote.plan(SETTINGS, INPUTS)
    stage.fake.changes = changes[1:]
    with pytest.raises(StepFailed, match="The machine changed since"):
        remote.apply(SETTINGS, changes, INPUTS, lambda _: None, NEVER)
    assert not stage.fake.named("apply")


def test_a_plan_of_permissions_alone_is_taken(
    remote: RemoteController, stage: ServiceStage
) -> None:
    grants = stage.fake.permissions
    grants.everybody = {Cause.NOT_GRANTED: 1}
    changes = remote.permissions.plan_grant(SETTINGS, INPUTS)
    assert changes
    remote.apply(SETTINGS, changes, INPUTS, lambda _: None, NEVER)
    assert stage.fake.named("apply")


@dataclass
class Patient(FakeController):
    """Makes a change until it is stopped, and takes it back."""

    stopped: threading.Event = field(default_factory=threading.Event)

    def apply(
        self, settings: Settings, changes: Any, inputs: Any, report: Any, stop: Any
    ) -> None:
        report(Progress(0, len(changes), changes[0], "doing"))
        assert stop.wait(20)
        self.stopped.set()
        report(Progress(0, len(changes), changes[0], "undone"))
        raise ApplyError(None, "Stopped.", (changes[0],), ())


def test_a_stop_is_passed_on_and_its_outcome_heard(
    remote: RemoteController, stage: ServiceStage
) -> None:
    stage.fake = Patient()
    stop, told = threading.Event(), []

    def stop_it(progress: Progress) -> None:
        told.append(progress.state)
        stop.set()

    with pytest.raises(ApplyError, match="Stopped") as caught:
        remote.apply(SETTINGS, stage.fake.changes, INPUTS, stop_it, stop)
    assert told == ["doing", "undone"]
    assert caught.value.undone == stage.fake.changes[:1]


def test_a_window_that_dies_stops_what_it_asked_for(
    remote: RemoteController, stage: ServiceStage
) -> None:
    stage.fake = patient = Patient()

    def die(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remote.apply(SETTINGS, patient.changes, INPUTS, die, threading.Event())
    assert patient.stopped.wait(20)


def test_everybody_is_judged_and_reported(
    remote: RemoteController, stage: ServiceStage
) -> None:
    sights = (remote.permissions, FakeController().permissions)
    found = []
    for sight in sights:
        each: list[Any] = []
        told: list[Any] = []
        came = sight.coverage(
            SETTINGS, INPUTS, each=each.append, report=told.append, stop=NEVER
        )
        found.append((came, each, told))
    assert found[0] == found[1]
    assert len(found[0][1]) == 1250


def test_one_person_is_explained(remote: RemoteController) -> None:
    for value in ("ada@corp.test", "niko@corp.test"):
        given = (SETTINGS, INPUTS, "userPrincipalName", value)
        direct = FakeController().permissions.explain(*given)
        assert remote.permissions.explain(SETTINGS, INPUTS, "mail", value) == direct
    with pytest.raises(Refused, match="no user has the mail") as caught:
        remote.permissions.explain(SETTINGS, INPUTS, "mail", "nobody")
    assert caught.value.code is Code.USER_NOT_FOUND
    assert caught.value.outcome.remedy


def test_findings_and_entries_come_back_the_same(remote: RemoteController) -> None:
    direct = FakeController().permissions
    found = remote.permissions.about_account(
        SETTINGS, INPUTS, report=lambda _: None, stop=NEVER
    )
    assert found == direct.findings
    changes = FakeController().changes
    entries = remote.permissions.entries(SETTINGS, INPUTS, changes)
    assert entries == direct.entries(SETTINGS, INPUTS, changes)


def test_a_cut_off_run_is_taken_back(
    remote: RemoteController, stage: ServiceStage
) -> None:
    stage.fake.cut_off = RECOVERY
    rolled = remote.recover(INPUTS, lambda _: None)
    assert rolled.undone == FakeController().changes[:3]
    assert remote.recovery() is None
    assert remote.hand_over() == HAND_OVER
