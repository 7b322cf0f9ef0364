"""The host starts agents, hands over between them, and tells the manager the truth."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.platform.interface import Entry
from agent.platform.windows.restart import PARAMCHANGE, UPGRADED
from agent.platform.windows.service_host import driver
from agent.platform.windows.service_host.children import Starting
from agent.platform.windows.service_host.driver import ServiceHost
from agent.platform.windows.service_host.left_child import LeftChildNote
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32_services import (
    ACCEPT_PARAMCHANGE,
    ACCEPT_PRESHUTDOWN,
    ACCEPT_STOP,
    PRESHUTDOWN,
    SPECIFIC,
    STOP,
    ServiceState,
)
from tests.fixtures.windows.fake_processes import FakeHost, FakeProcess

Act = Callable[[], object]
PROGRAM = "C:\\Programs\\python.exe"


@dataclass
class Stage:
    """One host, and the acts that happen to it."""

    win32: FakeHost = field(default_factory=FakeHost)
    told: list[Entry] = field(default_factory=list)
    lost: int = 0
    folder: Path = Path("/there/is/none")

    @property
    def note(self) -> LeftChildNote:
        return LeftChildNote(self.win32, self.folder)

    def send(self, entry: Entry) -> None:
        self.told.append(entry)

    def close(self) -> None:
        """Close nothing."""

    def play(self, *story: Act) -> None:
        """Host until the service has stopped; what happens meanwhile is the story."""
        self.win32.story.extend(story)
        starting = Starting(self.program, self.given, "log")
        host = ServiceHost(
            self.win32,
            self.win32.session,
            starting,
            self,
            note=self.note,
            now=self.win32.clock,
        )
        host.run()
        assert not self.win32.story, "the story was not heard to its end"

    def given(self) -> dict[str, str]:
        return {"WRITEBACK_CREDENTIALS": "C:\\s"}

    def program(self) -> str:
        return self.win32.image.split('"')[1]

    def child(self, number: int) -> FakeProcess:
        return self.win32.children[number - 1]

    def ready(self, number: int) -> Act:
        return lambda: self._set(number, "ready")

    def ends(self, number: int, code: int = 0) -> Act:
        return lambda: self.win32.end(self.child(number), code)

    def sends(self, *controls: int) -> Act:
        return lambda: self.win32.session.send(*controls)

    def passes(self, seconds: float) -> Act:
        return lambda: self.win32.pass_time(seconds)

    def sees(self, number: int, *events: str, state: ServiceState) -> Act:
        """Look at what one was asked so far, and at what the manager knows."""

        def look() -> None:
            self.sees_asked(number, *events)
            assert self.win32.session.reports[-1].state is state

        return look

    def prefix(self, number: int) -> str:
        return self.child(number).environment["WRITEBACK_EVENTS"]

    def sees_asked(self, number: int, *events: str) -> None:
        child = self.child(number)
        asked = ("stop", "succeeded", "awaited", "left")
        found = {each for each in asked if self.win32.event_of(child, each).is_set}
        assert found == set(events)

    def sees_of(self, state: ServiceState) -> Act:
        def look() -> None:
            assert self.win32.session.reports[-1].state is state

        return look

    def _set(self, number: int, what: str) -> None:
        self.win32.event_of(self.child(number), what).is_set = True

    @property
    def states(self) -> list[ServiceState]:
        """The states as the manager heard them, each once."""
        told = [report.state for report in self.win32.session.reports]
        return [state for state, _ in itertools.groupby(told)]

    @property
    def end(self) -> tuple[int, int]:
        last = self.win32.session.reports[-1]
        assert last.state is ServiceState.STOPPED
        return last.exit_code, last.specific


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(folder=tmp_path)


PENDING, RUNNING, STOPPING, STOPPED = (
    ServiceState.START_PENDING,
    ServiceState.RUNNING,
    ServiceState.STOP_PENDING,
    ServiceState.STOPPED,
)


def test_it_runs_when_the_agent_is_ready_and_stops_gently(stage: Stage) -> None:
    stage.play(
        stage.sees(1, state=PENDING),
        stage.ready(1),
        stage.sees(1, state=RUNNING),
        stage.sends(STOP),
        stage.sees(1, "stop", state=STOPPING),
        stage.ends(1),
    )
    assert stage.states == [PENDING, RUNNING, STOPPING, STOPPED]
    assert stage.end == (0, 0)
    assert not stage.child(1).forced
    assert not stage.told


def test_the_agent_is_told_its_events_and_where_its_secrets_are(stage: Stage) -> None:
    stage.play(stage.ready(1), stage.sends(STOP), stage.ends(1))
    child = stage.child(1)
    assert child.command == (PROGRAM, "-I", "-m", "agent", "run")
    assert child.environment["WRITEBACK_CREDENTIALS"] == "C:\\s"
    assert "WRITEBACK_SUCCESSOR" not in child.environment
    assert child.log == "log"


def test_its_events_are_for_the_service_alone(stage: Stage) -> None:
    def look() -> None:
        made = [each for each in stage.win32.events.values() if each.name]
        assert len(made) == 6
        for each in made:
            assert each.sddl == (
                "D:P(A;;0x1f0003;;;SY)(A;;0x1f0003;;;BA)"
                f"(A;;0x1f0003;;;{service_sid()})"
            )

    stage.play(look, stage.ready(1), stage.sends(STOP), stage.ends(1))


def test_each_host_and_child_has_events_of_its_own(stage: Stage) -> None:
    other = Stage()
    for each in (stage, other):
        each.play(each.ready(1), each.sends(STOP), each.ends(1))
    names = {each.child(1).environment["WRITEBACK_EVENTS"] for each in (stage, other)}
    assert len(names) == 2


def test_no_event_is_left_open(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.ready(2)),
        *(stage.ends(1), stage.sends(STOP), stage.ends(2)),
    )
    assert [each for each in stage.win32.events.values() if each.name] == []


def test_while_it_waits_the_manager_is_told_that_it_goes_on(stage: Stage) -> None:
    stage.play(
        *(stage.passes(2), stage.passes(2), stage.ready(1), stage.sends(STOP)),
        *(stage.passes(2), stage.ends(1)),
    )
    told = [(each.state, each.checkpoint) for each in stage.win32.session.reports]
    assert told == [
        *((PENDING, 1), (PENDING, 2), (PENDING, 3), (RUNNING, 0)),
        *((STOPPING, 1), (STOPPING, 2), (STOPPED, 0)),
    ]
    hints = {each.wait_ms for each in stage.win32.session.reports if each.checkpoint}
    assert min(hints) > 1000 * driver.CHECKPOINT_S


def test_it_takes_a_stop_at_any_time_and_a_hand_over_once_it_runs(stage: Stage) -> None:
    stage.play(stage.ready(1), stage.sends(STOP), stage.ends(1))
    accepted = {each.state: each.accepts for each in stage.win32.session.reports}
    assert accepted == {
        PENDING: ACCEPT_STOP | ACCEPT_PRESHUTDOWN,
        RUNNING: ACCEPT_STOP | ACCEPT_PRESHUTDOWN | ACCEPT_PARAMCHANGE,
        STOPPING: 0,
        STOPPED: 0,
    }


@pytest.mark.parametrize("control", [STOP, PRESHUTDOWN])
def test_an_agent_that_does_not_end_is_ended(stage: Stage, control: int) -> None:
    stage.play(stage.ready(1), stage.sends(control), stage.passes(driver.STOP_S))
    assert stage.child(1).forced
    assert stage.end == (0, 0)


def test_a_stop_may_take_less_than_windows_waits_when_it_shuts_down() -> None:
    assert driver.STOP_S < 20


@pytest.mark.parametrize("code", [1, 2, 0xC0000005])
def test_an_agent_that_ends_by_itself_is_a_failure_of_the_service(
    stage: Stage, code: int
) -> None:
    stage.play(stage.ready(1), stage.ends(1, code))
    assert stage.end == (SPECIFIC, code)
    (told,) = stage.told
    assert f"exit code {code}" in told.message


def test_one_that_ends_well_and_was_not_asked_to_is_a_failure_too(stage: Stage) -> None:
    stage.play(stage.ready(1), stage.ends(1, 0))
    assert stage.end == (SPECIFIC, 1)


def test_one_that_ends_before_it_is_ready_is_one(stage: Stage) -> None:
    stage.play(stage.ends(1, 2))
    assert stage.states == [PENDING, STOPPED]
    assert stage.end == (SPECIFIC, 2)


@pytest.mark.parametrize("control", [STOP, PRESHUTDOWN])
def test_a_stop_before_it_is_ready_is_none(stage: Stage, control: int) -> None:
    stage.play(
        stage.sends(control), stage.sees(1, "stop", state=STOPPING), stage.ends(1)
    )
    assert stage.end == (0, 0)
    assert not stage.told


def test_one_that_is_never_ready_is_ended(stage: Stage) -> None:
    stage.play(stage.passes(driver.FIRST_READY_S))
    assert stage.child(1).forced
    assert stage.end == (SPECIFIC, driver.NOT_READY)


def test_one_that_was_ready_has_no_deadline(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.passes(driver.FIRST_READY_S)),
        *(stage.sees(1, state=RUNNING), stage.sends(STOP), stage.ends(1)),
    )
    assert stage.end == (0, 0)


def test_one_that_can_not_be_started_is_told_of(stage: Stage) -> None:
    stage.win32.refused = OSError(2, "it is not there")
    stage.play()
    assert stage.end == (SPECIFIC, driver.NOT_STARTED)
    assert "it is not there" in stage.told[0].message


def test_one_that_can_not_be_known_does_not_go_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> int:
        raise OSError(6, "The handle is invalid")

    monkeypatch.setattr(stage.win32, "process_id", refuse)
    stage.play()
    assert stage.child(1).forced
    assert stage.end == (SPECIFIC, driver.NOT_STARTED)
    assert [each for each in stage.win32.events.values() if each.name] == []


@pytest.mark.parametrize("control", [PARAMCHANGE, UPGRADED])
def test_another_takes_over_and_the_one_before_ends_gently(
    stage: Stage, control: int
) -> None:
    stage.play(
        stage.ready(1),
        stage.sends(control),
        stage.sees(1, "awaited", state=RUNNING),  # until the other is ready
        stage.ready(2),
        stage.sees(1, "stop", "succeeded", "awaited", state=RUNNING),
        stage.ends(1),
        stage.sees(2, state=RUNNING),
        stage.sends(STOP),
        stage.ends(2),
    )
    assert stage.states == [PENDING, RUNNING, STOPPING, STOPPED]
    assert stage.child(2).environment["WRITEBACK_SUCCESSOR"] == "1"
    assert stage.end == (0, 0)
    assert not stage.told


def test_after_an_upgrade_the_new_program_is_started(stage: Stage) -> None:
    def upgrade() -> None:
        stage.win32.image = stage.win32.image.replace("Programs", "1.1")
        stage.win32.session.send(UPGRADED)

    stage.play(
        *(stage.ready(1), upgrade, stage.ready(2), stage.ends(1)),
        *(stage.sends(STOP), stage.ends(2)),
    )
    assert stage.child(2).command[0] == "C:\\1.1\\python.exe"


def failing(stage: Stage) -> dict[str, tuple[Act, str]]:
    return {
        "ended": (stage.ends(2, 2), "exit code 2"),
        "too late": (stage.passes(30), "not ready in time"),
    }


@pytest.mark.parametrize("how", ["ended", "too late"])
def test_where_the_new_one_fails_the_old_one_stays_and_it_is_said_why(
    stage: Stage, how: str
) -> None:
    act, why = failing(stage)[how]
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), act),
        *(stage.sees(1, state=RUNNING), stage.sends(STOP), stage.ends(1)),
    )
    (told,) = stage.told
    assert why in told.message
    assert "going on" in told.message
    assert stage.child(2).code is not None
    assert stage.end == (0, 0)


def test_where_the_new_one_can_not_be_started_the_old_one_stays(stage: Stage) -> None:
    def refuse() -> None:
        stage.win32.refused = OSError(5, "Access is denied")
        stage.win32.session.send(UPGRADED)

    stage.play(
        *(stage.ready(1), refuse, stage.sees(1, state=RUNNING)),
        *(stage.sends(STOP), stage.ends(1)),
    )
    assert "Access is denied" in stage.told[0].message
    assert stage.end == (0, 0)


def test_a_stop_in_the_middle_of_a_hand_over_ends_both(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.sends(STOP)),
        stage.sees(1, "stop", "awaited", state=STOPPING),
        stage.sees(2, "stop", state=STOPPING),
        # what gets ready meanwhile takes nothing over
        *(stage.ready(2), stage.sees(1, "stop", "awaited", state=STOPPING)),
        *(stage.ends(2), stage.ends(1)),
    )
    assert stage.end == (0, 0)
    assert not stage.told


def test_what_is_asked_in_one_breath_is_done_in_its_order(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE, STOP, PARAMCHANGE)),
        *(stage.ends(1), stage.ends(2)),
    )
    assert len(stage.win32.children) == 2
    assert stage.end == (0, 0)


def test_two_hand_overs_in_one_breath_make_two_successors(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE, PARAMCHANGE), stage.ready(2)),
        *(stage.ready(3), stage.ends(1), stage.ends(2)),
        *(stage.sends(STOP), stage.ends(3)),
    )
    assert stage.end == (0, 0)


def test_where_the_old_one_dies_in_a_hand_over_the_new_one_is_waited_for(
    stage: Stage,
) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.ends(1, 1)),
        *(stage.ready(2), stage.sees(2, state=RUNNING), stage.sends(STOP)),
        stage.ends(2),
    )
    assert stage.end == (0, 0)
    (told,) = stage.told
    assert told.message == "the agent: it ended with exit code 1; waiting for another"


def test_where_both_die_the_service_has_failed(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.ends(1, 1)),
        stage.ends(2, 2),
    )
    assert stage.end == (SPECIFIC, 2)
    _, told = stage.told
    assert told.message == "the service ends: it ended with exit code 2"


def test_one_that_dies_as_it_gets_ready_does_not_serve(stage: Stage) -> None:
    def both() -> None:
        stage.ready(2)()
        stage.ends(2, 1)()

    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), both),
        *(stage.sees(1, state=RUNNING), stage.sends(STOP), stage.ends(1)),
    )
    assert stage.end == (0, 0)


def test_one_that_was_succeeded_and_does_not_end_is_ended(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.ready(2)),
        *(stage.passes(driver.DRAIN_S), stage.sees(2, state=RUNNING)),
        *(stage.sends(STOP), stage.ends(2)),
    )
    assert stage.child(1).forced
    assert stage.end == (0, 0)


def test_what_drains_is_waited_for_by_a_stop_too(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(PARAMCHANGE), stage.ready(2)),
        *(
            stage.sends(STOP),
            stage.ends(2),
            stage.sees(1, "stop", "succeeded", "awaited", state=STOPPING),
        ),
        stage.ends(1),
    )
    assert not stage.child(1).forced
    assert stage.end == (0, 0)


def test_controls_that_ask_for_nothing_do_nothing(stage: Stage) -> None:
    stage.play(
        *(stage.ready(1), stage.sends(5, 202), stage.sees(1, state=RUNNING)),
        *(stage.sends(STOP), stage.ends(1)),
    )
    assert len(stage.win32.children) == 1
