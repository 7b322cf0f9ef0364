"""A machine below one folder: files, one wizard at a time, and a service that lives."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.errors import Busy
from wizard.host.interface import ServiceFailed
from wizard.host.sandbox import process
from wizard.host.sandbox.host import SandboxHost

_SECONDS = 15.0


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SandboxHost]:
    made = SandboxHost(tmp_path / "machine")
    yield made
    made.stop_service()


def test_without_the_tools_of_linux_a_start_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    host = SandboxHost(tmp_path / "machine")
    with pytest.raises(ServiceFailed, match="on Linux alone"):
        host.start_service()
    assert not host.service().running


def test_files_are_written_whole_and_removed(host: SandboxHost) -> None:
    place = host.places.settings
    assert host.read(place) is None
    host.write(place, "a: 1\n")
    host.write(place, "a: 2\n")
    assert host.read(place) == "a: 2\n"
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    host.remove(place)
    host.remove(place)
    assert host.read(place) is None


def test_only_one_changes_the_machine(host: SandboxHost) -> None:
    other = SandboxHost(host.places.home)
    with host.lock(), ExitStack() as stack, pytest.raises(Busy) as raised:
        stack.enter_context(other.lock())
    assert f"(process {os.getpid()})" in raised.value.who
    assert (datetime.now(UTC) - raised.value.since).total_seconds() < _SECONDS
    with other.lock():
        pass


def test_busy_stays_busy_on_its_way_through_a_with_block(host: SandboxHost) -> None:
    @contextmanager
    def around() -> Iterator[None]:
        yield

    with host.lock(), pytest.raises(Busy) as raised, around(), host.lock():
        pass
    assert raised.value.remedy
    assert raised.value.remedy in str(raised.value)


def test_the_lock_of_a_killed_process_is_free(host: SandboxHost) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path;"
        "from wizard.host.sandbox.host import SandboxHost\n"
        "with SandboxHost(Path(sys.argv[1])).lock(): os.kill(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", script, str(host.places.home)]
    assert subprocess.run(argv, check=False).returncode == -9
    with host.lock():
        pass


def test_what_a_killed_process_was_writing_goes_with_the_next_lock(
    host: SandboxHost,
) -> None:
    script = (
        "import os, sys; from pathlib import Path; from wire.secret import Secret;"
        "from wizard.host.sandbox.host import SandboxHost\n"
        "host = SandboxHost(Path(sys.argv[1]))\n"
        "host.write(host.places.settings, 'whole')\n"
        "os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
        "if sys.argv[2] == 'secret': host.secrets.put('agent-keys', Secret('torn'))\n"
        "host.write(host.places.settings, 'torn')"
    )
    home = host.places.home
    kept = home / "etc/.of-an-administrator.swp"
    for what in ("settings", "secret"):
        argv = [sys.executable, "-c", script, str(home), what]
        assert subprocess.run(argv, check=False).returncode == -9
    kept.write_text("torn")
    assert len(torn(home)) == 3
    with host.lock():
        pass
    assert torn(home) == {kept}
    assert host.read(host.places.settings) == "whole"


def torn(home: Path) -> set[Path]:
    return {
        path
        for path in home.rglob("*")
        if path.is_file() and "torn" in path.read_text()
    }


def test_a_service_that_can_not_start_says_why(host: SandboxHost) -> None:
    host.write(host.places.settings, "version: 1\n")
    with pytest.raises(ServiceFailed, match="scope: "):
        start_and_wait(host)
    assert not host.service().running


def test_one_that_is_not_ready_in_time_gives_its_reason(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = supervised(host, monkeypatch)
    reason = "the relay does not know the key"
    waiting = {"ready": False, "relay": {"state": "waiting", "reason": reason}}
    host.write(host.places.status, json.dumps(waiting))
    with pytest.raises(ServiceFailed, match=f"Relay: {reason}"):
        host.wait_ready(0.1)
    assert slept.alive


def start_and_wait(host: SandboxHost) -> None:
    host.start_service()
    host.wait_ready(_SECONDS)


def supervised(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> process.DetachedProcess:
    """Start a service whose agent only waits."""
    programs = host.places.home / "programs"
    house = Path(__file__).parents[5]
    (programs / "agent").mkdir(parents=True)
    (programs / "agent/__main__.py").write_text(
        "import pathlib, signal, sys\n"
        "home = pathlib.Path(sys.argv[-1])\n"
        "(home / 'started').open('a').write('x')\n"
        "signal.sigwait([signal.SIGTERM])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(programs))
    # the real supervisor, and the waiting agent before the real one
    (programs / "agent/__init__.py").write_text(
        f"import pathlib, agent\nagent.__path__.append({str(house / 'agent')!r})"
    )
    (programs / "wizard").symlink_to(house / "wizard")
    monkeypatch.setattr("wizard.host.sandbox.host._PROGRAMS", programs)
    host.start_service()
    wait(lambda: starts(host) == 1)
    found = process.load(pid_file(host))
    assert found is not None
    return found


def pid_file(host: SandboxHost) -> Path:
    return host.places.state / "supervisor.json"


def starts(host: SandboxHost) -> int:
    """How often the agent was started."""
    text = host.read(host.places.home / "started")
    return len(text or "")


def wait(condition: object) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def agents(supervisor: int) -> list[int]:
    """The processes a supervisor has started."""
    text = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text()
    return [int(pid) for pid in text.split()]


def test_starting_twice_starts_once(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = supervised(host, monkeypatch)
    host.start_service()
    SandboxHost(host.places.home).start_service()
    assert host.service().pid == first.pid
    assert starts(host) == 1


def test_an_agent_that_crashed_is_started_again(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = supervised(host, monkeypatch)
    os.kill(agents(supervisor.pid)[0], 9)
    wait(lambda: starts(host) == 2)
    assert host.service().running


def test_stopping_ends_the_supervisor_and_the_agent(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = supervised(host, monkeypatch)
    (agent,) = (process.of(pid) for pid in agents(supervisor.pid))
    # another process than the one that started it
    SandboxHost(host.places.home).stop_service()
    assert not supervisor.alive
    assert not agent.alive
    assert not host.service().running
    host.stop_service()


def test_the_agent_ends_with_a_killed_supervisor(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = supervised(host, monkeypatch)
    (agent,) = (process.of(pid) for pid in agents(supervisor.pid))
    os.kill(supervisor.pid, 9)
    assert agent.ended_within(_SECONDS)
    assert not host.service().running


def test_a_process_that_got_the_id_later_is_not_signalled(host: SandboxHost) -> None:
    with subprocess.Popen(["sleep", "60"]) as foreign:
        noted = process.DetachedProcess(foreign.pid, "1")
        host.write(pid_file(host), process.dump(noted))
        host.stop_service()
        assert foreign.poll() is None
        foreign.kill()


def test_one_that_is_started_and_not_noted_yet_is_stopped_too(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = supervised(host, monkeypatch)
    noted = pid_file(host)
    text = noted.read_text()
    noted.unlink()
    other, polls = SandboxHost(host.places.home), []
    real = time.sleep

    def sleep(seconds: float) -> None:
        polls.append(seconds)
        noted.write_text(text)
        real(seconds)

    monkeypatch.setattr("wizard.host.sandbox.host.time.sleep", sleep)
    other.stop_service()
    assert polls
    assert not supervisor.alive
