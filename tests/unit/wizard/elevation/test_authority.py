"""Nobody is let in but by polkit's yes."""

import os
import pwd
import threading
from typing import cast

import pytest

from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.bus import FakePolkit, Says
from tests.unit.wizard.elevation.conftest import ServiceStage, Start
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.elevation.dbus import polkit as authority
from wizard.elevation.dbus.client import ServiceClient
from wizard.elevation.errors import NotAllowed
from wizard.elevation.remote_controller import remote_controller
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import MayChange

INPUTS = Inputs(AdminCredentials("administrator@corp.test", Secret(CANARY)))


@pytest.mark.parametrize("says", ["no", "challenge", "error", "nonsense"])
def test_a_stranger_is_refused(
    remote: Controller, stage: ServiceStage, polkit: FakePolkit, says: Says
) -> None:
    polkit.says = says
    with pytest.raises(NotAllowed, match="sudo writeback"):
        remote.changes.plan(SETTINGS, INPUTS)
    assert stage.people == []
    assert stage.fake.calls == []


def test_without_polkit_nobody_is_let_in(start: Start, stage: ServiceStage) -> None:
    start()
    calling = ServiceClient()
    with pytest.raises(NotAllowed, match=r"polkit can't be asked.*sudo writeback"):
        remote_controller(calling).installation.installed()
    calling.close()
    assert stage.people == []


def test_without_a_bus_nobody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(NotAllowed, match="polkit can't be asked: No such file"):
        authority.let_in(":1.1", "look")


def test_polkit_is_asked_of_the_sender_about_the_action_alone(
    remote: Controller, polkit: FakePolkit
) -> None:
    remote.changes.plan(SETTINGS, INPUTS)
    remote.recovery.recover(INPUTS, lambda _: None)
    remote.installation.test_reset("mail", "ada@corp.test", Secret(CANARY))
    remote.permissions.plan_grant(SETTINGS, INPUTS)
    kinds = [subject for (subject, *_) in polkit.questions]
    assert {kind for kind, _ in kinds} == {"system-bus-name"}
    assert len({details["name"][1] for _, details in kinds}) == 1
    assert [rest for (_, *rest) in polkit.questions] == [
        ["org.writeback.look", {}, 1, ""],
        ["org.writeback.change", {}, 1, ""],
        ["org.writeback.change", {}, 1, ""],
        ["org.writeback.look", {}, 1, ""],
    ]


def test_who_watches_is_asked_for_no_password_and_must_have_been_let_in_to_look(
    remote: Controller, stage: ServiceStage, polkit: FakePolkit
) -> None:
    remote.health.read()
    assert polkit.questions[-1][1:] == ("org.writeback.look", {}, 0, "")
    polkit.says = "challenge"
    with pytest.raises(NotAllowed, match="The time is over for which looking"):
        remote.health.read()
    assert len(stage.fake.named("read")) == 1


def test_who_watches_is_asked_nothing_about_changing(
    stage: ServiceStage, start: Start, calling: ServiceClient, polkit: FakePolkit
) -> None:
    class Asks:
        """Looks whether its caller may change the machine."""

        def __init__(self, may_change: MayChange) -> None:
            self.may_change, self.health = may_change, self

        def read(self) -> None:
            allowed.append(self.may_change())

    allowed: list[bool] = []
    stage.controller_for = lambda _person, may: cast("Controller", Asks(may))  # type: ignore[assignment,method-assign]
    start()
    remote_controller(calling).health.read()
    assert allowed == [False]
    assert [action for (_, action, *_) in polkit.questions] == ["org.writeback.look"]


def test_the_work_is_done_in_the_name_of_the_person(
    remote: Controller, stage: ServiceStage
) -> None:
    remote.installation.installed()
    assert stage.people == [pwd.getpwuid(os.getuid()).pw_name]


def test_who_may_look_may_not_change(
    remote: Controller, stage: ServiceStage, polkit: FakePolkit
) -> None:
    plan = remote.changes.plan(SETTINGS, INPUTS)
    polkit.says = "no"
    with pytest.raises(NotAllowed):
        remote.changes.apply(plan, INPUTS, lambda _: None, threading.Event())
    assert not stage.fake.named("apply")
