"""A Windows machine as the steps see it: files, the service, what it leaves."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.audit.event import EventId
from agent.platform.windows.installation.service_values import ENTRY
from agent.platform.windows.restart import PARAMCHANGE
from agent.platform.windows.service_host import version_change
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32 import Severity
from agent.platform.windows.win32_services import STOP, ServiceState
from agent.system.paths import Paths
from tests.fixtures.windows.fake_services import FakeServices
from tests.fixtures.windows.fake_win32 import Reported
from tests.unit.wizard.host.windows.conftest import PROGRAM
from wizard.host import lock
from wizard.host.interface import Host, ServiceFailed
from wizard.host.windows import host as module
from wizard.host.windows.host import WindowsHost, this_windows

STOP_PENDING = ServiceState.STOP_PENDING


@pytest.fixture
def made(win32: FakeServices, host: WindowsHost) -> WindowsHost:
    """A machine with the service."""
    assert host.unit is not None
    for path, text in host.unit.files(()).items():
        host.write(path, text)
    return host


def says(host: WindowsHost, **status: object) -> None:
    host.places.state.mkdir(parents=True, exist_ok=True)
    host.places.status.write_text(json.dumps(status))


def logs(host: WindowsHost, text: str) -> None:
    host.places.log.parent.mkdir(parents=True, exist_ok=True)
    host.places.log.write_text(text)


def test_it_is_a_host_with_what_windows_has(win32: FakeServices) -> None:
    host: Host = WindowsHost(win32, "C:\\python.exe")
    assert host.places == Paths.of_windows(Path(win32.programs) / "Writeback")
    for option in (host.unit, host.ownership, host.events, host.reload):
        assert option is not None
    assert host.sealing is None
    assert host.package is None


def test_a_file_is_written_read_and_removed(host: WindowsHost) -> None:
    settings = host.places.settings
    assert host.read(settings) is None
    host.write(settings, "a: ü\n")
    assert host.read(settings) == "a: ü\n"
    host.remove(settings)
    host.remove(settings)
    assert host.read(settings) is None


def test_it_is_started_with_its_folders_and_waited_for(
    win32: FakeServices, made: WindowsHost
) -> None:
    win32.starts = win32.running
    made.start_service()
    made.wait_ready(1)
    assert made.places.state.is_dir()
    assert made.places.log.parent.is_dir()
    made.start_service()
    says(made, ready=True)
    assert made.service().ready


def test_one_that_ends_is_told_with_its_last_words(
    win32: FakeServices, made: WindowsHost
) -> None:
    def ends() -> None:
        logs(made, "first\n" * 20 + "settings.yaml: no such relay\n")
        win32.ended(2)

    win32.starts = ends
    made.start_service()
    with pytest.raises(ServiceFailed, match="no such relay"):
        made.wait_ready(1)


def test_one_that_is_not_ready_in_time_is_told(made: WindowsHost) -> None:
    made.start_service()
    says(made, relay={"reason": "no route"})
    with pytest.raises(ServiceFailed, match="no route"):
        made.wait_ready(0)


def test_it_is_stopped_and_its_process_waited_for(
    win32: FakeServices, made: WindowsHost
) -> None:
    made.stop_service()
    assert win32.controls == []
    win32.running()
    made.stop_service()
    assert win32.controls == [STOP]
    assert not win32.processes
    assert not made.service().running


def test_one_that_waits_to_be_started_again_is_stopped(
    win32: FakeServices, made: WindowsHost
) -> None:
    before = win32.configs[SERVICE]
    win32.ended(2)
    made.stop_service()
    win32.starts_again()
    assert not made.service().running
    win32.starts = win32.running
    made.start_service()
    assert made.service().running
    assert win32.configs[SERVICE] == before


@pytest.mark.parametrize("start", ["automatic", "by hand"])
def test_after_a_run_it_starts_as_before_though_one_was_cut_off(
    win32: FakeServices, made: WindowsHost, start: str
) -> None:
    assert made.unit is not None
    made.unit.enable(enabled=start == "automatic")
    before = win32.configs[SERVICE]
    made.stop_service()
    other = WindowsHost(win32, PROGRAM)
    with other.lock():
        other.stop_service()
        assert win32.configs[SERVICE].disabled
    assert win32.configs[SERVICE] == before
    assert [path.name for path in made.places.home.iterdir()] == ["setup.lock"]


def test_one_that_an_administrator_disabled_stays_so(
    win32: FakeServices, made: WindowsHost
) -> None:
    before = replace(win32.configs[SERVICE], disabled=True)
    win32.configs[SERVICE] = before
    with made.lock():
        made.stop_service()
        with pytest.raises(ServiceFailed, match="be started"):
            made.start_service()
    assert win32.configs[SERVICE] == before


def test_how_it_starts_is_as_a_roll_back_left_it(
    win32: FakeServices, made: WindowsHost
) -> None:
    assert made.unit is not None
    made.unit.enable(enabled=True)
    with made.lock():
        made.stop_service()
        made.unit.enable(enabled=False)
    assert not made.unit.enabled
    assert not win32.configs[SERVICE].disabled


def test_a_removal_stops_what_was_started_again_meanwhile(
    win32: FakeServices, made: WindowsHost
) -> None:
    win32.running()
    made.remove(ENTRY / "ImagePath")
    assert win32.controls == [STOP]
    assert SERVICE not in win32.configs


def test_one_that_takes_no_control_now_is_asked_again(
    win32: FakeServices, made: WindowsHost
) -> None:
    win32.running()
    win32.takes_none = 2
    made.stop_service()
    assert win32.controls == [STOP]
    assert not made.service().running


def test_one_that_ends_already_is_waited_for(
    win32: FakeServices, made: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    win32.running()
    win32.status[SERVICE] = replace(win32.status[SERVICE], state=STOP_PENDING)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        win32.ended(0)

    monkeypatch.setattr("time.sleep", pause)
    made.stop_service()
    assert pauses
    assert win32.controls == []


def test_one_that_never_takes_a_control_is_told(
    win32: FakeServices, made: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STOP_S", 0.01)
    win32.running()
    win32.takes_none = 1000
    with pytest.raises(ServiceFailed, match="does not end"):
        made.stop_service()


def test_a_process_that_stays_is_told(
    win32: FakeServices, made: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STOP_S", 0.01)
    win32.running()
    win32.happens = lambda _: win32.processes.add(4711)
    with pytest.raises(ServiceFailed, match="does not end"):
        made.stop_service()


def test_a_hand_over_is_done_when_another_agent_serves(
    win32: FakeServices, made: WindowsHost
) -> None:
    win32.running()
    says(made, pid=1, ready=True)
    win32.happens = lambda _: says(made, pid=2, ready=True)
    made.reload(5)
    assert win32.controls == [PARAMCHANGE]


def test_one_that_nobody_takes_is_told(win32: FakeServices, made: WindowsHost) -> None:
    win32.running()
    says(made, pid=1, ready=True)
    logs(made, "bad settings\n")
    with pytest.raises(ServiceFailed, match="bad settings"):
        made.reload(0)


def test_what_windows_refuses_is_told(win32: FakeServices, made: WindowsHost) -> None:
    win32.refused = OSError(13, "Access is denied.")
    with pytest.raises(ServiceFailed, match="Access is denied"):
        made.start_service()
    win32.running()
    for act in (made.stop_service, lambda: made.reload(0)):
        with pytest.raises(ServiceFailed, match="Access is denied"):
            act()


def test_a_service_that_is_not_there_does_not_run(host: WindowsHost) -> None:
    assert not host.service().running
    host.stop_service()
    with pytest.raises(ServiceFailed, match="not on this machine"):
        host.wait_ready(0)


def test_a_link_in_place_of_the_status_is_not_followed(
    win32: FakeServices, made: WindowsHost, tmp_path: Path
) -> None:
    (tmp_path / "other").write_text('{"ready": true}')
    made.places.state.mkdir(parents=True)
    made.places.status.symlink_to(tmp_path / "other")
    win32.running()
    assert made.service().status == {}


def test_who_may_read_a_file_is_found_in_its_descriptor(
    win32: FakeServices, host: WindowsHost, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    assert "is not there" in host.unreadable(path)
    path.write_text("x")
    assert not host.unreadable(path)  # Users may, and so may the service
    win32.set_sddl(path, "O:BAD:P(A;;FA;;;BA)")
    assert "NT SERVICE\\WritebackAgent" in host.unreadable(path)
    win32.set_sddl(path, "O:BAD:P(X;;FA;;;BA)")
    assert "can't be looked at" in host.unreadable(path)


def test_its_lock_is_held_and_told(host: WindowsHost) -> None:
    assert host.held_by() is None
    with host.lock():
        assert host.held_by() is not None
    assert host.held_by() is None


def test_nothing_is_left_of_it(win32: FakeServices, made: WindowsHost) -> None:
    with made.lock():
        made.start_service()
        made.stop_service()
        made.places.journal.mkdir()
        # of an MSI
        for name in version_change.NOTES:
            (made.places.home / name).write_text("")
        made.remove_remains(audit=True)
        made.forget()
    assert not made.places.home.exists()


def test_what_goes_only_once_it_is_closed_holds_no_folder(
    made: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows removes a file that is open: its name goes when that is closed."""

    @contextlib.contextmanager
    def held(path: Path, who: str) -> Iterator[None]:
        with lock.held(path, who):
            yield
        path.unlink()

    monkeypatch.setattr(module, "held", held)
    with made.lock():
        assert made.held_by() is not None
    assert not made.places.home.exists()


