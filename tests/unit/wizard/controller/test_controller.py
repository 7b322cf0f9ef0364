"""The controller, without a directory: what is there, what is refused, what is left."""

import json
import threading
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from agent.config.settings_file import dump
from agent.system.version import VERSION
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.secret import Secret
from wire.text import Text
from wizard.controller.controller import Controller
from wizard.controller.installation import at_a_glance
from wizard.controller.recovery import to_recover
from wizard.errors import Busy, RecoveryNeeded
from wizard.host.interface import Service
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import ApplyError, Change, Plan, Progress, StepFailed, allow_all
from wizard.plan.journal import Journal
from wizard.plan.step import Target
from wizard.steps.account import PREVIOUS
from wizard.steps.keys import Keys

MAKES = Change("settings", Text("Writes the settings"), None, {"text": dump(SETTINGS)})
STARTS = Change("service", Text("Starts the agent"), None, {"running": True})
GRANTS = Change("grants", Text("Grants"), None, {}, needs_admin=True)


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


@pytest.fixture
def controller(host: FakeHost) -> Controller:
    return Controller(host, allow_all)


def apply(controller: Controller, *changes: Change) -> list[str]:
    reports: list[Progress] = []
    plan, stop = Plan(SETTINGS, changes), threading.Event()
    controller.changes.apply(plan, Inputs(), reports.append, stop)
    return [f"{each.state} {each.change.step}" for each in reports]


def cut_off(host: FakeHost) -> None:
    """Leave the journal of a run that wrote the settings and died."""
    begun = journal.begin(host.places.journal)
    begun.intend(0, MAKES)
    host.write(host.places.settings, dump(SETTINGS))


def test_an_empty_machine_has_nothing_and_stays_empty(
    host: FakeHost, controller: Controller
) -> None:
    assert controller.installation.installed() is None
    assert controller.recovery.find() is None
    assert not host.places.home.exists()


def test_an_installation_is_found_with_its_state(
    host: FakeHost, controller: Controller
) -> None:
    apply(controller, MAKES, STARTS)
    found = controller.installation.installed()
    assert found is not None
    assert found.settings == SETTINGS
    assert (found.status.running, found.status.ready) == (True, True)
    # a broken one is shown too: its keys are gone
    assert found.fingerprint == ""


def test_settings_that_can_not_be_used_are_told_by_path(
    host: FakeHost, controller: Controller
) -> None:
    host.write(host.places.settings, "version: 1\nagnet: x\n")
    with pytest.raises(SettingsError, match="agnet"):
        controller.installation.installed()


def test_changes_are_reported_and_sealed(
    host: FakeHost, controller: Controller
) -> None:
    assert apply(controller, MAKES, STARTS) == [
        "doing settings",
        "done settings",
        "doing service",
        "done service",
    ]
    assert controller.recovery.find() is None
    assert len(list(host.places.journal.glob("*.sealed.jsonl"))) == 1


def test_no_changes_touch_nothing(host: FakeHost, controller: Controller) -> None:
    assert apply(controller) == []
    assert not host.places.journal.exists()


def test_a_failure_leaves_the_installation_before_running(
    host: FakeHost, controller: Controller
) -> None:
    apply(controller, MAKES, STARTS)
    host.fails = "The agent was not ready. Relay: it is away."
    before = host.read(host.places.settings)
    other = SETTINGS.model_copy(update={"identify_by": "mail"})
    text = {"text": dump(other)}
    changes = (Change("settings", Text("Changes it"), {"text": before}, text), STARTS)
    with pytest.raises(ApplyError, match=r"Relay: it is away\."):
        apply(controller, *changes)
    assert host.read(host.places.settings) == before
    # stopped by undo, started again when all was taken back
    assert host.runs
    assert host.did[-2:] == ["start", "wait"]


def test_without_an_administrator_nothing_is_begun(
    host: FakeHost, controller: Controller
) -> None:
    with pytest.raises(StepFailed, match="not stored"):
        apply(controller, MAKES, GRANTS)
    assert not host.places.journal.exists()


def test_a_cut_off_run_is_told_first(host: FakeHost, controller: Controller) -> None:
    cut_off(host)
    found = controller.recovery.find()
    assert found is not None
    assert (found.changes, found.needs_admin) == (("Writes the settings",), False)
    for act in (
        lambda: controller.changes.plan(SETTINGS, Inputs()),
        lambda: apply(controller, MAKES),
    ):
        with pytest.raises(RecoveryNeeded):
            act()


