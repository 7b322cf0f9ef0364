"""A host ends and leaves who serves; the next one takes it over, with no gap."""

from pathlib import Path

import pytest

from agent.platform.windows.restart import LEAVE, PARAMCHANGE
from agent.platform.windows.service_host.left_child import LeftChild, LeftChildNote
from agent.platform.windows.win32_services import STOP
from tests.fixtures.windows.fake_processes import FakeHost
from tests.unit.agent.platform.windows.service_host.test_driver import (
    PENDING,
    RUNNING,
    Stage,
)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """One whose first host has left the agent that serves, and is gone."""
    made = Stage(folder=tmp_path)
    made.play(made.ready(1), made.sends(LEAVE))
    assert made.end == (0, 0)
    made.win32.end_host()
    return made


def serves(stage: Stage, number: int) -> bool:
    return stage.child(number).code is None


def test_the_agent_goes_on_without_its_host(stage: Stage) -> None:
    assert serves(stage, 1)
    stage.sees_asked(1, "left")
    assert stage.note.read() == LeftChild(10, stage.prefix(1))
    assert not stage.told


def test_the_next_host_runs_at_once_and_hands_over_to_its_own(stage: Stage) -> None:
    stage.win32.image = stage.win32.image.replace("Programs", "1.1")
    stage.play(
        stage.sees(1, "left", "awaited", state=RUNNING),
        stage.ready(2),
        stage.sees(1, "left", "awaited", "succeeded", "stop", state=RUNNING),
        lambda: serves(stage, 1) or pytest.fail("it was not left to drain"),
        stage.ends(1),
        lambda: stage.note.read() is None or pytest.fail("it is still named"),
        *(stage.sends(STOP), stage.ends(2)),
    )
    assert stage.states[:2] == [PENDING, RUNNING]
    assert stage.child(2).command[0] == "C:\\1.1\\python.exe"
    assert stage.child(2).environment["WRITEBACK_SUCCESSOR"] == "1"
    assert stage.end == (0, 0)
    assert not stage.told


@pytest.mark.parametrize("fails", ["ends", "late", "refused"])
def test_where_the_new_one_fails_who_was_left_goes_on(stage: Stage, fails: str) -> None:
    act = {"ends": stage.ends(2, 2), "late": stage.passes(30)}.get(fails)
    if act is None:
        stage.win32.refused = OSError(5, "Access is denied")

    def mend() -> None:
        stage.win32.refused = None

    stage.play(
        *([act] if act else []),
        # it is this host's: it does not end by itself any more
        *(stage.sees(1, state=RUNNING), mend, stage.sends(LEAVE)),
    )
    (told,) = stage.told
    assert "going on" in told.message
    assert stage.end == (0, 0)
    # and so the version before takes it back
    stage.win32.end_host()
    third = len(stage.win32.children) + 1
    stage.play(
        stage.sees(1, "left", "awaited", state=RUNNING),
        *(stage.ready(third), stage.ends(1), stage.sends(STOP), stage.ends(third)),
    )
    assert stage.end == (0, 0)


def test_one_that_has_ended_meanwhile_is_not_waited_for(stage: Stage) -> None:
    stage.ends(1)()
    stage.win32.end_host()
    stage.play(
        *(stage.sees_of(PENDING), stage.ready(2), stage.sends(STOP), stage.ends(2))
    )
    assert stage.note.read() is None
    assert "WRITEBACK_SUCCESSOR" not in stage.child(2).environment


def test_a_host_that_begins_anew_finds_it_again(stage: Stage) -> None:
    stage.win32.end_host()
    stage.play(
        *(stage.ready(2), stage.ends(1), stage.sends(STOP), stage.ends(2)),
    )
    assert stage.child(2).environment["WRITEBACK_SUCCESSOR"] == "1"


def test_it_ends_with_a_stop_as_any_other(stage: Stage) -> None:
    stage.play(stage.sends(STOP), stage.ends(1), stage.ends(2))
    assert stage.end == (0, 0)
    assert stage.note.read() is None


def test_nobody_is_left_before_it_is_known_who_serves(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)
    stage.play(
        *(stage.sends(LEAVE), stage.ready(1)),
        *(stage.sends(PARAMCHANGE), stage.sends(LEAVE), stage.ready(2)),
        # the one that drains has a host until it has ended
        stage.sees(1, "awaited", "succeeded", "stop", state=RUNNING),
        stage.ends(1),
    )
    assert stage.end == (0, 0)
    assert stage.note.read() == LeftChild(20, stage.prefix(2))


def test_where_it_can_not_be_left_it_stays(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)

    def refuse() -> None:
        stage.win32.refused = OSError(5, "Access is denied")
        stage.win32.session.send(LEAVE)

    stage.play(
        *(stage.ready(1), refuse, stage.sees(1, state=RUNNING)),
        *(stage.sends(STOP), stage.ends(1)),
    )
    (told,) = stage.told
    assert "Access is denied" in told.message
    assert stage.note.read() is None


def test_a_host_that_is_ended_by_force_leaves_nobody(tmp_path: Path) -> None:
    stage = Stage(win32=FakeHost(), folder=tmp_path)
    stage.win32.end_children_with_me()
    stage.play(stage.ready(1), stage.sends(STOP), stage.ends(1))
    assert stage.win32.contained


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"pid": "1", "events": "x"}', '{"pid": 1, "more": 2}']
)
def test_what_no_host_has_written_names_nobody(tmp_path: Path, text: str) -> None:
    note = LeftChildNote(FakeHost(), tmp_path)
    note.path.write_text(text)
    assert note.read() is None


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    note = LeftChildNote(FakeHost(), tmp_path)
    (tmp_path / "else").write_text('{"pid": 4, "events": "x"}')
    note.path.symlink_to(tmp_path / "else")
    assert note.read() is None