def test_audit_records_stay_unless_told(made: WindowsHost) -> None:
    made.start_service()
    logs(made, "x")
    made.places.audit.write_text("{}\n")
    made.remove_remains(audit=False)
    assert [*made.places.home.rglob("*.*")] == [made.places.audit]


def test_an_event_of_a_setup_is_in_the_event_log(
    win32: FakeServices, host: WindowsHost
) -> None:
    assert host.events is not None
    host.events.event(EventId.ONBOARDING_ERROR, "why")
    (told,) = win32.reported
    assert told.event == EventId.ONBOARDING_ERROR
    assert told.source == "Writeback"


def test_the_last_lines_of_the_log_are_given(
    win32: FakeServices, host: WindowsHost
) -> None:
    win32.source = {}
    assert host.log(3) == ()
    logs(host, "one\ntwo\nthree\n")
    assert host.log(4) == ("two", "three")


def test_what_was_said_of_an_earlier_run_is_no_last_word(
    win32: FakeServices, made: WindowsHost
) -> None:
    told = Reported("Writeback", Severity.WARNING, 32005, ("no such relay",))
    old = replace(told, texts=("long ago",), at=told.at - timedelta(minutes=1))

    def ends() -> None:
        win32.reported += [old, replace(told, at=datetime.now(UTC))]
        win32.ended(2)

    win32.starts = ends
    made.start_service()
    with pytest.raises(ServiceFailed, match=r"^The agent ended\. no such relay"):
        made.wait_ready(1)


def test_here_is_no_windows() -> None:
    with pytest.raises(OSError, match="no Windows"):
        this_windows()
