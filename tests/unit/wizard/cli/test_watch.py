"""`writeback status --watch`: what is new is shown, until it is stopped."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from agent.audit.trail import Trail
from agent.system.paths import Paths
from tests.unit.wizard.health.staged import BAD_NIGHT, NOW, answered
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from wire.failure import Failure
from wire.text import Text
from wizard.cli.commands.watch import Sight, SlowReading, Watch, sight_data, sight_lines
from wizard.cli.main import main
from wizard.cli.output import Exit
from wizard.controller.controller import Controller

SILENT = Failure(Text("The agent's service does not answer."), Text("Look at it."))


def watching(
    fake: FakeController, *acts: Callable[[], object], looks: int = 3
) -> Sequence[Sight]:
    """Look so often, and do something after each; give what was seen."""
    stop, seen = threading.Event(), list[Sight]()

    def show(sight: Sight) -> None:
        settled(watch)
        seen.append(sight)
        if len(seen) <= len(acts):
            acts[len(seen) - 1]()
        if len(seen) >= looks:
            stop.set()

    watch = Watch(cast("Controller", fake), stop)
    watch.run(show, 0.0)
    return seen


def settled(watch: Watch) -> None:
    """Wait until what takes longer was read once."""
    for reading in (watch._people, watch._certificates):
        thread = reading._thread
        if thread is not None:
            thread.join(20)


def words(sight: Sight) -> str:
    lines = sight_lines(sight, live=False)
    return "\n".join(f"{line.mark}{line.text}" for line in lines)


def test_it_shows_what_the_window_shows() -> None:
    shown = words(watching(FakeController(INSTALLED), looks=2)[-1])
    for each in (
        "ok       Password writeback is on. 1\u202f204 of 1\u202f250 people can reset.",
        "205 answers in seven days",
        "p50 ",
        "2026-11-24       21  ###",
        "ok       Relay https://relay.corp.test: Connected",
        "Certificate until 2027-03-01 (97 days)",
        "Last answers:",
        "done     2026-11-24 10:38:31  Reset  ",
    ):
        assert each in shown


def test_people_are_counted_once_and_not_at_every_look() -> None:
    fake = FakeController(INSTALLED)
    watching(fake, looks=5)
    assert len(fake.named("read")) == 5
    assert len(fake.named("count_people")) == len(fake.named("certificates")) == 1


def test_what_needs_attention_is_said_with_what_to_do() -> None:
    fake = FakeController(INSTALLED, records=BAD_NIGHT)
    shown = words(watching(fake, looks=2)[-1])
    assert "of the last 24 hours did not succeed" in shown
    assert "         Run the permissions check" in shown


def test_the_last_good_reading_is_kept_with_its_age_and_why() -> None:
    fake = FakeController(INSTALLED)
    *_, last = watching(fake, lambda: setattr(fake, "unwatchable", SILENT))
    assert last.health is not None
    assert "Read at 2026-11-24 10:42. The agent's service does not answer." in words(
        last
    )
    assert sight_data(last)["trouble"] == SILENT.whole
    assert sight_data(last)["summary"]


def test_what_could_not_be_read_once_leaves_the_last_one_and_is_tried_again() -> None:
    answers: list[object] = [SILENT, 7, SILENT]

    def read() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Failure):
            raise answer
        return 7

    reading = SlowReading[object](read, str)
    for known in (SILENT.whole, 7, 7):
        reading._due = 0.0
        reading.value()
        assert reading._thread is not None
        reading._thread.join(20)
        assert reading.value() == known
    assert time.monotonic() < reading._due < time.monotonic() + 301


def test_a_removal_meanwhile_is_said() -> None:
    fake = FakeController(INSTALLED)
    *_, last = watching(fake, lambda: setattr(fake, "found", None))
    assert "is not set up on this machine any more" in words(last)


def test_what_is_the_same_is_not_shown_again() -> None:
    fake = FakeController(INSTALLED)
    status = replace(INSTALLED.status, writeback=False)
    off = replace(INSTALLED, status=status)
    _, second, third, fourth = watching(
        fake, lambda: None, lambda: None, lambda: setattr(fake, "found", off), looks=4
    )
    assert third.same_as(second)
    assert not fourth.same_as(third)


def test_data_is_json_whatever_is_in_it() -> None:
    hostile = answered(NOW, person="\x1b[31m\ud800", detail="\x00")
    fake = FakeController(INSTALLED, records=(hostile,))
    data = sight_data(watching(fake, looks=2)[-1])
    assert json.loads(json.dumps(data)) == data
    assert data["week"]["last"][0]["person"] == "\\x1b[31m\\ud800"


def test_nothing_set_up_is_said_as_status_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["status", "--watch", "--home", str(home)]) == Exit.FINDINGS
    assert "is not set up on this machine" in capsys.readouterr().out


@contextlib.contextmanager
def program(*words: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a process of its own, and end it where a test fails."""
    command = (sys.executable, "-m", "wizard.cli.main", "status", "--watch", *words)
    with subprocess.Popen(command, text=True, **streams) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.fixture
def recorded(down: Path) -> Path:
    """A machine that is set up, with a record of an answer."""
    places = Paths.below(down)
    trail = Trail(places.audit, places.audit_head)
    trail.add(answered())
    trail.close()
    return down


def test_ctrl_c_ends_it_well(recorded: Path) -> None:
    with program("--home", str(recorded), "--json", stdout=subprocess.PIPE) as started:
        assert started.stdout
        first = json.loads(started.stdout.readline())
        started.send_signal(signal.SIGINT)
        rest = started.stdout.read().splitlines()
        assert started.wait(20) == Exit.DONE
    assert first["concerns"][0]["id"] == "stopped"
    assert json.loads(rest[-1]) == {"exit": 0}


def test_a_reader_who_has_seen_enough_ends_it_well(recorded: Path) -> None:
    with program("--home", str(recorded), stdout=subprocess.PIPE) as started:
        assert started.stdout
        assert started.stdout.readline()
        started.stdout.close()
        # the people are not counted, which is told as something new
        assert started.wait(60) == Exit.DONE


def test_on_a_terminal_it_is_drawn_in_place(recorded: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
    streams = {"stdout": theirs, "stdin": theirs, "env": environment}
    with program("--home", str(recorded), **streams) as started:
        os.close(theirs)
        seen = b""
        while b"\x1b[J" not in seen:
            seen += os.read(ours, 4096)
        started.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # EIO: nobody has its other end
            while os.read(ours, 4096):
                pass
        assert started.wait(20) == Exit.DONE
    os.close(ours)
    assert seen.startswith(b"\x1b[H\x1b[2JWriteback at ")
    assert b"does not run" in seen
    assert b"\x1b[3" not in seen