def test_a_run_that_ends_while_it_is_looked_at_was_not_cut_off(
    host: FakeHost, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = journal.begin(host.places.journal)
    monkeypatch.setattr(host, "held_by", begun.seal)
    assert controller.recovery.find() is None


def test_a_run_that_is_taken_back_while_it_is_read_is_none(
    host: FakeHost, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(host)

    def by_somebody_else(found: Journal) -> list[Change]:
        Journal(found.path).close_undone()
        return to_recover(found)

    monkeypatch.setattr("wizard.controller.recovery.to_recover", by_somebody_else)
    assert controller.recovery.find() is None


def test_a_run_that_begins_while_one_plans_was_not_cut_off(
    host: FakeHost, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begins() -> None:
        journal.begin(host.places.journal)
        monkeypatch.setattr(host, "held_by", lambda: Busy("ada", datetime.now(UTC)))

    monkeypatch.setattr(host, "held_by", begins)
    with pytest.raises(Busy, match="ada"):
        controller.changes.plan(SETTINGS, Inputs())


def test_what_another_made_while_a_plan_was_shown_is_left(
    host: FakeHost, controller: Controller
) -> None:
    (keys,) = Keys().plan(Target(SETTINGS, on(host)))
    apply(controller, keys, MAKES)  # by somebody else, who had the same plan
    made = host.secrets.get(kept.AGENT_KEYS)
    assert made is not None
    with pytest.raises(StepFailed, match="changed while the plan was shown"):
        apply(controller, keys, MAKES)
    assert host.secrets.get(kept.AGENT_KEYS) == made


def test_an_enrolment_of_another_while_a_plan_was_shown_is_left(
    host: FakeHost, controller: Controller
) -> None:
    (keys,) = Keys().plan(Target(SETTINGS, on(host)))
    enrols = Change("enrolment", Text("Enrols the agent"), None, {"agent": "sync-01"})
    host.write(host.places.enrolment, "by somebody else")
    with pytest.raises(StepFailed, match="changed while the plan was shown"):
        apply(controller, keys, enrols)
    assert not host.places.journal.exists()


def test_a_removal_of_what_was_changed_since_begins_nothing(
    host: FakeHost, controller: Controller
) -> None:
    apply(controller, MAKES, STARTS)
    plan = controller.changes.plan_removal(Inputs(keep_account=True))
    host.write(host.places.settings, dump(SETTINGS) + "# by somebody else\n")
    with pytest.raises(StepFailed, match="changed while the plan was shown"):
        controller.changes.apply(
            plan,
            Inputs(keep_account=True),
            lambda _told: None,
            threading.Event(),
        )
    assert host.runs


def test_an_installation_made_since_nothing_was_found_to_remove_is_left(
    host: FakeHost, controller: Controller
) -> None:
    found = controller.changes.plan_removal(Inputs())
    assert found == Plan(None, ())
    apply(controller, MAKES, STARTS)  # by somebody else
    with pytest.raises(StepFailed, match="changed while the plan was shown"):
        controller.changes.apply(found, Inputs(), lambda _told: None, threading.Event())
    # what was made is known from it alone
    assert list(host.places.journal.glob("*.sealed.jsonl"))


def test_a_cut_off_run_is_taken_back(host: FakeHost, controller: Controller) -> None:
    cut_off(host)
    rolled = controller.recovery.recover(Inputs(), lambda _told: None)
    assert [change.step for change in rolled.undone] == ["settings"]
    assert controller.installation.installed() is None
    assert controller.recovery.find() is None
    assert controller.recovery.recover(Inputs(), lambda _told: None).undone == ()


def test_the_former_password_is_kept_no_longer_than_needed(
    host: FakeHost, controller: Controller
) -> None:
    host.secrets.put(PREVIOUS, Secret(CANARY))
    apply(controller, MAKES)
    assert host.secrets.get(PREVIOUS) is None


def test_a_former_password_left_by_a_killed_run_is_not_put_back(
    host: FakeHost, controller: Controller
) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    host.secrets.put(PREVIOUS, Secret("of last month"))
    host.fails = "The agent was not ready."
    store = Change(
        "account",
        Text("Stores"),
        {"kind": "existing"},
        {"kind": "existing", "directory": {}, "stored": True},
    )
    inputs = Inputs(account_password=Secret(CANARY))
    with pytest.raises(ApplyError):
        controller.changes.apply(
            Plan(SETTINGS, (store, STARTS)),
            inputs,
            lambda _told: None,
            threading.Event(),
        )
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("in force")


def test_verify_finds_everything_missing_on_an_empty_machine(
    controller: Controller,
) -> None:
    rows = controller.installation.verify(SETTINGS)
    assert {row.id for row in rows} == {
        "keys",
        "account",
        "grants",
        "enrolment",
        "settings",
        "service",
    }
    assert {row.state for row in rows} == {"failed"}
    assert all(row.detail and row.remedy for row in rows)


def test_there_is_nothing_to_hand_over_before_it_is_installed(
    controller: Controller,
) -> None:
    with pytest.raises(EnrolmentError):
        controller.installation.portal_details()
    with pytest.raises(EnrolmentError):
        controller.installation.test_reset("mail", "a@corp.test", Secret(CANARY))


def test_the_agents_words_are_shown() -> None:
    status = {
        "ready": False,
        "started_at": "2026-11-23T08:00:00+00:00",
        "relay": {"state": "waiting", "reason": "the key is refused"},
        "directory": {"state": "connected", "controller": "dc1.corp.test"},
    }
    service = Service(running=True, status=json.loads(json.dumps(status)))
    found = at_a_glance(SETTINGS, service)
    assert found.relay == "waiting: the key is refused"
    assert found.directory == "connected: dc1.corp.test"
    assert found.since is not None
    assert not found.ready
    assert at_a_glance(SETTINGS, Service(running=False)).relay == "not running"


@pytest.mark.parametrize(
    ("status", "attention"),
    [
        ({"version": VERSION}, ""),
        ({"version": "0.0.9"}, f"0.0.9 runs and {VERSION} is installed"),
        ({"version": "0.0.9", "twin": "another agent"}, "another agent"),
    ],
)
def test_an_old_program_that_goes_on_is_told_at_a_glance(
    status: dict[str, str], attention: str
) -> None:
    found = at_a_glance(SETTINGS, Service(running=True, status=status))
    assert found.attention.startswith(attention)
    assert bool(found.attention) == bool(attention)


def test_a_window_that_stays_open_over_an_upgrade_tells_nothing_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The program on the disk counts, not the one that looks."""
    monkeypatch.setattr("wizard.host.interface.version", lambda _name: "99.0")
    runs = Service(running=True, status={"version": "99.0"})
    assert at_a_glance(SETTINGS, runs).attention == ""
    runs = Service(running=True, status={"version": VERSION})
    assert (
        f"{VERSION} runs and 99.0 is installed" in at_a_glance(SETTINGS, runs).attention
    )


def test_a_program_that_is_being_replaced_compares_with_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("wizard.host.interface.version", gone)
    runs = Service(running=True, status={"version": VERSION})
    assert at_a_glance(SETTINGS, runs).attention == ""


def test_who_comes_second_is_told_who_and_not_of_a_crash(
    host: FakeHost, controller: Controller
) -> None:
    begun = journal.begin(host.places.journal, (MAKES,))
    begun.intend(0, MAKES)
    with host.lock():
        for look in (
            controller.recovery.find,
            lambda: controller.changes.plan(SETTINGS, Inputs()),
        ):
            with pytest.raises(Busy):
                look()
    # when nobody is at work any more, it was cut off
    assert controller.recovery.find() is not None


def test_an_agent_of_before_that_stays_down_is_told(
    host: FakeHost, controller: Controller
) -> None:
    apply(controller, MAKES, STARTS)
    host.fails = "Relay: it is away."
    before = host.read(host.places.settings)
    text = {"text": dump(SETTINGS.model_copy(update={"identify_by": "mail"}))}
    changes = (Change("settings", Text("Changes it"), {"text": before}, text), STARTS)
    with pytest.raises(ApplyError) as raised:
        apply(controller, *changes)
    assert "The agent of before is down: Relay: it is away." in raised.value.reason


@pytest.mark.parametrize("moved", [True, False])
def test_a_cut_off_move_is_finished_and_keeps_what_was_done(
    host: FakeHost,
    controller: Controller,
    moved: bool,  # noqa: FBT001 - a parameter
) -> None:
    enrolled = {"text": "{}", "relay": None, "agent": "old", "key": kept.LISTEN_KEY}
    leaves = Change(
        "leaving", Text("Withdraws the agent old"), enrolled, None, final=True
    )
    planned = (MAKES, leaves) if moved else (leaves,)
    begun = journal.begin(host.places.journal, planned)
    for index, change in enumerate(planned):
        begun.intend(index, change)
    if moved:
        begun.did(0, {})
    rolled = controller.recovery.recover(Inputs(), lambda _told: None)
    assert (rolled.undone, rolled.finished) == ((), (leaves,))
    # only a removal leaves nothing, the journals of what was applied are kept
    assert bool(list(journal.sealed(host.places.journal))) is moved
