"""The service: left, reloaded or restarted by what was changed."""

import pytest

from agent.config.settings_file import digest, dump
from agent.system.version import VERSION
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, after, on
from tests.unit.wizard.steps.installation import changed, writing
from wire.text import Text
from wizard.plan.change import Begun, Change, Context, StepFailed
from wizard.plan.step import Target
from wizard.steps.service import ServiceStep, resume


def test_an_agent_whose_password_is_none_now_is_started_anew(host: FakeHost) -> None:
    host.write(host.places.settings, dump(SETTINGS))
    host.runs = True
    directory = SETTINGS.directory.model_dump(mode="json")
    after = {"kind": "new", "directory": directory, "stored": True}
    change = Change("account", Text("Takes over"), {"dn": "CN=svc"}, after)
    assert resume(on(host), (change,)) == ""
    assert host.did == ["stop", "start", "wait"]


def test_an_agent_that_runs_with_other_settings_reads_them_anew(host: FakeHost) -> None:
    host.runs = True
    host.status = {"settings": digest(SETTINGS)}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    (change,) = ServiceStep().plan(Target(changed(identify_by="mail"), on(host)))
    assert change.step == "service"


def test_a_service_that_runs_is_left_when_it_reads_nothing_new(host: FakeHost) -> None:
    host.runs = True
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    grants = Change("grants", Text("Grants"), None, {})
    assert ServiceStep().plan(after(SETTINGS, on(host), grants)) == ()


def test_a_service_is_restarted_for_what_it_reads(host: FakeHost) -> None:
    host.runs = True
    settings = Change("settings", Text("Writes"), None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Restarts the agent")
    ServiceStep().apply(change, on(host))
    assert host.did == ["stop", "start", "wait"]


@pytest.mark.parametrize("reason", ["", "it waits"])
def test_a_frozen_agent_is_a_finding_and_is_started_anew(
    host: FakeHost, reason: str
) -> None:
    host.runs, host.answers, host.gapless = True, False, True
    host.status = {"relay": {"reason": reason}}
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert (row.state, row.detail) == ("failed", "It runs, but it does not answer.")
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    ServiceStep().apply(change, on(host))
    assert host.did == ["stop", "start", "wait"]


def test_a_new_agent_takes_over_where_only_files_changed(host: FakeHost) -> None:
    host.runs = host.gapless = True
    settings = Change("settings", Text("Writes"), None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Replaces the running agent process")
    ServiceStep().apply(change, on(host))
    assert host.did == ["reload"]
    # taken back: what it reads comes later, and one that reads that takes over then
    ServiceStep().undo(Begun(0, change, {}), on(host))
    assert host.did == ["reload"]
    writing(host)
    assert resume(on(host), (change,)) == ""
    assert host.did == ["reload", "reload", "start", "wait"]


def test_one_that_never_got_ready_is_restarted(host: FakeHost) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False}
    settings = Change("settings", Text("Mends the proxy"), None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Restarts the agent")


def test_one_that_took_over_with_other_settings_is_a_failure(host: FakeHost) -> None:
    host.runs = host.gapless = True
    (change,) = ServiceStep().plan(
        after(SETTINGS, on(host), Change("settings", Text("Writes"), None, {}))
    )
    host.status = {"settings": digest(changed(identify_by="mail"))}
    with pytest.raises(StepFailed, match="other settings"):
        ServiceStep().apply(change, on(host))
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"


def test_one_that_an_upgrade_had_asked_for_before_is_not_the_last(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.runs = host.gapless = True
    (change,) = ServiceStep().plan(
        after(SETTINGS, on(host), Change("settings", Text("Writes"), None, {}))
    )
    read = [digest(changed(identify_by="mail")), digest(SETTINGS)]

    def take_over(_seconds: float) -> None:
        host.status = {"settings": read.pop(0)}

    monkeypatch.setattr(host, "take_over", take_over)
    ServiceStep().apply(change, on(host))
    assert read == []


def test_an_old_program_that_goes_on_is_told_and_replaced(host: FakeHost) -> None:
    host.runs = host.gapless = True
    host.status = {"version": "0.0.9"}
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert (row.state, f"0.0.9 runs and {VERSION} is installed" in row.detail) == (
        "warning",
        True,
    )
    assert "writeback repair" in row.remedy
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Replaces the running agent process")
    assert f"{VERSION} is installed" in change.summary
    host.gapless = False
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Restarts the agent")
    host.status = {"version": VERSION}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    assert ServiceStep().verify(Target(SETTINGS, on(host)))[0].state == "ok"


def test_one_that_waits_for_its_relay_is_left_trying(host: FakeHost) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False, "relay": {"state": "down", "reason": "it is away"}}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert "Relay: it is away." in row.detail
    assert "by itself" in row.remedy
    settings = Change("settings", Text("Mends the relay"), None, {})
    assert len(ServiceStep().plan(after(SETTINGS, on(host), settings))) == 1


def test_one_that_is_not_ready_is_started_anew(host: FakeHost) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False}
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert (row.state, row.detail) == ("failed", "It is not ready.")
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Restarts the agent")
    ServiceStep().apply(change, on(host))
    assert host.did == ["stop", "start", "wait"]


@pytest.mark.parametrize("step", ["keys", "account", "unit"])
def test_what_systemd_gives_at_a_start_needs_one(host: FakeHost, step: str) -> None:
    host.runs = host.gapless = True
    settings_change = Change(step, Text("Writes"), None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings_change))
    assert change.summary.startswith("Restarts the agent")


def test_what_a_roll_back_brought_back_runs_again(host: FakeHost) -> None:
    assert resume(on(host), ()) == ""
    assert host.did == []
    writing(host)
    host.fails = "The agent was not ready."
    assert resume(on(host), ()) == host.fails
    assert host.runs


def test_a_copy_has_no_agent_that_served_before(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing(host)
    host.fails = "It was made on another machine."
    monkeypatch.setattr(Context, "is_copy", True)
    assert resume(on(host), ()) == ""
    assert host.did == []
